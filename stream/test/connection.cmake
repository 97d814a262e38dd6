# ---- Stories, statement by statement, and one unit test a header of the connection.
add_executable(connection_statement_tests
  statements_authentication_test.cpp
  statements_capabilities_test.cpp
  statements_disconnect_test.cpp
  statements_errors_test.cpp
  statements_flow_control_test.cpp
  statements_identifiers_test.cpp
  statements_keep_alive_test.cpp
  statements_opening_test.cpp
  statements_packet_size_test.cpp
  statements_qos1_test.cpp
  statements_qos2_test.cpp
  statements_requests_test.cpp
  statements_test.cpp
  statements_topic_alias_test.cpp)
target_link_libraries(connection_statement_tests PRIVATE mqttspan::stream GTest::gtest_main)
target_include_directories(connection_statement_tests PRIVATE ${PROJECT_SOURCE_DIR}/codec/test)
target_compile_definitions(connection_statement_tests PRIVATE
  MQTTSPAN_STREAM="${CMAKE_CURRENT_SOURCE_DIR}/.."
  MQTTSPAN_STATEMENTS="${PROJECT_SOURCE_DIR}/conformance/statements.tsv"
  MQTTSPAN_WITNESSES="")
mqttspan_warnings(connection_statement_tests)
set_target_properties(connection_statement_tests PROPERTIES UNITY_BUILD OFF) # the messages have the same name in every file
gtest_discover_tests(connection_statement_tests TEST_PREFIX stream. PROPERTIES LABELS statements DISCOVERY_TIMEOUT 60)
# In one process the guard sees that each statement was played in each role that it binds; and once more with the bytes one by one.
add_test(NAME stream.statements.whole COMMAND connection_statement_tests --gtest_brief=1)
add_test(NAME stream.statements.bytewise COMMAND connection_statement_tests --gtest_brief=1)
set_tests_properties(stream.statements.whole stream.statements.bytewise PROPERTIES LABELS statements)
set_tests_properties(stream.statements.bytewise PROPERTIES ENVIRONMENT MQTTSPAN_STORY_CHUNK=1)
# And with connections that share memory and rest whenever they may.
add_test(NAME stream.statements.resting COMMAND connection_statement_tests --gtest_brief=1)
add_test(NAME stream.statements.resting_bytewise COMMAND connection_statement_tests --gtest_brief=1)
set_tests_properties(stream.statements.resting stream.statements.resting_bytewise PROPERTIES LABELS statements ENVIRONMENT MQTTSPAN_RESTS=1)
set_tests_properties(stream.statements.resting_bytewise PROPERTIES ENVIRONMENT "MQTTSPAN_RESTS=1;MQTTSPAN_STORY_CHUNK=1")

find_package(rapidcheck REQUIRED)
add_executable(connection_header_tests
  connection_session_test.cpp
  connection_test.cpp
  instant_test.cpp
  output_queue_test.cpp
  packet_ids_test.cpp
  topic_aliases_test.cpp)
target_link_libraries(connection_header_tests PRIVATE mqttspan::stream mqttspan_generators GTest::gtest_main rapidcheck)
mqttspan_warnings(connection_header_tests)
set_target_properties(connection_header_tests PROPERTIES UNITY_BUILD OFF) # each header by itself
gtest_discover_tests(connection_header_tests TEST_PREFIX stream. PROPERTIES LABELS headers DISCOVERY_TIMEOUT 60)
# ---- End of stories

# ---- Two connections, a model, and hostile peers

add_executable(connection_pair_test pair_test.cpp)
target_link_libraries(connection_pair_test PRIVATE stream_pair GTest::gtest_main)
mqttspan_warnings(connection_pair_test)
gtest_discover_tests(connection_pair_test TEST_PREFIX stream. PROPERTIES LABELS pair TIMEOUT 600 DISCOVERY_TIMEOUT 60)

add_test(NAME stream.pair.resting COMMAND connection_pair_test --gtest_brief=1)
set_tests_properties(stream.pair.resting PROPERTIES LABELS pair TIMEOUT 600 ENVIRONMENT MQTTSPAN_RESTS=1)

add_executable(connection_hostile_test hostile_test.cpp)
target_link_libraries(connection_hostile_test PRIVATE stream_hostile GTest::gtest_main)
mqttspan_warnings(connection_hostile_test)
gtest_discover_tests(connection_hostile_test TEST_PREFIX stream. PROPERTIES LABELS hostile TIMEOUT 600 DISCOVERY_TIMEOUT 60)

add_executable(connection_model_test connection_model.cpp connection_model_hear.cpp connection_model_test.cpp)
target_link_libraries(connection_model_test PRIVATE stream_pair GTest::gtest_main rapidcheck)
mqttspan_warnings(connection_model_test)
set_target_properties(connection_model_test PROPERTIES UNITY_BUILD OFF) # `using namespace rc` beside `subscribe`
gtest_discover_tests(connection_model_test TEST_PREFIX stream. PROPERTIES LABELS model TIMEOUT 600 DISCOVERY_TIMEOUT 60)

add_test(NAME stream.model.resting COMMAND connection_model_test --gtest_brief=1)
set_tests_properties(stream.model.resting PROPERTIES LABELS model TIMEOUT 600 ENVIRONMENT MQTTSPAN_RESTS=1)

# Each alone in its executable: they replace the allocator.
add_executable(connection_allocation_test connection_allocation_test.cpp)
target_link_libraries(connection_allocation_test PRIVATE stream_pair GTest::gtest_main)
mqttspan_warnings(connection_allocation_test)
gtest_discover_tests(connection_allocation_test TEST_PREFIX stream. PROPERTIES LABELS allocation TIMEOUT 600)

add_executable(connection_memory_test connection_memory_test.cpp)
target_link_libraries(connection_memory_test PRIVATE stream_pair GTest::gtest_main)
mqttspan_warnings(connection_memory_test)
gtest_discover_tests(connection_memory_test TEST_PREFIX stream. PROPERTIES LABELS allocation TIMEOUT 600)

# Instructions, where the optimiser is on.
find_program(MQTTSPAN_VALGRIND valgrind)
mark_as_advanced(MQTTSPAN_VALGRIND)
if(MQTTSPAN_VALGRIND AND CMAKE_BUILD_TYPE MATCHES "^Rel")
  add_executable(connection_cost connection_cost.cpp)
  target_link_libraries(connection_cost PRIVATE mqttspan_generators mqttspan::stream)
  target_compile_options(connection_cost PRIVATE -O2)
  mqttspan_warnings(connection_cost)
  add_test(NAME stream.connection_cost COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/connection_cost.sh $<TARGET_FILE:connection_cost> ${CMAKE_CURRENT_BINARY_DIR}/connection_cost.callgrind)
  set_tests_properties(stream.connection_cost PROPERTIES LABELS cost TIMEOUT 300)
endif()

# ---- (end of pair, model, hostile)
