# The parser and the writers: the facts of their headers, everything in all chunks, allocations, hygiene, linear time, footprint, README.
find_package(rapidcheck REQUIRED)

add_executable(stream_chunks_test stream_sessions_test.cpp stream_witnesses_test.cpp)
target_include_directories(stream_chunks_test PRIVATE ${PROJECT_SOURCE_DIR}/codec/test)
target_link_libraries(stream_chunks_test PRIVATE mqttspan_chunked GTest::gtest_main rapidcheck)
target_compile_definitions(stream_chunks_test PRIVATE
  MQTTSPAN_STATEMENTS="${PROJECT_SOURCE_DIR}/conformance/statements.tsv"
  MQTTSPAN_WITNESSES="${PROJECT_SOURCE_DIR}/codec/test/spec_witnesses.tsv"
  MQTTSPAN_REGRESSIONS="${PROJECT_SOURCE_DIR}/codec/test/regressions_test.cpp")
mqttspan_warnings(stream_chunks_test)
gtest_discover_tests(stream_chunks_test TEST_PREFIX stream. PROPERTIES LABELS chunks TIMEOUT 1200 DISCOVERY_TIMEOUT 60)

add_executable(stream_header_tests
  memory_pipe_test.cpp
  stream_parser_test.cpp
  stream_parser_for_each_test.cpp
  transport_test.cpp
  writer_test.cpp)
target_include_directories(stream_header_tests PRIVATE ${PROJECT_SOURCE_DIR}/codec/test)
target_link_libraries(stream_header_tests PRIVATE mqttspan::stream GTest::gtest_main)
mqttspan_warnings(stream_header_tests)
set_target_properties(stream_header_tests PROPERTIES UNITY_BUILD OFF) # each header by itself
gtest_discover_tests(stream_header_tests TEST_PREFIX stream. PROPERTIES LABELS headers DISCOVERY_TIMEOUT 60)

# The quick ways by themselves.
if(UNIX)
  add_executable(stream_quick_test payload_text_test.cpp plain_publish_test.cpp)
  target_include_directories(stream_quick_test PRIVATE ../src ${PROJECT_SOURCE_DIR}/codec/src ${PROJECT_SOURCE_DIR}/codec/test)
  target_link_libraries(stream_quick_test PRIVATE mqttspan::stream GTest::gtest_main)
  mqttspan_warnings(stream_quick_test)
  gtest_discover_tests(stream_quick_test TEST_PREFIX stream. PROPERTIES LABELS headers DISCOVERY_TIMEOUT 60)
endif()

# Alone in its executable: it replaces the allocator.
add_executable(stream_allocation_test stream_allocation_test.cpp)
target_include_directories(stream_allocation_test PRIVATE ${PROJECT_SOURCE_DIR}/codec/test)
target_link_libraries(stream_allocation_test PRIVATE mqttspan::stream mqttspan_generators GTest::gtest_main)
mqttspan_warnings(stream_allocation_test)
gtest_discover_tests(stream_allocation_test TEST_PREFIX stream. PROPERTIES LABELS allocation TIMEOUT 300)

# Linear time, in instructions.
if(MQTTSPAN_VALGRIND)
  add_executable(stream_linear_time stream_linear_time.cpp)
  target_link_libraries(stream_linear_time PRIVATE mqttspan::stream)
  mqttspan_warnings(stream_linear_time)
  add_test(NAME stream.linear_time COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/stream_linear_time.sh $<TARGET_FILE:stream_linear_time> ${CMAKE_CURRENT_BINARY_DIR}/callgrind)
  set_tests_properties(stream.linear_time PROPERTIES LABELS linear_time TIMEOUT 600)
endif()

# Symbols, static data, headers and warnings, by every compiler of ours that is installed; and what the linker leaves out.
if(NOT MSVC)
  set(configured $<TARGET_PROPERTY:mqttspan_codec,BINARY_DIR>/include)
  foreach(compiler g++ clang++-19)
    if(MQTTSPAN_${compiler})
      add_test(NAME stream.hygiene.${compiler} COMMAND ${PROJECT_SOURCE_DIR}/codec/test/hygiene.sh ${MQTTSPAN_${compiler}}
        ${PROJECT_SOURCE_DIR}/stream ${configured} ${CMAKE_CURRENT_BINARY_DIR}/hygiene ${PROJECT_SOURCE_DIR}/codec)
      set_tests_properties(stream.hygiene.${compiler} PROPERTIES LABELS hygiene TIMEOUT 1200)
    endif()
  endforeach()
  add_test(NAME stream.footprint COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/footprint.sh ${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR} ${configured}
    ${CMAKE_CURRENT_BINARY_DIR}/footprint)
  set_tests_properties(stream.footprint PROPERTIES LABELS hygiene TIMEOUT 600)
endif()

# What README.md shows compiles and runs.
if(NOT MSVC AND NOT MQTTSPAN_SHARED)
  add_test(NAME stream.readme COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/readme.sh ${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR} ${configured}
    ${CMAKE_CURRENT_BINARY_DIR}/readme $<TARGET_FILE:mqttspan_stream> $<TARGET_FILE:mqttspan_codec>)
  set_tests_properties(stream.readme PROPERTIES LABELS hygiene TIMEOUT 300)
endif()
