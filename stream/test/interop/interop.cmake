# Interoperability: our client against brokers, our broadcast server against clients, over TCP, TLS, ws and wss; and many connections at once.
# The peers come from Debian's packages and from npm; a missing one is a failure.
set(interop ${CMAKE_CURRENT_SOURCE_DIR}/interop)
set(interop_folder ${CMAKE_CURRENT_BINARY_DIR}/interop)
set(certificates ${interop_folder}/certificates)

add_test(NAME stream.interop.certificates COMMAND ${interop}/peers/certificates.sh ${certificates})
set_tests_properties(stream.interop.certificates PROPERTIES FIXTURES_SETUP interop_certificates LABELS interop TIMEOUT 60)
add_test(NAME stream.interop.install COMMAND sh -c "test -d node_modules/aedes || npm ci" WORKING_DIRECTORY ${interop}/peers)
set_tests_properties(stream.interop.install PROPERTIES FIXTURES_SETUP interop_npm LABELS interop TIMEOUT 300)

add_library(interop_parties STATIC interop/party.cpp interop/process.cpp)
target_include_directories(interop_parties PUBLIC ${interop})
target_link_libraries(interop_parties PUBLIC mqttspan::posix mqttspan::tls mqttspan::websocket)
mqttspan_warnings(interop_parties)

add_executable(interop_server interop/server.cpp)
target_link_libraries(interop_server PRIVATE mqttspan::posix mqttspan::tls mqttspan::websocket)
mqttspan_warnings(interop_server)

# One process a broker: it is started once for all of its cells.
add_executable(interop_client_test interop/client_test.cpp)
target_link_libraries(interop_client_test PRIVATE interop_parties GTest::gtest_main)
target_compile_definitions(interop_client_test PRIVATE
  INTEROP_FOLDER="${interop_folder}" INTEROP_CERTIFICATES="${certificates}" INTEROP_PEERS="${interop}/peers")
mqttspan_warnings(interop_client_test)
foreach(broker IN ITEMS mosquitto aedes ejabberd)
  add_test(NAME stream.interop.${broker} COMMAND interop_client_test --gtest_brief=1 --gtest_filter=${broker}/*)
  set_tests_properties(stream.interop.${broker} PROPERTIES FIXTURES_REQUIRED "interop_certificates;interop_npm" LABELS interop TIMEOUT 180)
endforeach()
