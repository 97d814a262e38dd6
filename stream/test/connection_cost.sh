#!/bin/sh
# A connection that reads and acknowledges takes at most twice the instructions of the parser in it, counted by callgrind.
# usage: connection_cost.sh <connection_cost program> <work folder>
set -u
program=$1 work=$2
command -v valgrind > /dev/null || { echo "FAILED: valgrind is not installed"; exit 1; }
mkdir -p "$work" || exit 1
failures=0

# per_packet <parser|connection> <version>: instructions for ten packets
per_ten_packets() {
  packets=$(valgrind --tool=callgrind --callgrind-out-file="$work/$1.$2" --collect-atstart=no --toggle-collect=count_this "$program" "$1" "$2" 2> "$work/$1.$2.log") || return 1
  instructions=$(awk '/^(summary|totals):/ { total = $2 } END { print total + 0 }' "$work/$1.$2")
  [ "$instructions" -gt 1000 ] || return 1
  echo $((instructions * 10 / packets))
}

for version in 3.1.1 5.0; do
  parser=$(per_ten_packets parser $version) && connection=$(per_ten_packets connection $version) || { echo "FAILED: $version was not counted"; cat "$work"/*."$version".log; exit 1; }
  echo "$version: $parser instructions for ten packets in the parser, $connection in a connection"
  if [ "$connection" -gt $((parser * 2)) ]; then
    echo "FAILED: more than twice as many"
    failures=$((failures + 1))
  fi
done
[ $failures -eq 0 ]
