#!/bin/sh
# Builds the release benchmarks with each compiler at hand and prints one table a compiler: time and instructions beside floors and goals.
# usage: bench/run.sh [build folder]     CXX=… measures that compiler alone
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
builds=${1:-$bench/../build-bench}
generator=$(command -v ninja >/dev/null 2>&1 && echo Ninja || echo 'Unix Makefiles')
for compiler in ${CXX:-g++ clang++-19}; do
  if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "$compiler: not installed, left out" >&2
    continue
  fi
  build=$builds/$compiler
  mkdir -p "$build"
  cmake -G "$generator" -S "$bench/.." -B "$build" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE='-O3 -DNDEBUG' \
    -DMQTTSPAN_BENCH=ON -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF >"$build/configure.log" || { cat "$build/configure.log" >&2; exit 1; }
  cmake --build "$build" --parallel 2 >"$build/build.log" || { cat "$build/build.log" >&2; exit 1; }
  "$build/bench/mqttspan_ratios" >"$build/ratios.tsv"
  if command -v valgrind >/dev/null 2>&1 && [ -x "$build/bench/mqttspan_count" ]; then
    sh "$bench/instructions.sh" "$build" >"$build/instructions.tsv"
  else
    echo "valgrind is not installed: no instruction counts" >&2
    echo >"$build/instructions.tsv"
  fi
  echo "$("$compiler" --version | head -n 1), -O3 -DNDEBUG, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(date -u +%Y-%m-%d)"
  awk -f "$bench/table.awk" "$bench/goals.tsv" "$build/instructions.tsv" "$build/ratios.tsv"
  echo
done
