# mqttspan::posix: sockets, and clients and servers over them.
