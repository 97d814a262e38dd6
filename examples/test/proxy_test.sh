#!/bin/bash
# proxy_test.sh PROGRAM: each packet is printed, in both directions and in the version of its connection; the bytes pass as they are, also large and malformed ones.
. "$(dirname "$0")/peers.bash"
start_mosquitto broker 'allow_anonymous true'
start proxy "$1" "$port"
until_says proxy 'listening at'
proxy=$(port_of proxy)

timeout 20 mosquitto_pub -h 127.0.0.1 -p "$proxy" -V 5 -i five -q 1 -t a/b -m hi -D publish content-type text/plain || fail 'it does not pass 5.0'
until_says proxy '#1  '
until_says broker 'Client five disconnected'
timeout 20 mosquitto_pub -h 127.0.0.1 -p "$proxy" -V 311 -i three -q 2 -t a/b -r -m hi || fail 'it does not pass 3.1.1'
until_says broker 'Client three disconnected'
exec 3<>"/dev/tcp/127.0.0.1/$proxy" # a topic with a wildcard, behind a good CONNECT
printf '\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x\x30\x04\x00\x02a+' >&3
timeout 20 cat <&3 | od -An -tx1 >"$work/answer"
exec 3<&-
[ "$(cat "$work/answer")" = ' 20 02 00 00' ] || fail "the client got $(cat "$work/answer")"

# Without the seconds.
sed '1d; s/^\(#[0-9]*\) *[0-9.]* */\1 /' "$work/proxy.out" >"$work/printed"
diff "$(dirname "$0")/proxy_expected.txt" "$work/printed" || fail 'it printed something else (>)'

# More than the sockets hold: who does not read stops the proxy in the middle of a write, and nothing may be lost.
size=12000000
head -c $size /dev/urandom >"$work/large"
exec 3<>"/dev/tcp/127.0.0.1/$proxy" # CONNECT as x, SUBSCRIBE to large
printf '\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01x\x82\x0a\x00\x01\x00\x05large\x00' >&3
until_says broker 'Sending SUBACK to x'
timeout 60 mosquitto_pub -h 127.0.0.1 -p "$proxy" -i large-pub -q 1 -t large -f "$work/large" || fail 'it does not pass 12 MB'
head=$((4 + 5 + 5 + 7)) # CONNACK, SUBACK, and of the PUBLISH all but the payload
timeout 60 head -c $((head + size)) <&3 >"$work/passed" || fail 'the message stops in the middle'
exec 3<&-
cmp "$work/large" <(tail -c +$((head + 1)) "$work/passed") || fail 'what passed has changed'
