# TLS: its tests. What they need of certificates they make.
find_package(OpenSSL 3 REQUIRED COMPONENTS SSL)
add_library(tls_pair STATIC tls_certificates.cpp tls_pair.cpp)
target_include_directories(tls_pair PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(tls_pair PUBLIC mqttspan::tls PRIVATE OpenSSL::SSL)
mqttspan_warnings(tls_pair)

add_executable(tls_test
  tls_connection_test.cpp
  tls_context_test.cpp
  tls_fault_test.cpp
  tls_odd_peer_test.cpp
  tls_openssl_test.cpp
  tls_resume_test.cpp
  tls_test.cpp
  tls_trust_test.cpp)
target_link_libraries(tls_test PRIVATE tls_pair OpenSSL::SSL GTest::gtest_main)
mqttspan_warnings(tls_test)
gtest_discover_tests(tls_test TEST_PREFIX stream. PROPERTIES LABELS tls TIMEOUT 300 DISCOVERY_TIMEOUT 60)

# Bytes, where no sanitizer adds its own.
include(CheckSymbolExists)
check_symbol_exists(mallinfo2 malloc.h MQTTSPAN_HAS_MALLINFO2)
if(MQTTSPAN_HAS_MALLINFO2 AND CMAKE_BUILD_TYPE MATCHES "^Rel")
  add_executable(tls_footprint tls_footprint.cpp)
  target_link_libraries(tls_footprint PRIVATE tls_pair)
  mqttspan_warnings(tls_footprint)
  add_test(NAME stream.tls_footprint COMMAND tls_footprint)
  set_tests_properties(stream.tls_footprint PROPERTIES LABELS tls TIMEOUT 300)
endif()
