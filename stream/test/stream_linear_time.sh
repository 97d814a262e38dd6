#!/bin/sh
# The parser's time is linear in the bytes for every size of chunks, counted in instructions by callgrind:
# - a quarter of the stream takes a quarter of the instructions, within 10 %;
# - a chunk costs no more than a constant beside its bytes;
# - a PUBLISH of 2 MiB that is gathered from 16-byte chunks and read takes at most 1.5 times what it takes from 1460-byte chunks.
# usage: stream_linear_time.sh <stream_linear_time program> <work folder>
set -u
program=$1 work=$2
command -v valgrind > /dev/null || { echo "FAILED: valgrind is not installed"; exit 1; }
mkdir -p "$work" || exit 1
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# per_mille <mode> <chunk> <divisor>: instructions for 1,000 bytes
per_mille() {
  out=$work/$1.$2.$3
  size=$(valgrind --tool=callgrind --callgrind-out-file="$out" --collect-atstart=no --toggle-collect=count_this "$program" "$1" "$2" "$3" 2> "$out.log") || return 1
  instructions=$(awk '/^(summary|totals):/ { total = $2 } END { print total + 0 }' "$out")
  [ "$instructions" -gt 1000 ] || return 1
  echo $((instructions * 1000 / size))
}

for mode in pieces torn mix; do
  for chunk in 65536 16384 1460 256 16 1; do
    whole=$(per_mille $mode $chunk 1) && quarter=$(per_mille $mode $chunk 4) || { echo "FAILED: $mode in chunks of $chunk was not counted"; cat "$work/$mode.$chunk".*.log; exit 1; }
    [ $chunk = 65536 ] && base=$whole
    # what reading and gathering a byte costs, and what a chunk costs: mix may be in the middle of a packet at both its ends
    case $mode in pieces) each=120 ;; torn) each=60 ;; mix) each=350 ;; esac
    [ $mode$chunk = mix1 ] && each=60 # most bytes are in the middle of a packet
    bound=$((base + base / 10 + each * 1000 / chunk))
    echo "$mode, chunks of $chunk: $whole and $quarter instructions for 1,000 bytes of the whole and of a quarter; at most $bound"
    [ $((whole * 10)) -le $((quarter * 11)) ] && [ $((quarter * 10)) -le $((whole * 11)) ] || fail "$mode in chunks of $chunk is not linear"
    [ "$whole" -le $bound ] || fail "$mode in chunks of $chunk"
    [ $mode$chunk = torn1460 ] && of_1460=$whole
    [ $mode$chunk = torn16 ] && of_16=$whole
  done
done
[ $((of_16 * 2)) -le $((of_1460 * 3)) ] || fail "16-byte chunks take more than 1.5 times the instructions of 1460-byte chunks"
[ $failures -eq 0 ]
