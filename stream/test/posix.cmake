# The socket layer: its tests, over real sockets on the loopback interface.
find_package(Threads REQUIRED)
set(posix_test_sources
  posix/loop_test.cpp
  posix/socket_test.cpp)
add_executable(posix_tests ${posix_test_sources})
target_include_directories(posix_tests PRIVATE ../src/posix) # the dialer
target_link_libraries(posix_tests PRIVATE mqttspan::posix Threads::Threads GTest::gtest_main)
mqttspan_warnings(posix_tests)
gtest_discover_tests(posix_tests TEST_PREFIX posix. PROPERTIES LABELS posix TIMEOUT 120 DISCOVERY_TIMEOUT 60)
