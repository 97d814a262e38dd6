# mqttspan::posix: sockets, and clients and servers over them. Names are looked up in a thread.
find_package(Threads REQUIRED)
mqttspan_library(posix NEEDS stream PC_LIBS -pthread SOURCES
  src/posix/client.cpp
  src/posix/dialer.cpp
  src/posix/endpoint.cpp
  src/posix/endpoint_hear.cpp
  src/posix/endpoint_send.cpp
  src/posix/loop.cpp
  src/posix/message.cpp
  src/posix/poller.cpp
  src/posix/server.cpp
  src/posix/socket.cpp)
target_link_libraries(mqttspan_posix PRIVATE Threads::Threads)
