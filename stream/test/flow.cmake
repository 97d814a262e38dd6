# FLOW.md says what flow.hpp says.
add_executable(print_flow print_flow.cpp)
target_include_directories(print_flow PRIVATE ../src)
target_link_libraries(print_flow PRIVATE mqttspan::stream)
mqttspan_warnings(print_flow)
add_test(NAME stream.flow_diagrams COMMAND sh -c "$<TARGET_FILE:print_flow> | diff ${CMAKE_CURRENT_SOURCE_DIR}/../FLOW.md -")
