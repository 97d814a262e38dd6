#!/bin/sh
# Records session.pcap anew: a Mosquitto broker and its clients, watched by dumpcap, in a network namespace of their own, where the port
# 1883 is free and capturing needs no root. Wants mosquitto, mosquitto-clients, wireshark-common, iproute2 and util-linux. Takes about 10 seconds
# and ends whatever it started, by process id.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ "${1-}" != inside ]; then exec unshare --user --map-root-user --net "$here/record.sh" inside "$@"; fi
shift
capture=${1:-$here/session.pcap}
work=$(mktemp -d)
started=''

finish() {
  for pid in $started; do kill "$pid" 2>/dev/null || :; done
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

fail() {
  echo "record.sh: $1" >&2
  exit 1
}

# background NAME COMMAND...: the process id is in $! afterwards, what it prints in $work/NAME.
background() {
  log=$work/$1
  shift
  "$@" >"$log" 2>&1 &
  started="$started $!"
}

# wait_for NAME TEXT: until that process has printed the text; ten seconds at most.
wait_for() {
  for _ in $(seq 100); do
    if grep -q -- "$2" "$work/$1"; then return; fi
    sleep 0.1
  done
  cat "$work/$1" >&2
  fail "waited in vain for '$2' from $1"
}

# Clients are bounded: subscribers by -W (seconds), publishers by timeout.
pub() { timeout 10 mosquitto_pub -h 127.0.0.1 "$@" >/dev/null; }
subscriber() {
  name=$1
  shift
  background "$name" stdbuf -oL mosquitto_sub -d -h 127.0.0.1 -i "$name" -W 30 "$@"
  wait_for "$name" '^Subscribed'
}

PATH=$PATH:/usr/sbin
ip link set lo up mtu 600 gso_max_segs 1 # so that a longer packet comes in several segments
printf 'listener 1883 127.0.0.1\nallow_anonymous true\nuser root\n' >"$work/broker.conf" # root of the namespace only
background broker mosquitto -c "$work/broker.conf"
wait_for broker running
background dumpcap dumpcap -q -P -i lo -f "tcp port 1883" -w "$work/session.pcap"
wait_for dumpcap "File:"

# 3.1.1: a monitor that subscribes at QoS 2 to all and takes one filter back; it stays until the end, and pings in its silences.
subscriber monitor -V mqttv311 -q 2 -k 5 -t 'plant/#' -t 'attic/#' -U 'attic/#'
monitor=$!
pub -V mqttv311 -i meter-1 -t plant/hall/temperature -m 21.5 -q 0
pub -V mqttv311 -i meter-1 -t plant/hall/humidity -m 48 -q 1 -u meter -P secret
pub -V mqttv311 -i meter-1 -t plant/hall/alarm -m 'door open' -q 2

# Retained: it is there for whoever subscribes later.
pub -V mqttv311 -i meter-1 -t plant/hall/location -m 'ground floor' -q 1 -r
subscriber late -V mqttv311 -q 1 -t plant/hall/location
wait_for late 'ground floor'
kill $!

# A will, of a client that dies without DISCONNECT.
subscriber pump-7 -V mqttv311 -t pump-7/commands --will-topic plant/pump-7/status --will-payload lost --will-qos 1 --will-retain
kill -9 $!
wait_for monitor lost

# 5.0: two workers share a subscription; one of them has a will with properties, and says how much it can take.
subscriber worker-a -V mqttv5 -q 1 -t '$share/workers/jobs/+' -x 60 -D connect receive-maximum 10 -D connect user-property zone north \
  --will-topic plant/worker-a/status --will-payload gone --will-qos 1 -D will will-delay-interval 1 -D will content-type text/plain
worker_a=$!
subscriber worker-b -V mqttv5 -q 1 -t '$share/workers/jobs/+' -D connect maximum-packet-size 4096 -D subscribe user-property zone south
worker_b=$!
pub -V mqttv5 -i boss -t jobs/paint -q 1 -m '{"colour":"blue"}' --repeat 4 -D publish topic-alias 3 -D publish content-type application/json \
  -D publish message-expiry-interval 3600 -D publish payload-format-indicator 1 -D publish user-property priority high \
  -D publish user-property customer Müller
pub -V mqttv5 -i boss -t nobody/listens -q 1 -m void

pub -V mqttv5 -i boss -t jobs/read -q 1 -m "$(seq -s ' ' 200)"

# Request and response.
subscriber clock -V mqttv5 -q 1 -t ask/time -D subscribe subscription-identifier 7
clock=$!
background asker stdbuf -oL mosquitto_rr -d -h 127.0.0.1 -V mqttv5 -i asker -q 1 -t ask/time -e answer/asker -m 'what time is it?' -W 10 \
  -D publish correlation-data request-1
asker=$!
wait_for clock 'what time'
pub -V mqttv5 -i clock-voice -t answer/asker -q 1 -m 'half past nine' -D publish correlation-data request-1
wait "$asker"

# 3.1, by its own protocol name.
pub -V mqttv31 -i antique -t plant/attic/temperature -m 17 -q 2 -u antique -P brass

kill -9 "$worker_a"
wait_for monitor gone
sleep 6 # the monitor's keep alive is 5 s
kill "$clock" "$worker_b"
sleep 0.2
kill "$monitor"
sleep 0.5
cat "$work/session.pcap" >"$capture"
