# mqttspan::websocket: WebSocket on wslay.
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
list(APPEND CMAKE_MODULE_PATH ${PROJECT_SOURCE_DIR}/cmake) # Findwslay.cmake
find_package(wslay MODULE REQUIRED)
mqttspan_library(websocket NEEDS stream PC_REQUIRES libcrypto PC_LIBS -lwslay SOURCES
  src/websocket/frame_reader.cpp
  src/websocket/frame_writer.cpp
  src/websocket/handshake.cpp
  src/websocket/handshake_key.cpp
  src/websocket/handshake_verdicts.cpp
  src/websocket/http_head.cpp
  src/websocket/websocket.cpp)
target_link_libraries(mqttspan_websocket PRIVATE wslay::wslay OpenSSL::Crypto)
