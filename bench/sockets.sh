#!/bin/sh
# Messages a second through our broadcast server and through mosquitto, under the same load, in turns: medians and their ratio.
# usage: bench/sockets.sh [build folder [turns]]
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
build=${1:-$bench/../build-bench/sockets}
turns=${2:-5}
PATH=$PATH:/usr/sbin
command -v mosquitto >/dev/null || { echo 'sockets.sh: mosquitto is not installed' >&2; exit 2; }
mkdir -p "$build"
{
  cmake -S "$bench/.." -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE='-O3 -DNDEBUG' -DMQTTSPAN_BENCH=ON -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=ON
  cmake --build "$build" --parallel 2 --target mqttspan_sockets example_broadcast_server
} >"$build/build.log" 2>&1 || { cat "$build/build.log" >&2; exit 1; }
load=$build/bench/mqttspan_sockets

ours=$("$load" port)
theirs=$("$load" port)
cat >"$build/mosquitto.conf" <<END
listener $theirs 127.0.0.1
allow_anonymous true
persistence false
log_type none
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 0
END
"$build/examples/broadcast_server" "$ours" 127.0.0.1 >/dev/null &
servers=$!
trap 'kill $servers 2>/dev/null' EXIT
mosquitto -c "$build/mosquitto.conf" >/dev/null 2>&1 &
servers="$servers $!"
sleep 1

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

echo '| | broadcast server | mosquitto | ratio |'
echo '|---|---|---|---|'
measure() { # measure TITLE QOS SUBSCRIBERS MESSAGES WINDOW
  : >"$build/ours"
  : >"$build/theirs"
  turn=0
  while [ $turn -lt "$turns" ]; do
    "$load" "$ours" "$2" "$3" "$4" "$5" >>"$build/ours"
    "$load" "$theirs" "$2" "$3" "$4" "$5" >>"$build/theirs"
    turn=$((turn + 1))
  done
  echo "$1 $(median <"$build/ours") $(median <"$build/theirs")" | awk '{ n = NF; title = $0; sub(/ [^ ]+ [^ ]+$/, "", title); printf "| %s | %d | %d | %.2f |\n", title, $(n - 1), $n, $(n - 1) / $n }'
}
measure 'QoS 0, 1 publisher, 1 subscriber' 0 1 300000 4096
measure 'QoS 0, 1 to 1, 256 under way' 0 1 200000 256
measure 'QoS 0, 1 to 1, 16 under way' 0 1 50000 16
measure 'QoS 0, 1 to 1, one at a time' 0 1 5000 1
measure 'QoS 1, 1 publisher, 1 subscriber' 1 1 100000 64
measure 'QoS 0, 1 publisher, 10 subscribers' 0 10 50000 4096
echo
echo "messages a second, 64 bytes of payload; $(mosquitto -h | head -n 1), $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(date -u +%Y-%m-%d)"
