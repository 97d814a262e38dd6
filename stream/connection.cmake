target_sources(mqttspan_stream PRIVATE
  src/announce.cpp
  src/connection.cpp
  src/connection_answer.cpp
  src/connection_send.cpp
  src/connection_take.cpp
  src/packet_ids.cpp
  src/topic_aliases.cpp)
