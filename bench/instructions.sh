#!/bin/sh
# Instructions a packet, by callgrind: instructions.sh <build folder> > instructions.tsv
# The program counts nothing but the passes themselves, so start-up needs no subtraction, and the same binary gives the same numbers every time.
set -eu
count=$1/bench/mqttspan_count
dumps=$(mktemp -d)
trap 'rm -rf "$dumps"' EXIT
valgrind --tool=callgrind --collect-atstart=no --callgrind-out-file="$dumps/out" "$count" 2>"$dumps/log" || { cat "$dumps/log" >&2; exit 1; }
printf 'workload\tversion\toperation\tinstructions\n'
ls "$dumps" | grep '^out\.[0-9]' | sort -t. -k2n | while read -r dump; do
  awk -F'\t' '
    /^desc: Trigger: Client Request: / { sub(/^desc: Trigger: Client Request: /, ""); workload = $1; version = $2; operation = $3; packets = $4 }
    /^(summary|totals): / { split($0, word, " "); instructions = word[2] }
    END { if (packets) printf "%s\t%s\t%s\t%.1f\n", workload, version, operation, instructions / packets }' "$dumps/$dump"
done
