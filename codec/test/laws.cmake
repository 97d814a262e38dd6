# Properties, one unit test a header, allocation counts, hygiene, linear time, referees and coverage.
find_package(rapidcheck REQUIRED)

add_executable(codec_header_tests
  answer_test.cpp
  bytes_test.cpp
  error_statement_test.cpp
  error_test.cpp
  generate_golden_test.cpp
  generate_test.cpp
  owned_test.cpp
  packet_test.cpp
  parse_options_test.cpp
  parse_test.cpp
  property_buffer_test.cpp
  property_test.cpp
  reason_code_test.cpp
  rule_test.cpp
  strictness_test.cpp
  utf8_test.cpp
  varint_test.cpp
  version_test.cpp
  wire_list_test.cpp)
target_link_libraries(codec_header_tests PRIVATE mqttspan::codec GTest::gtest_main)
mqttspan_warnings(codec_header_tests)
set_target_properties(codec_header_tests PROPERTIES UNITY_BUILD OFF) # each header by itself
gtest_discover_tests(codec_header_tests TEST_PREFIX codec. PROPERTIES LABELS headers DISCOVERY_TIMEOUT 60)

add_executable(codec_law_tests laws_change_test.cpp laws_generate_test.cpp laws_options_test.cpp laws_parse_head_test.cpp laws_parse_test.cpp laws_shrink_test.cpp topic_test.cpp)
target_link_libraries(codec_law_tests PRIVATE mqttspan_generators GTest::gtest_main rapidcheck)
if(NOT MSVC AND NOT CMAKE_BUILD_TYPE STREQUAL "Coverage") # which counts what is written, not what an optimiser makes of it
  target_compile_options(codec_law_tests PRIVATE -O1)
endif()
mqttspan_warnings(codec_law_tests)
set_source_files_properties(laws_change_test.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON) # its own names clash with the others'
set(shards 4)
math(EXPR last_shard "${shards} - 1")
foreach(shard RANGE ${last_shard})
  add_test(NAME codec.laws.${shard} COMMAND codec_law_tests --gtest_brief=1)
  set_tests_properties(codec.laws.${shard} PROPERTIES LABELS laws TIMEOUT 1200
    ENVIRONMENT "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${shard}")
endforeach()

