#!/bin/sh
# Instructions and allocations a packet, by callgrind: instructions.sh <build folder> [--ours | ROW...] > instructions.tsv
# The program counts nothing but the passes themselves, so start-up needs no subtraction, and the same binary gives the same numbers every time.
set -eu
count=$1/bench/mqttspan_count
shift
# The memcpy that every x86-64 has: the same counts on each of them.
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX,-ERMS,-FSRM
dumps=$(mktemp -d)
trap 'rm -rf "$dumps"' EXIT
valgrind --tool=callgrind --collect-atstart=no --callgrind-out-file="$dumps/out" "$count" "$@" 2>"$dumps/log" || { cat "$dumps/log" >&2; exit 1; }
printf 'workload\tversion\toperation\tinstructions\tallocations\n'
ls "$dumps" | grep '^out\.[0-9]' | sort -t. -k2n | while read -r dump; do
  awk -F'\t' '
    /^desc: Trigger: Client Request: / { sub(/^desc: Trigger: Client Request: /, ""); workload = $1; version = $2; operation = $3; packets = $4; allocations = $5 / $6 }
    /^(summary|totals): / { split($0, word, " "); instructions = word[2] }
    END { if (packets) printf "%s\t%s\t%s\t%.1f\t%g\n", workload, version, operation, instructions / packets, allocations }' "$dumps/$dump"
done
