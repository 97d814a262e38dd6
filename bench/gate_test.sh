#!/bin/sh
# The gate can fail: each way in which a table of counts may be worse.
# usage: gate_test.sh <folder of gate.awk>
set -u
awk_file=$1/gate.awk
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
header='workload\tversion\toperation\tinstructions\tallocations\n'
printf "${header}W1\t5.0\tparse\t100.0\t0\nW1\t5.0\tparse_copy\t500.0\t1\n" >"$work/committed"

# expect STATUS WORD ROWS: what the gate says of these rows.
expect() {
  printf "$header$3" >"$work/now"
  said=$(awk -f "$awk_file" "$work/committed" "$work/now")
  status=$?
  if [ $status != "$1" ] || ! printf '%s' "$said" | grep -q "$2"; then
    echo "FAILED: expected $1 and $2, got $status and: $said"
    failures=$((failures + 1))
  fi
}

expect 0 '2 counts, 0 not' 'W1\t5.0\tparse\t102.0\t0\nW1\t5.0\tparse_copy\t500.0\t1\n'
expect 0 'less, commit it: W1 5.0 parse: 100.0 -> 90.0 (-10.0 %)' 'W1\t5.0\tparse\t90.0\t0\nW1\t5.0\tparse_copy\t500.0\t1\n'
expect 1 'MORE: W1 5.0 parse: 100.0 -> 102.2 (+2.2 %)' 'W1\t5.0\tparse\t102.2\t0\nW1\t5.0\tparse_copy\t500.0\t1\n'
expect 1 'ALLOCATIONS: W1 5.0 parse: 0 -> 1' 'W1\t5.0\tparse\t100.0\t1\nW1\t5.0\tparse_copy\t500.0\t1\n'
expect 1 'ALLOCATIONS: W1 5.0 parse_copy: 1 -> 0' 'W1\t5.0\tparse\t100.0\t0\nW1\t5.0\tparse_copy\t500.0\t0\n'
expect 1 'GONE: W1 5.0 parse_copy' 'W1\t5.0\tparse\t100.0\t0\n'
expect 1 'NEW: W2 5.0 parse' 'W1\t5.0\tparse\t100.0\t0\nW1\t5.0\tparse_copy\t500.0\t1\nW2\t5.0\tparse\t1.0\t0\n'
expect 1 'nothing was counted' ''
[ $failures = 0 ]
