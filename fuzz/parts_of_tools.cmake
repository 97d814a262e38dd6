# Where the tools and the tests are not built, for engines and other machines, and nlohmann-json is there: the parts of them that four of the targets need, under the names that those have. They need nothing else.
find_package(nlohmann_json QUIET)
if(NOT nlohmann_json_FOUND)
  return()
endif()

set(tools ${PROJECT_SOURCE_DIR}/tools)
add_library(mqttspan_packet_json STATIC ${tools}/hex.cpp ${tools}/json_text.cpp ${tools}/packet_json.cpp ${tools}/packet_json_read.cpp)
target_include_directories(mqttspan_packet_json PUBLIC ${tools})
target_link_libraries(mqttspan_packet_json PUBLIC mqttspan::codec nlohmann_json::nlohmann_json)
mqttspan_warnings(mqttspan_packet_json)

add_library(mqttspan_tool_parts STATIC ${tools}/adapter_session.cpp ${tools}/encoding.cpp ${tools}/json_request.cpp ${tools}/packet_stream.cpp)
target_link_libraries(mqttspan_tool_parts PUBLIC mqttspan_packet_json mqttspan::stream)
mqttspan_warnings(mqttspan_tool_parts)

set(reference ${PROJECT_SOURCE_DIR}/conformance/reference)
file(GLOB sources CONFIGURE_DEPENDS ${reference}/*.cpp)
list(REMOVE_ITEM sources ${reference}/main.cpp)
add_library(mqttspan_reference_comparison STATIC ${sources} ${reference}/test/comparison.cpp ${reference}/test/sample_packets.cpp)
target_include_directories(mqttspan_reference_comparison PUBLIC ${reference}/.. ${reference}/test)
target_link_libraries(mqttspan_reference_comparison PUBLIC mqttspan_packet_json)
mqttspan_warnings(mqttspan_reference_comparison)
set_target_properties(mqttspan_reference_comparison PROPERTIES UNITY_BUILD OFF) # their own names clash
