#!/bin/bash
# foreign_loop_test.sh PROGRAM: what it publishes comes back to it, and then it ends by itself.
. "$(dirname "$0")/peers.bash"
start_mosquitto broker 'allow_anonymous true'
runs 0 "$1" "$port" 25
prints run <(seq 24 -1 0)
grep -q 'Received DISCONNECT' "$work/broker.out" || fail 'it left without DISCONNECT'
runs 1 "$1" "$(free_port)"
says 'cannot connect to 127.0.0.1'
