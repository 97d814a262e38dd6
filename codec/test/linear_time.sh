#!/bin/sh
# Instructions a byte must not grow with the size: whole, half and quarter of packets that invite more than linear work, counted by callgrind.
# usage: linear_time.sh <linear_time program> <work folder>
set -u
program=$1 work=$2
command -v valgrind > /dev/null || { echo "FAILED: valgrind is not installed"; exit 1; }
mkdir -p "$work" || exit 1
failures=0

# per_mille <kind> <divisor>: instructions for 1,000 bytes of the packet
per_mille() {
  size=$(valgrind --tool=callgrind --callgrind-out-file="$work/$1.$2" --collect-atstart=no --toggle-collect=count_this "$program" "$1" "$2" 2> "$work/$1.$2.log") || return 1
  instructions=$(awk '/^(summary|totals):/ { total = $2 } END { print total + 0 }' "$work/$1.$2")
  [ "$instructions" -gt 1000 ] || return 1
  echo $((instructions * 1000 / size))
}

for kind in user_properties slashes names wide_text filters; do
  whole=$(per_mille $kind 1) && half=$(per_mille $kind 2) && quarter=$(per_mille $kind 4) || { echo "FAILED: $kind was not counted"; cat "$work/$kind".*.log; exit 1; }
  echo "$kind: $whole, $half, $quarter instructions for 1,000 bytes of the whole, half and quarter"
  for other in $half $quarter; do
    # within 10 %, both ways
    if [ $((whole * 10)) -gt $((other * 11)) ] || [ $((other * 10)) -gt $((whole * 11)) ]; then
      echo "FAILED: $kind is not linear"
      failures=$((failures + 1))
    fi
  done
done
[ $failures -eq 0 ]
