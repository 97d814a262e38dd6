# The socket layer: its tests, over real sockets on the loopback interface.
find_package(Threads REQUIRED)
add_executable(posix_tests
  posix/client_test.cpp
  posix/deliver_test.cpp
  posix/dialer_test.cpp
  posix/endpoint_test.cpp
  posix/endpoint_transport_test.cpp
  posix/faults_test.cpp
  posix/handlers_test.cpp
  posix/loop_test.cpp
  posix/loop_turn_test.cpp
  posix/message_test.cpp
  posix/server_test.cpp
  posix/socket_test.cpp
  posix/typed_handlers_test.cpp)
target_include_directories(posix_tests PRIVATE ../src/posix) # the dialer
target_link_libraries(posix_tests PRIVATE mqttspan::posix Threads::Threads GTest::gtest_main)
mqttspan_warnings(posix_tests)
# Not under UBSan: where it looks at a vptr it asks for file descriptors, and there this test has none left.
set(no_descriptors "both/faults.accepts_again_when_there_are_descriptors_again/*")
gtest_discover_tests(posix_tests TEST_PREFIX posix. TEST_FILTER -${no_descriptors} PROPERTIES LABELS posix TIMEOUT 120 DISCOVERY_TIMEOUT 60)
gtest_discover_tests(posix_tests TEST_PREFIX posix. TEST_FILTER ${no_descriptors} TEST_LIST posix_tests_no_descriptors
  PROPERTIES LABELS no_descriptors TIMEOUT 120 DISCOVERY_TIMEOUT 60)

# Alone in its executable: it replaces the allocator.
add_executable(posix_idle_memory_test posix/idle_memory_test.cpp)
target_link_libraries(posix_idle_memory_test PRIVATE mqttspan::posix GTest::gtest_main)
mqttspan_warnings(posix_idle_memory_test)
gtest_discover_tests(posix_idle_memory_test TEST_PREFIX posix. PROPERTIES LABELS posix TIMEOUT 120 DISCOVERY_TIMEOUT 60)
