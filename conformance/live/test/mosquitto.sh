#!/bin/sh
# All probes against mosquitto on loopback; its known deviations stand in the peer file. Another port is tried where somebody took the first.
# usage: mosquitto.sh PROGRAM PEER-FILE FOLDER
set -eu
mkdir -p "$3"
PATH=$PATH:/usr/sbin
port=$((20000 + $$ % 20000))
printf 'allow_anonymous true\npersistence false\nlog_type error\nuser %s\nmax_queued_messages 0\nlistener %s 127.0.0.1\n' "$(id -un)" "$port" >"$3/mosquitto.conf"
"$1" broker --target "127.0.0.1:$port" --peer "$2" --start "PATH=$PATH exec mosquitto -c '$3/mosquitto.conf'" --json "$3/run.json" --junit "$3/run.xml" >"$3/summary.txt" || {
  code=$?
  cat "$3/summary.txt"
  exit $code
}
tail -n 1 "$3/summary.txt"
