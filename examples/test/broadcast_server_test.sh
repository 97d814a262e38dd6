#!/bin/bash
# broadcast_server_test.sh PROGRAM: everybody gets everything, in every version, whatever the topic.
. "$(dirname "$0")/peers.bash"
need mosquitto_sub mosquitto_pub
start server "$1" 0 127.0.0.1
until_says server 'listening at'
port=$(port_of server)

for version in 31 311 5; do
  start "sub-$version" stdbuf -oL mosquitto_sub -d -h 127.0.0.1 -p "$port" -V "$version" -i "sub-$version" -q 2 -t "own/$version" -C 3 -F '%t %q %r %p'
  until_says "sub-$version" 'Subscribed'
done
timeout 20 mosquitto_pub -h 127.0.0.1 -p "$port" -V 31 -i pub-31 -q 0 -t a/b -m zero || fail 'QoS 0 in 3.1'
timeout 20 mosquitto_pub -h 127.0.0.1 -p "$port" -V 311 -q 1 -t c -m one || fail 'QoS 1 in 3.1.1, without a name'
timeout 20 mosquitto_pub -h 127.0.0.1 -p "$port" -V 5 -q 2 -t d -m two -r || fail 'QoS 2 in 5.0, without a name'
printf '%s\n' 'a/b 0 0 zero' 'c 1 0 one' 'd 2 1 two' >"$work/expected"
for version in 31 311 5; do
  wait "${started[1]}" || fail "sub-$version has not got all"
  started=("${started[0]}" "${started[@]:2}")
  grep -v '^Client\|^Subscribed' "$work/sub-$version.out" >"$work/got"
  diff "$work/expected" "$work/got" || fail "sub-$version got something else (>)"
done

# A will is heard when its client is cut off, and not when it says goodbye.
start heir stdbuf -oL mosquitto_sub -d -h 127.0.0.1 -p "$port" -V 311 -q 1 -t '#' -C 1 -F '%t %q %p'
until_says heir 'Subscribed'
timeout 20 mosquitto_sub -h 127.0.0.1 -p "$port" -V 5 --will-topic will --will-payload 'not this one' -t none -E || fail 'a client with a will'
stdbuf -oL mosquitto_sub -d -h 127.0.0.1 -p "$port" -V 5 --will-topic will --will-payload lost --will-qos 1 -t none >"$work/dying.out" &
dying=$!
until_says dying 'Subscribed'
kill -KILL $dying
wait "$id" || fail 'the will has not come'
grep -qx 'will 1 lost' "$work/heir.out" || fail "another will: $(cat "$work/heir.out")"
started=("${started[0]}")

start again "$1" "$port" 127.0.0.1
ends_with again 1
grep -q 'cannot listen at 127.0.0.1' "$work/again.err" || fail 'a port in use was not reported'
