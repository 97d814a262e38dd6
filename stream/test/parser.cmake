# The parser and the writers: the facts of their headers, everything in all chunks, allocations, hygiene, linear time, footprint, README.
find_package(rapidcheck REQUIRED)

# A stream's story, and every way to feed it; the connection's tests use it too.
add_library(mqttspan_chunked STATIC chunked.cpp stream_model.cpp)
target_include_directories(mqttspan_chunked PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(mqttspan_chunked PUBLIC mqttspan::stream mqttspan_generators)
mqttspan_warnings(mqttspan_chunked)

add_executable(stream_chunks_test stream_sessions_test.cpp stream_witnesses_test.cpp)
target_include_directories(stream_chunks_test PRIVATE ${PROJECT_SOURCE_DIR}/codec/test)
target_link_libraries(stream_chunks_test PRIVATE mqttspan_chunked GTest::gtest_main rapidcheck)
target_compile_definitions(stream_chunks_test PRIVATE
  MQTTSPAN_STATEMENTS="${PROJECT_SOURCE_DIR}/conformance/statements.tsv"
  MQTTSPAN_WITNESSES="${PROJECT_SOURCE_DIR}/codec/test/spec_witnesses.tsv"
  MQTTSPAN_REGRESSIONS="${PROJECT_SOURCE_DIR}/codec/test/regressions_test.cpp")
mqttspan_warnings(stream_chunks_test)
gtest_discover_tests(stream_chunks_test TEST_PREFIX stream. PROPERTIES LABELS chunks TIMEOUT 1200 DISCOVERY_TIMEOUT 60)

add_executable(stream_header_tests stream_parser_test.cpp writer_test.cpp)
target_include_directories(stream_header_tests PRIVATE ${PROJECT_SOURCE_DIR}/codec/test)
target_link_libraries(stream_header_tests PRIVATE mqttspan::stream GTest::gtest_main)
mqttspan_warnings(stream_header_tests)
gtest_discover_tests(stream_header_tests TEST_PREFIX stream. PROPERTIES LABELS headers DISCOVERY_TIMEOUT 60)
