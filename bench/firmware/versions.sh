#!/bin/sh
# The codec with some of its versions only: no warnings, speaks those, and refuses the others. Without options (MQTTSPAN_OPTIONS=OFF), asking for one does not compile.
# usage: versions.sh <work folder> <compiler> <versions, as MQTTSPAN_VERSIONS takes them> <optimisation> <ON|OFF: options>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$1 compiler=$2 versions=$3 level=$4 options=$5
rm -rf "$work"
mkdir -p "$work"
cmake -S "$root" -B "$work" -DMQTTSPAN_VERSIONS="$versions" -DMQTTSPAN_OPTIONS="$options" -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_FUZZ=OFF >"$work/log"
for source in "$root"/codec/src/*.cpp "$here/versions_test.cpp"; do
  "$compiler" -std=c++20 "$level" -fno-exceptions -fno-rtti -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror \
    -I"$root/codec/include" -I"$root/codec/src" -I"$work/codec/include" -c "$source" -o "$work/$(basename "$source" .cpp).o"
done
"$compiler" "$work"/*.o -o "$work/versions_test"
"$work/versions_test"

# compiles <options struct> <members>
compiles() {
  printf '#include <mqttspan/codec/generate.hpp>\n#include <mqttspan/codec/parse.hpp>\nusing namespace mqttspan;\n%s asked{%s};\n' "$1" "$2" |
    "$compiler" -std=c++20 -fsyntax-only -I"$root/codec/include" -I"$work/codec/include" -x c++ - 2>"$work/said"
}
for options_struct in parse_options generate_options; do
  compiles "$options_struct" '.sender = sender::client, .allow = leniency::none, .reject = strictness::none, .max_packet_size = 9'
  for members in '.allow = leniency::dup_with_qos_0' '.reject = strictness::control_characters'; do
    if [ "$options" = ON ]; then compiles "$options_struct" "$members"
    elif compiles "$options_struct" "$members" || ! grep -q this_build_has_no_options "$work/said"; then echo "$options_struct{$members} is not refused as it should be" >&2; exit 1; fi
  done
done
for limit in max_topic_filters max_user_properties max_topic_levels; do
  compiles parse_options ".$limit = unlimited"
  if [ "$options" = OFF ] && compiles parse_options ".$limit = 9"; then echo "parse_options{.$limit = 9} is not refused" >&2; exit 1; fi
done
echo "$compiler $level, $versions, options $options: as it should be"
