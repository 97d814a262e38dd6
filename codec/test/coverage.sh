#!/bin/sh
# How much of the codec and of the stream layer their own tests reach: fails below 98 % of lines or 93 % of branches (codec), 98 % of lines (stream).
# Counted is what the sources say: nothing is optimised, and what is marked always_inline is compiled as a function of its own, as its branches
# would count anew at each place otherwise. Branches that only an exception or an unreachable place could take do not count.
# usage: coverage.sh <top folder of the project> <build folder>
set -eu
top=$1 build=$2
command -v gcovr > /dev/null || { echo "FAILED: gcovr is not installed"; exit 1; }

cmake -S "$top" -B "$build" -DCMAKE_BUILD_TYPE=Coverage -DCMAKE_CXX_FLAGS='-O0 -g1 --coverage -Dalways_inline=__noinline__ -Wno-attributes' \
  -DMQTTSPAN_TESTS=ON -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_BENCH=OFF
cmake --build "$build" --parallel "$(nproc)"
find "$build" -name '*.gcda' -exec rm -f {} +
# The scripts among the tests compile and run programs of their own: they reach nothing here. Random sessions by the thousand take long unoptimised.
ctest --test-dir "$build" --output-on-failure -R '^(codec|stream)\.' -LE 'hygiene|linear_time|referee|cost|pair|model|hostile'
gcovr --root "$top" --filter "$top/codec/src/" --filter "$top/codec/include/" --exclude-throw-branches --exclude-unreachable-branches \
  --print-summary --fail-under-line 98 --fail-under-branch 93 \
  "$build/codec/CMakeFiles/mqttspan_codec.dir" "$build"/codec/test/CMakeFiles/codec_*_test*.dir
gcovr --root "$top" --filter "$top/stream/src/" --filter "$top/stream/include/" --exclude-throw-branches --exclude-unreachable-branches \
  --print-summary --fail-under-line 98 \
  "$build/stream/CMakeFiles/mqttspan_stream.dir" "$build"/stream/test/CMakeFiles/stream_*_test*.dir "$build"/stream/test/CMakeFiles/connection_*_test*.dir
