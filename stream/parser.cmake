target_sources(mqttspan_stream PRIVATE
  src/stream_parser.cpp
  src/stream_parser_for_each.cpp
  src/stream_parser_next.cpp
  src/writer.cpp)
