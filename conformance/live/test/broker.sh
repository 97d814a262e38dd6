# shellcheck shell=sh
# What the scripts of single brokers have in common. They source it with their own arguments: PROGRAM PEER-FILE FOLDER.
# $port is free then, and so is the one above it; the start scripts of the interoperability tests are in $starters.
program=$1 peer=$2 folder=$3
here=$(dirname "$0")
# shellcheck disable=SC2034 # some use it
starters=$here/../../../stream/test/interop/peers
mkdir -p "$folder"
ports=$(python3 "$here/free_ports.py" 2)
port=${ports%% *}

# Plays probes, all or those named, with the broker that the command starts.
examine() { # examine COMMAND [ONLY]
  "$program" broker --target "127.0.0.1:$port" --peer "$peer" ${2:+--only "$2"} --start "$1" --json "$folder/run.json" --junit "$folder/run.xml" >"$folder/summary.txt" || {
    code=$?
    cat "$folder/summary.txt"
    exit $code
  }
  tail -n 1 "$folder/summary.txt"
}
