# The corpora replayed by other builds and on other machines: no finding there, and the same hashes. Of the targets all but those of WebSocket, whose libraries are only there for this machine; under MemorySanitizer those that need nothing but codec and stream, for what it has not compiled it takes for uninitialised.
find_program(MQTTSPAN_I686 i686-linux-gnu-g++ REQUIRED)
find_program(MQTTSPAN_S390X s390x-linux-gnu-g++ REQUIRED)
mark_as_advanced(MQTTSPAN_I686 MQTTSPAN_S390X)
set(replay ${PROJECT_SOURCE_DIR}/fuzz/corpus/replay.sh)

function(mqttspan_replay_test name compiler flags)
  mqttspan_build_test(fuzz.replay.${name} ${PROJECT_SOURCE_DIR} COMPILER ${compiler} TARGET mqttspan_replays
    OPTIONS -DCMAKE_BUILD_TYPE=None "-DCMAKE_CXX_FLAGS=-O1 ${flags}" -DCMAKE_UNITY_BUILD=ON -DMQTTSPAN_FUZZ=ON -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF ${ARGN}
    COMMAND ${replay} fuzz)
endfunction()

mqttspan_replay_test(asan ${CMAKE_CXX_COMPILER} "-g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
  -DMQTTSPAN_POSIX=ON -DMQTTSPAN_TLS=${MQTTSPAN_TLS} -DMQTTSPAN_WEBSOCKET=${MQTTSPAN_WEBSOCKET})
mqttspan_replay_test(msan ${MQTTSPAN_CLANG_19} "-g1 -fno-omit-frame-pointer -fsanitize=memory -stdlib=libc++" -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON)
mqttspan_replay_test(i686 ${MQTTSPAN_I686} "" -DCMAKE_SYSTEM_NAME=Linux)
mqttspan_replay_test(s390x ${MQTTSPAN_S390X} "" -DCMAKE_SYSTEM_NAME=Linux)
set_tests_properties(fuzz.replay.i686 PROPERTIES ENVIRONMENT "RUNNER=/usr/i686-linux-gnu/lib/ld-linux.so.2 --library-path /usr/i686-linux-gnu/lib")
set_tests_properties(fuzz.replay.s390x PROPERTIES ENVIRONMENT "RUNNER=qemu-s390x -L /usr/s390x-linux-gnu") # big-endian

# The programs of this build.
add_test(NAME fuzz.replay.valgrind COMMAND ${replay} $<TARGET_FILE_DIR:utf8_replay>)
set_tests_properties(fuzz.replay.valgrind PROPERTIES LABELS build TIMEOUT 600 ENVIRONMENT "RUNNER=valgrind -q --error-exitcode=99")

# How much they reach.
add_test(NAME fuzz.coverage COMMAND ${PROJECT_SOURCE_DIR}/fuzz/coverage.sh ${CMAKE_CURRENT_BINARY_DIR}/fuzz.coverage)
set_tests_properties(fuzz.coverage PROPERTIES LABELS build PROCESSORS 2 TIMEOUT 1200)