# The quick ways by themselves, with the vector unit and with what stands in for it elsewhere. Nothing of the library is linked, which has only one of them.
if(UNIX)
  foreach(kind scan portable_scan)
    add_executable(codec_${kind}_test property_scan_test.cpp scan_test.cpp)
    target_include_directories(codec_${kind}_test PRIVATE ../src $<TARGET_PROPERTY:mqttspan::codec,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_features(codec_${kind}_test PRIVATE cxx_std_20)
    target_link_libraries(codec_${kind}_test PRIVATE GTest::gtest_main)
    mqttspan_warnings(codec_${kind}_test)
    gtest_discover_tests(codec_${kind}_test TEST_PREFIX codec.${kind}_ PROPERTIES LABELS headers DISCOVERY_TIMEOUT 60)
  endforeach()
  target_compile_definitions(codec_portable_scan_test PRIVATE MQTTSPAN_PORTABLE_SCAN)

  # And under emulators: NEON, and the portable way where the most significant byte comes first.
  if(MQTTSPAN_TEST_BUILDS)
    foreach(processor aarch64 s390x)
      find_program(MQTTSPAN_${processor}_GXX ${processor}-linux-gnu-g++ REQUIRED)
      mark_as_advanced(MQTTSPAN_${processor}_GXX)
      add_test(NAME codec.scan.${processor} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/scan.sh ${MQTTSPAN_${processor}_GXX} ${PROJECT_BINARY_DIR}/codec/include qemu-${processor})
      set_tests_properties(codec.scan.${processor} PROPERTIES LABELS build TIMEOUT 600)
    endforeach()
  endif()

  add_executable(codec_guarded_test guarded_test.cpp)
  target_link_libraries(codec_guarded_test PRIVATE mqttspan_generators GTest::gtest_main)
  mqttspan_warnings(codec_guarded_test)
  gtest_discover_tests(codec_guarded_test TEST_PREFIX codec. PROPERTIES LABELS headers DISCOVERY_TIMEOUT 60)
endif()

# Alone in its executable: it replaces the allocator.
add_executable(codec_allocation_test allocation_test.cpp)
target_link_libraries(codec_allocation_test PRIVATE mqttspan_generators GTest::gtest_main)
mqttspan_warnings(codec_allocation_test)
gtest_discover_tests(codec_allocation_test TEST_PREFIX codec. PROPERTIES LABELS allocation)

# Symbols, static data, headers and warnings, by every compiler of ours that is installed.
if(NOT MSVC)
  foreach(compiler g++ clang++-19)
    find_program(MQTTSPAN_${compiler} ${compiler})
    mark_as_advanced(MQTTSPAN_${compiler})
    if(MQTTSPAN_${compiler})
      add_test(NAME codec.hygiene.${compiler} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/hygiene.sh ${MQTTSPAN_${compiler}}
        ${CMAKE_CURRENT_SOURCE_DIR}/.. $<TARGET_PROPERTY:mqttspan_codec,BINARY_DIR>/include ${CMAKE_CURRENT_BINARY_DIR}/hygiene)
      set_tests_properties(codec.hygiene.${compiler} PROPERTIES LABELS hygiene TIMEOUT 1200)
    else()
      message(WARNING "${compiler} is not installed: the hygiene test does not cover it")
    endif()
  endforeach()
endif()

# Linear time, in instructions.
find_program(MQTTSPAN_VALGRIND valgrind)
mark_as_advanced(MQTTSPAN_VALGRIND)
if(MQTTSPAN_VALGRIND)
  add_executable(codec_linear_time linear_time.cpp)
  target_link_libraries(codec_linear_time PRIVATE mqttspan::codec)
  mqttspan_warnings(codec_linear_time)
  add_test(NAME codec.linear_time COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linear_time.sh $<TARGET_FILE:codec_linear_time> ${CMAKE_CURRENT_BINARY_DIR}/callgrind)
  set_tests_properties(codec.linear_time PROPERTIES LABELS linear_time TIMEOUT 600)
else()
  message(WARNING "valgrind is not installed: linear time is not tested")
endif()

# Referees: other people's decoders read what we generate.
add_executable(codec_referee_packets referee_packets.cpp)
target_link_libraries(codec_referee_packets PRIVATE mqttspan_generators)
mqttspan_warnings(codec_referee_packets)
find_program(MQTTSPAN_NPM npm)
find_program(MQTTSPAN_NODE node)
find_program(MQTTSPAN_TSHARK tshark)
mark_as_advanced(MQTTSPAN_NPM MQTTSPAN_NODE MQTTSPAN_TSHARK)
set(referee ${CMAKE_CURRENT_SOURCE_DIR}/referee)
if(MQTTSPAN_NPM AND MQTTSPAN_NODE)
  add_test(NAME codec.referee.install COMMAND sh -c "test -d node_modules/mqtt-packet || ${MQTTSPAN_NPM} ci" WORKING_DIRECTORY ${referee})
  set_tests_properties(codec.referee.install PROPERTIES FIXTURES_SETUP mqtt_packet LABELS referee TIMEOUT 300)
  add_test(NAME codec.referee.mqtt_packet COMMAND ${referee}/mqtt_packet_referee.sh $<TARGET_FILE:codec_referee_packets> ${referee} ${CMAKE_CURRENT_BINARY_DIR}/referee)
  set_tests_properties(codec.referee.mqtt_packet PROPERTIES FIXTURES_REQUIRED mqtt_packet LABELS referee TIMEOUT 600)
else()
  message(WARNING "node and npm are not installed: mqtt-packet does not referee")
endif()
if(MQTTSPAN_TSHARK)
  add_test(NAME codec.referee.tshark COMMAND ${referee}/tshark_referee.sh $<TARGET_FILE:codec_referee_packets> ${CMAKE_CURRENT_BINARY_DIR}/referee)
  set_tests_properties(codec.referee.tshark PROPERTIES LABELS referee TIMEOUT 600)
else()
  message(WARNING "tshark is not installed: it does not referee")
endif()
