#!/bin/sh
# seeds.sh CONFORMANCE VECTORS PROGRAMS TARGET...: the first inputs that corpus/seeds.py makes, of every thousandth vector here; each target has some, and bears them.
set -eu
conformance=$1 vectors=$2 programs=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$conformance" expand | python3 "$(dirname "$0")/../corpus/seeds.py" --every 1000 - "$vectors" "$work"
status=0
for target in "$@"; do
  [ -n "$(ls "$work/$target" 2>/dev/null)" ] || { echo "FAILED: no seed for $target" && status=1 && continue; }
  "$programs/${target}_replay" "$work/$target" || { echo "FAILED: $target: a truth does not hold" && status=1; }
done
exit $status
