#!/bin/bash
# Builds the fuzz targets for OSS-Fuzz, ClusterFuzzLite and whoever else sets their variables, into $OUT: NAME_fuzzer, its seeds NAME_fuzzer_seed_corpus.zip, its NAME_fuzzer.options, and the dictionary.
# usage: build.sh [TARGET...]      all that can be built, if none is named
# environment: CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE OUT SRC SANITIZER ARCHITECTURE
# It needs cmake, make and zip. Where nlohmann-json is not there, json_input, hex_input, adapter_protocol and differential are left out; the two of WebSocket are, since wslay and OpenSSL are nowhere with all those flags.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=$SRC/mqttspan-$SANITIZER-$ARCHITECTURE

wanted=("${@/%/_fuzzer}")
[ $# != 0 ] || wanted=(mqttspan_fuzzers)

# CMake takes compilers and their flags from the environment.
cmake -S "$top" -B "$build" -DCMAKE_BUILD_TYPE=None -DCMAKE_UNITY_BUILD=ON -DMQTTSPAN_FUZZ=ON -DMQTTSPAN_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" \
  -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_CONFORMANCE=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_POSIX=OFF
cmake --build "$build" --target "${wanted[@]}" -j "$(nproc)"

for program in "$build"/fuzz/*_fuzzer; do
  fuzzer=$(basename "$program")
  cp "$program" "$OUT/"
  seeds=$top/fuzz/corpus/${fuzzer%_fuzzer}
  if [ ! -d "$seeds" ]; then # a CONNECT, as a packet and behind a byte of settings
    seeds=$build/seeds
    mkdir -p "$seeds"
    printf '\20\14\0\4MQTT\4\2\0\0\0\0' >"$seeds/packet"
    printf '\1\20\14\0\4MQTT\4\2\0\0\0\0' >"$seeds/input"
  fi
  rm -f "$OUT/${fuzzer}_seed_corpus.zip"
  (cd "$seeds" && zip -q -r "$OUT/${fuzzer}_seed_corpus.zip" .)
  printf '[libfuzzer]\nmax_len = 4096\ndict = mqtt.dict\n' >"$OUT/$fuzzer.options"
done
cp "$top/fuzz/mqtt.dict" "$OUT/"
