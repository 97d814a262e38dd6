# The socket layer: its tests.
add_executable(posix_loop_turn_test posix_loop_turn_test.cpp)
target_link_libraries(posix_loop_turn_test PRIVATE mqttspan::posix GTest::gtest_main)
mqttspan_warnings(posix_loop_turn_test)
gtest_discover_tests(posix_loop_turn_test TEST_PREFIX stream. PROPERTIES LABELS posix TIMEOUT 60 DISCOVERY_TIMEOUT 60)
