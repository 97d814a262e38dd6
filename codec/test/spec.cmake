# Tests whose tables were written from the specifications, never from the code under test.
add_executable(codec_spec_test
  spec_connect_flags_test.cpp
  spec_first_byte_test.cpp
  spec_generate_control_test.cpp
  spec_generate_connect_test.cpp
  spec_generate_properties_test.cpp
  spec_generate_publish_test.cpp
  spec_generate_test.cpp
  spec_properties_test.cpp
  spec_reason_codes_test.cpp
  spec_short_strings_test.cpp
  spec_sizes_test.cpp
  spec_subscription_options_test.cpp
  spec_utf8_test.cpp
  spec_varint_test.cpp
  spec_witnesses_test.cpp
  regressions_test.cpp)
target_link_libraries(codec_spec_test PRIVATE mqttspan::codec GTest::gtest_main)
target_compile_definitions(codec_spec_test PRIVATE
  MQTTSPAN_STATEMENTS="${CMAKE_CURRENT_SOURCE_DIR}/../../conformance/statements.tsv"
  MQTTSPAN_WITNESSES="${CMAKE_CURRENT_SOURCE_DIR}/spec_witnesses.tsv")
mqttspan_warnings(codec_spec_test)
set_target_properties(codec_spec_test PROPERTIES UNITY_BUILD OFF) # the tables have the same name in every file
if(NOT MSVC AND NOT CMAKE_BUILD_TYPE STREQUAL "Coverage")
  # 2^28 integers and 151 million parses: the loops are the tests' own, so they are optimised in every build.
  set_source_files_properties(spec_varint_test.cpp spec_short_strings_test.cpp PROPERTIES COMPILE_OPTIONS "-O2")
endif()
gtest_discover_tests(codec_spec_test TEST_PREFIX codec. PROPERTIES LABELS spec DISCOVERY_TIMEOUT 60)
