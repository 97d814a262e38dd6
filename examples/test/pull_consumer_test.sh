#!/bin/bash
# pull_consumer_test.sh PROGRAM: a thousand messages, all of them in order; and the broker never has a second one under way.
. "$(dirname "$0")/peers.bash"
start_mosquitto broker 'allow_anonymous true'
start consumer "$1" "$port" 127.0.0.1 'line/+' 1000 1
consumer=$id
until_says broker 'Sending SUBACK'
seq 1000 | timeout 60 mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -t line/1 -l || fail 'mosquitto_pub'
id=$consumer
ends_with consumer 0
prints consumer <(seq 1000)
name=$(sed -n 's/.*Sending SUBACK to //p' "$work/broker.out")
awk -v name="$name" '
  index($0, "Sending PUBLISH to " name " ") { ++sent; if (sent - acknowledged > 1) { print "ahead: " $0; exit 1 } }
  index($0, "Received PUBACK from " name " ") { ++acknowledged }
  END { if (sent != 1000 || acknowledged != 1000) { print sent " sent, " acknowledged " acknowledged"; exit 1 } }' "$work/broker.out" || fail 'it took messages ahead of its work, or did not acknowledge them'
