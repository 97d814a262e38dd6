#!/bin/sh
# The codec with some of its versions only: no warnings, speaks those, and refuses the others.
# usage: versions.sh <work folder> <compiler> <versions, as MQTTSPAN_VERSIONS takes them> <optimisation>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$1 compiler=$2 versions=$3 level=$4
rm -rf "$work"
mkdir -p "$work"
cmake -S "$root" -B "$work" -DMQTTSPAN_VERSIONS="$versions" -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_FUZZ=OFF >"$work/log"
for source in "$root"/codec/src/*.cpp "$here/versions_test.cpp"; do
  "$compiler" -std=c++20 "$level" -fno-exceptions -fno-rtti -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror \
    -I"$root/codec/include" -I"$root/codec/src" -I"$work/codec/include" -c "$source" -o "$work/$(basename "$source" .cpp).o"
done
"$compiler" "$work"/*.o -o "$work/versions_test"
"$work/versions_test"
echo "$compiler $level, $versions: as it should be"
