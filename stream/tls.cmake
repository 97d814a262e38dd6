# mqttspan::tls: TLS on OpenSSL.
find_package(OpenSSL 3 REQUIRED COMPONENTS SSL)
mqttspan_library(tls NEEDS stream PC_REQUIRES libssl SOURCES
  src/tls/context.cpp
  src/tls/engine.cpp
  src/tls/failure_text.cpp
  src/tls/lower_bio.cpp
  src/tls/session_store.cpp
  src/tls/transport.cpp)
target_link_libraries(mqttspan_tls PRIVATE OpenSSL::SSL)
