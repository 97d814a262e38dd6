# mqtt_pub and mqtt_sub: clients over real connections.
add_library(mqttspan_peer_parts STATIC
  broker_url.cpp
  message_format.cpp
  peer_options.cpp
  peer_program.cpp
  peer_session.cpp
  peer_transport.cpp
  progress_line.cpp
  property_arguments.cpp
  publisher.cpp
  stdin_lines.cpp
  subscriber.cpp
  text_output.cpp
  wire_tap.cpp)
target_link_libraries(mqttspan_peer_parts PUBLIC mqttspan_tool_parts mqttspan::posix)
foreach(transport IN ITEMS tls websocket)
  if(TARGET mqttspan::${transport})
    string(TOUPPER ${transport} option)
    target_compile_definitions(mqttspan_peer_parts PRIVATE MQTTSPAN_${option})
    target_link_libraries(mqttspan_peer_parts PRIVATE mqttspan::${transport})
  endif()
endforeach()
mqttspan_warnings(mqttspan_peer_parts)

foreach(program IN ITEMS mqtt_pub mqtt_sub)
  add_executable(${program} ${program}.cpp)
  target_link_libraries(${program} PRIVATE mqttspan_peer_parts)
  mqttspan_warnings(${program})
  mqttspan_install_program(${program})
endforeach()
