#!/bin/sh
# What the committed corpora alone reach of codec and stream, whose transports are left out: lines, branches and MC/DC by clang 19, of the build for speed and of the one for size together, each of which has code that the
# other has not. Lists what they do not reach; fails below the shares in coverage.py.
# usage: coverage.sh BUILD      a folder for clang 19's builds
set -eu
build=$1
top=$(cd "$(dirname "$0")/.." && pwd)

for level in O1 Os; do
  at=$build/$level
  cmake -S "$top" -B "$at" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_UNITY_BUILD=ON -DMQTTSPAN_FUZZ=ON -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF \
    -DMQTTSPAN_EXAMPLES=OFF -DCMAKE_CXX_FLAGS="-$level -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc -w"
  cmake --build "$at" --target mqttspan_replays
  find "$at" -name '*.profraw' -delete
  LLVM_PROFILE_FILE="$at/%p.profraw" "$top/fuzz/corpus/replay.sh" "$at/fuzz"
  llvm-profdata-19 merge -o "$at/all.profdata" "$at"/*.profraw
done
python3 "$top/fuzz/coverage.py" "$build/O1" "$build/Os"
