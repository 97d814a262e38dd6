# Random packets over any source of choices: for laws, fuzz targets and benchmarks. They need nothing but the codec.
add_library(mqttspan_generators STATIC ${CMAKE_CURRENT_LIST_DIR}/generators.cpp ${CMAKE_CURRENT_LIST_DIR}/generators_values.cpp)
target_include_directories(mqttspan_generators PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(mqttspan_generators PUBLIC mqttspan::codec)
mqttspan_warnings(mqttspan_generators)
