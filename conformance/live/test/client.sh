#!/bin/sh
# All probes of clients against one, which a driver holds; its known deviations stand in the peer file.
# usage: client.sh PROGRAM PEER-FILE FOLDER DRIVER-COMMAND [WINDOW]
set -eu
mkdir -p "$3"
"$1" client --driver "$4" --peer "$2" --window "${5-8}" --json "$3/run.json" --junit "$3/run.xml" >"$3/summary.txt" || {
  code=$?
  cat "$3/summary.txt"
  exit $code
}
tail -n 1 "$3/summary.txt"
