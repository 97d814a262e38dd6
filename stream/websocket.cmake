# mqttspan::websocket: WebSocket on wslay.
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_path(MQTTSPAN_WSLAY_INCLUDE wslay/wslay.h)
find_library(MQTTSPAN_WSLAY_LIBRARY wslay)
mark_as_advanced(MQTTSPAN_WSLAY_INCLUDE MQTTSPAN_WSLAY_LIBRARY)
if(NOT MQTTSPAN_WSLAY_INCLUDE OR NOT MQTTSPAN_WSLAY_LIBRARY)
  message(FATAL_ERROR "mqttspan::websocket needs wslay (Debian: libwslay-dev). Install it, or set MQTTSPAN_WEBSOCKET to OFF.")
endif()

mqttspan_library(websocket
  src/websocket/frame_reader.cpp
  src/websocket/frame_writer.cpp
  src/websocket/handshake.cpp
  src/websocket/handshake_key.cpp
  src/websocket/handshake_verdicts.cpp
  src/websocket/http_head.cpp
  src/websocket/websocket.cpp)
target_include_directories(mqttspan_websocket SYSTEM PRIVATE ${MQTTSPAN_WSLAY_INCLUDE})
target_link_libraries(mqttspan_websocket PUBLIC mqttspan::stream PRIVATE ${MQTTSPAN_WSLAY_LIBRARY} OpenSSL::Crypto)
