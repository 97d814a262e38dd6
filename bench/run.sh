#!/bin/sh
# Measures everything: builds with each compiler at hand, prints a table a compiler (time and instructions beside floors and goals), then codecs of other languages on the same bytes and figures that are
# cited, and leaves results.json and charts in the build folder. Some five minutes.
# usage: bench/run.sh [build folder]     CXX=… measures that compiler alone
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
builds=${1:-$bench/../build/bench}
generator=$(command -v ninja >/dev/null 2>&1 && echo Ninja || echo 'Unix Makefiles')
has() { command -v "$1" >/dev/null 2>&1; }
left_out() { echo "bench: $1" >&2; }
machine="$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(date -u +%Y-%m-%d)"

measured=
for compiler in ${CXX:-g++ clang++-19}; do
  has "$compiler" || { left_out "$compiler is not installed"; continue; }
  build=$builds/$(basename "$compiler")
  mkdir -p "$build"
  cmake -G "$generator" -S "$bench/.." -B "$build" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE='-O3 -DNDEBUG' \
    -DMQTTSPAN_BENCH=ON -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF >"$build/configure.log" || { cat "$build/configure.log" >&2; exit 1; }
  cmake --build "$build" --parallel 2 >"$build/build.log" || { cat "$build/build.log" >&2; exit 1; }
  "$compiler" --version | head -n 1 >"$build/version"
  "$build/bench/mqttspan_ratios" >"$build/ratios.tsv"
  if has valgrind && [ -x "$build/bench/mqttspan_count" ]; then
    sh "$bench/instructions.sh" "$build" >"$build/instructions.tsv"
  else
    left_out 'valgrind is not installed: no instruction counts'
    echo >"$build/instructions.tsv"
  fi
  echo "$(cat "$build/version"), -O3 -DNDEBUG, $machine"
  awk -f "$bench/table.awk" "$bench/goals.tsv" "$build/instructions.tsv" "$build/ratios.tsv"
  echo
  measured=${measured:-$build}
done
[ -n "$measured" ] || { left_out 'no compiler, nothing measured'; exit 1; }
"$measured/bench/mqttspan_scaling" >"$builds/scaling.tsv"

# Codecs in other languages, on the same bytes; each has to find the same checksums first.
streams=$builds/streams
mkdir -p "$streams"
"$measured/bench/mqttspan_write_streams" "$streams"
printf 'workload\tversion\toperation\tns a packet\n' >"$builds/peers.tsv"
if has node && has npm; then
  mkdir -p "$builds/node"
  cp "$bench/../conformance/adapters/mqtt_packet/package.json" "$bench/../conformance/adapters/mqtt_packet/package-lock.json" "$builds/node/"
  (cd "$builds/node" && { [ -d node_modules/mqtt-packet ] || npm ci --silent >/dev/null; })
  node "$bench/peers/mqtt_packet.mjs" "$streams" "$builds/node" | tail -n +2 >>"$builds/peers.tsv"
else
  left_out 'node or npm is not installed: no mqtt-packet'
fi
python=/usr/bin/python3 # Debian's: that is where its packages are
[ -x $python ] || python=python3
if $python -c 'import paho.mqtt' 2>/dev/null; then
  $python "$bench/peers/paho_mqtt.py" "$streams" | tail -n +2 >>"$builds/peers.tsv"
else
  left_out 'python3-paho-mqtt is not installed: no paho-mqtt'
fi
$python "$bench/results.py" "$builds"

if has gnuplot; then
  mkdir -p "$builds/charts"
  compiler=$(basename "$measured")
  gnuplot -e "folder='$builds'; compiler='$compiler'; machine='$(cat "$measured/version"), $machine'; out='$builds/charts'" "$bench/charts.gp"
  echo "charts: $builds/charts"
else
  left_out 'gnuplot is not installed: no charts'
fi
