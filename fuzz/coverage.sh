#!/bin/sh
# What the committed corpora alone reach of codec and stream, whose transports are left out: lines, branches and MC/DC by clang 19. Lists what they do not reach; fails below 98 % of lines or 93 % of branches.
# usage: coverage.sh BUILD      a folder for clang 19's build
set -eu
build=$1
top=$(cd "$(dirname "$0")/.." && pwd)

cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_UNITY_BUILD=ON -DMQTTSPAN_FUZZ=ON -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF \
  -DMQTTSPAN_EXAMPLES=OFF -DCMAKE_CXX_FLAGS='-O1 -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc -w'
cmake --build "$build" --target mqttspan_replays
find "$build" -name '*.profraw' -delete
LLVM_PROFILE_FILE="$build/%p.profraw" "$top/fuzz/corpus/replay.sh" "$build/fuzz"
llvm-profdata-19 merge -o "$build/all.profdata" "$build"/*.profraw
python3 "$top/fuzz/coverage.py" "$build/all.profdata" "$build"/fuzz/*_replay
