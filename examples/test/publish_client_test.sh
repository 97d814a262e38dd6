#!/bin/bash
# publish_client_test.sh PROGRAM: the message arrives; and each way to fail has its exit code and its words.
. "$(dirname "$0")/peers.bash"
start_mosquitto broker 'allow_anonymous true'
start sub mosquitto_sub -h 127.0.0.1 -p "$port" -t 'hall/#' -C 1 -v
until_says broker 'Sending SUBACK'
runs 0 "$1" "$port" localhost hall/door 'wide open'
ends_with sub 0
prints sub - <<<'hall/door wide open'
grep -q 'Received DISCONNECT from auto' "$work/broker.out" || fail 'it left without DISCONNECT'

runs 255 "$1" "$port" 127.0.0.1 'hall/#' text
says 'not sent: topic name has a wildcard'
runs 255 "$1" "$port" 127.0.0.1 hall/door
says 'usage:'
runs 1 "$1" "$(free_port)" 127.0.0.1 hall/door text
says 'cannot connect to 127.0.0.1'
start_mosquitto strict 'allow_anonymous false'
runs 255 "$1" "$port" 127.0.0.1 hall/door text
says 'not authorized'
