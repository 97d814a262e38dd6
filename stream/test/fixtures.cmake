# What tests and fuzz targets of the stream layer share. It needs nothing but the libraries and the generators.
set(here ${CMAKE_CURRENT_LIST_DIR})

# A stream's story, and every way to feed it.
add_library(mqttspan_chunked STATIC ${here}/chunked.cpp ${here}/stream_model.cpp)
target_include_directories(mqttspan_chunked PUBLIC ${here})
target_link_libraries(mqttspan_chunked PUBLIC mqttspan::stream mqttspan_generators)
mqttspan_warnings(mqttspan_chunked)

# Two connections and the link between them.
add_library(stream_pair STATIC ${here}/pair.cpp ${here}/pair_promises.cpp ${here}/wire_monitor.cpp)
target_include_directories(stream_pair PUBLIC ${here})
target_link_libraries(stream_pair PUBLIC mqttspan_generators mqttspan::stream)
mqttspan_warnings(stream_pair)

# A connection between a hostile peer and a careless application.
add_library(stream_hostile STATIC ${here}/hostile_script.cpp ${here}/hostile_play.cpp)
target_link_libraries(stream_hostile PUBLIC stream_pair)
mqttspan_warnings(stream_hostile)
