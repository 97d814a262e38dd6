# WebSocket: the handshake and frames by hand, two ends together, memory, mutations, and node's clients and servers.
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
add_library(mqttspan_websocket_ends STATIC websocket_ends.cpp)
target_include_directories(mqttspan_websocket_ends PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(mqttspan_websocket_ends PUBLIC mqttspan::websocket PRIVATE OpenSSL::Crypto)
mqttspan_warnings(mqttspan_websocket_ends)

add_executable(websocket_test websocket_handshake_test.cpp websocket_frames_test.cpp websocket_pair_test.cpp websocket_mutation_test.cpp)
target_link_libraries(websocket_test PRIVATE mqttspan_websocket_ends GTest::gtest_main)
mqttspan_warnings(websocket_test)
gtest_discover_tests(websocket_test TEST_PREFIX stream. PROPERTIES LABELS websocket TIMEOUT 600 DISCOVERY_TIMEOUT 60)

# Alone in its executable: it replaces the allocator.
add_executable(websocket_allocation_test websocket_allocation_test.cpp)
target_include_directories(websocket_allocation_test PRIVATE ${PROJECT_SOURCE_DIR}/codec/test)
target_link_libraries(websocket_allocation_test PRIVATE mqttspan_websocket_ends GTest::gtest_main)
mqttspan_warnings(websocket_allocation_test)
gtest_discover_tests(websocket_allocation_test TEST_PREFIX stream. PROPERTIES LABELS allocation TIMEOUT 300 DISCOVERY_TIMEOUT 60)

# Peers that others wrote, on loopback. A missing program is a failure.
set(peers ${CMAKE_CURRENT_SOURCE_DIR}/websocket_peers)
add_executable(websocket_peer websocket_peers/websocket_peer.cpp)
target_link_libraries(websocket_peer PRIVATE mqttspan::websocket)
mqttspan_warnings(websocket_peer)
add_test(NAME stream.websocket_peers.install COMMAND sh -c "test -d node_modules/ws || npm ci" WORKING_DIRECTORY ${peers})
set_tests_properties(stream.websocket_peers.install PROPERTIES FIXTURES_SETUP websocket_peers LABELS referee TIMEOUT 300)
add_test(NAME stream.websocket_peers COMMAND node ${peers}/websocket_peers.mjs $<TARGET_FILE:websocket_peer>)
set_tests_properties(stream.websocket_peers PROPERTIES FIXTURES_REQUIRED websocket_peers LABELS referee TIMEOUT 300)
