#!/bin/sh
# repeatable.sh FUZZER CORPUS: two runs from the same seed, without randomised addresses, grow the same corpus. Without reading its own
# corpus again every second, too.
set -eu
fuzzer=$1 corpus=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for run in 1 2; do
  mkdir "$work/$run"
  setarch -R "$fuzzer" -seed=20261122 -runs=10000 -max_len=512 -reload=0 -verbosity=0 "$work/$run" "$corpus" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
  find "$work/$run" -type f -printf '%f\n' | sort >"$work/$run.names" # their hashes
done
[ -s "$work/1.names" ] || { echo "FAILED: it did not grow"; exit 1; }
cmp "$work/1.names" "$work/2.names" || { echo "FAILED: the corpora differ"; exit 1; }
echo "$(wc -l <"$work/1.names") inputs, twice the same"
