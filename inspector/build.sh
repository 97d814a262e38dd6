#!/bin/sh
# build.sh OUT: the inspector as one page, OUT/inspector.html, and its module alone, OUT/inspector.wasm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
mkdir -p "$1/include"
cd "$1"

# CMake's part: the library's configuration. And emscripten must not see the machine's /usr/include: the JSON library, which is headers only, gets a path of its own.
cmake -S "$top" -B configured -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_TESTS=OFF >configured.log
ln -sfn /usr/include/nlohmann include/nlohmann

# The parts go through the compiler together, since most would read the JSON library again: that saves a third of the time.
for part in tools/dissect tools/dissect_words tools/encoding tools/hex tools/json_request tools/json_text tools/owed_answer tools/packet_json tools/packet_json_read \
  tools/packet_stream tools/text inspector/inspector; do
  printf '#include "%s.cpp"\n' "$top/$part"
done >inspector_parts.cpp

# Exceptions are WebAssembly's own, and the module stands alone: it needs no JavaScript but the page's.
em++ -std=c++20 -Os -DNDEBUG -fwasm-exceptions -Iinclude -Iconfigured/codec/include -I"$top/codec/include" -I"$top/tools" inspector_parts.cpp "$top"/codec/src/*.cpp \
  --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH -sEXPORTED_FUNCTIONS=_mqttspan_room,_mqttspan_answer,_mqttspan_answer_text -o inspector.wasm

node "$here/assemble.mjs" "$here" inspector.wasm inspector.html
