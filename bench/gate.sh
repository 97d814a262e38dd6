#!/bin/sh
# Counts do not grow: instructions and allocations a packet, and bytes of code, beside those that were committed. Red where a count is 2 % above, allocations differ, or a row is on one side only.
# usage: gate.sh <build folder> <committed file> [--update]      --update writes the file: do so for lower counts, too, or they will be lost again
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1 committed=$2
now=$(mktemp)
trap 'rm -f "$now"' EXIT
sh "$here/instructions.sh" "$build" --ours >"$now"
for library in codec stream; do
  size "$build/$library/libmqttspan-$library.a" | awk -v library=$library 'NR > 1 { text += $1 } END { printf "size\t-\t%s\t%d\t0\n", library, text }' >>"$now"
done
if [ "${3-}" = --update ]; then
  cp "$now" "$committed"
  exit
fi
awk -f "$here/gate.awk" "$committed" "$now"
