# ---- Two connections, a model, and hostile peers

add_library(stream_pair STATIC pair.cpp wire_monitor.cpp)
target_link_libraries(stream_pair PUBLIC mqttspan_generators mqttspan::stream)
target_include_directories(stream_pair PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
mqttspan_warnings(stream_pair)

add_executable(connection_pair_test pair_test.cpp)
target_link_libraries(connection_pair_test PRIVATE stream_pair GTest::gtest_main)
mqttspan_warnings(connection_pair_test)
gtest_discover_tests(connection_pair_test TEST_PREFIX stream. PROPERTIES LABELS pair TIMEOUT 600 DISCOVERY_TIMEOUT 60)

add_executable(connection_hostile_test hostile_script.cpp hostile_play.cpp hostile_test.cpp)
target_link_libraries(connection_hostile_test PRIVATE stream_pair GTest::gtest_main)
mqttspan_warnings(connection_hostile_test)
gtest_discover_tests(connection_hostile_test TEST_PREFIX stream. PROPERTIES LABELS hostile TIMEOUT 600 DISCOVERY_TIMEOUT 60)

# ---- (end of pair, model, hostile)
