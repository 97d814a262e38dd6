#!/bin/sh
# mosquitto_pub and mosquitto_sub as clients of the broadcast server: a line a cell, until something is wrong. They know no WebSocket: that is tried, too.
# usage: mosquitto_clients.sh CERTIFICATES FOLDER TCP TLS WS WSS
# shellcheck disable=SC2086 # $to and $as are options: words on purpose
set -eu
certificates=$1
folder=$2
tcp=$3
tls=$4
cd "$folder"

fail() {
  echo "$carrier $version: $1" >&2
  exit 1
}

# A subscriber in the background, which writes "said QOS RETAIN PAYLOAD" to FILE and ends after COUNT messages. Returns when it has subscribed.
listen() { # listen FILE COUNT [OPTION...]
  file=$1 count=$2
  shift 2
  rm -f "$file"
  stdbuf -oL mosquitto_sub --nodelay -d $to -q 2 -t "$topic" -C "$count" -W 60 -F 'said %q %r %p' "$@" >"$file" &
  listener=$!
  tries=0
  until grep -qs ^Subscribed "$file"; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || fail 'cannot subscribe'
    sleep 0.05
  done
}

say() { # say OPTION...
  timeout 60 mosquitto_pub --nodelay $to -i speaker -t "$topic" "$@" || fail "mosquitto_pub: $*"
}

# What the subscriber has to have heard comes in on the standard input.
heard() { # heard FILE WHAT
  wait $listener || fail "$2: the subscriber has not heard enough"
  grep -a ^said "$1" | cmp -s - expected || fail "$2 came otherwise"
}

play() { # play CARRIER VERSION
  carrier=$1 version=$2
  topic=$carrier/$version
  case $version in 3.1) as=mqttv31 ;; 3.1.1) as=mqttv311 ;; *) as=mqttv5 ;; esac
  case $carrier in tcp) to="-h 127.0.0.1 -p $tcp -V $as" ;; tls) to="-h 127.0.0.1 -p $tls -V $as --cafile $certificates/ca.pem" ;; esac

  listen qos 6 -i listener
  : >expected
  for qos in 0 1 2; do
    say -q $qos -m "payload $qos"
    say -q $qos -m "payload $qos" -r
    printf 'said %s 0 payload %s\nsaid %s 1 payload %s\n' $qos $qos $qos $qos >>expected
  done
  heard qos 'each QoS'

  listen lost 1 -i lost --will-topic "$topic" --will-payload lost --will-qos 1 --will-retain
  lost=$listener
  listen will 1 -i listener
  kill -9 "$lost"
  echo 'said 1 1 lost' >expected
  heard will 'the will'

  listen large 1 -i listener
  yes 'sixteen MiB of it' | tr '\n' ' ' | head -c 16777216 >payload
  say -q 1 -f payload
  { printf 'said 1 0 ' && cat payload && echo; } >expected
  heard large '16 MiB'

  listen many 10000 -i listener
  seq 10000 >numbers
  say -q 1 -l <numbers
  sed 's/^/said 1 0 /' numbers >expected
  heard many '10,000 messages'
  echo "$carrier $version ok"
}

for carrier in tcp tls; do
  for version in 3.1 3.1.1 5.0; do play $carrier $version; done
done
! mosquitto_pub --ws -h 127.0.0.1 -t a -n >unknown 2>&1 && grep -q 'Unknown option' unknown && echo 'ws unknown'
