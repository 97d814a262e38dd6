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

find_path(MQTTSPAN_PAHO_INCLUDE MQTTClient.h)
find_library(MQTTSPAN_PAHO_LIBRARY paho-mqtt3cs)
mark_as_advanced(MQTTSPAN_PAHO_INCLUDE MQTTSPAN_PAHO_LIBRARY)
if(NOT MQTTSPAN_PAHO_INCLUDE OR NOT MQTTSPAN_PAHO_LIBRARY)
  message(FATAL_ERROR "The tests of mqttspan::tls and mqttspan::websocket together need Paho's C client (Debian: libpaho-mqtt-dev). Install it, or set MQTTSPAN_TESTS to OFF.")
endif()
add_executable(interop_paho interop/peers/paho.cpp)
target_include_directories(interop_paho SYSTEM PRIVATE ${MQTTSPAN_PAHO_INCLUDE})
target_link_libraries(interop_paho PRIVATE ${MQTTSPAN_PAHO_LIBRARY})
target_compile_features(interop_paho PRIVATE cxx_std_20)
mqttspan_warnings(interop_paho)

add_executable(interop_server_test interop/server_test.cpp)
target_link_libraries(interop_server_test PRIVATE interop_parties GTest::gtest_main)
target_compile_definitions(interop_server_test PRIVATE INTEROP_FOLDER="${interop_folder}" INTEROP_CERTIFICATES="${certificates}"
  INTEROP_PEERS="${interop}/peers" INTEROP_SERVER="$<TARGET_FILE:interop_server>" INTEROP_PAHO="$<TARGET_FILE:interop_paho>")
mqttspan_warnings(interop_server_test)
foreach(peer IN ITEMS mosquitto_clients mqttjs mqtt_connection paho)
  add_test(NAME stream.interop.${peer} COMMAND interop_server_test --gtest_brief=1 --gtest_filter=*/${peer})
  set_tests_properties(stream.interop.${peer} PROPERTIES FIXTURES_REQUIRED "interop_certificates;interop_npm" LABELS interop TIMEOUT 180)
endforeach()

# Many connections. How much memory they take is told where no sanitizer adds its own.
if(CMAKE_BUILD_TYPE MATCHES "^Rel" AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_executable(interop_scale_test interop/scale_test.cpp)
  target_link_libraries(interop_scale_test PRIVATE interop_parties GTest::gtest_main)
  target_compile_definitions(interop_scale_test PRIVATE INTEROP_CERTIFICATES="${certificates}" INTEROP_SERVER="$<TARGET_FILE:interop_server>")
  mqttspan_warnings(interop_scale_test)
  add_test(NAME stream.interop.scale COMMAND interop_scale_test)
  set_tests_properties(stream.interop.scale PROPERTIES FIXTURES_REQUIRED interop_certificates LABELS interop TIMEOUT 300)
endif()
