#!/bin/sh
# A program that hands `for_each` a handler for PUBLISH and PUBACK, linked with --gc-sections, has no decoder but theirs.
# usage: footprint.sh <compiler> <project folder> <folder with the configured headers> <work folder>
set -u
compiler=$1 project=$2 configured=$3 work=$4
for tool in nm size; do command -v $tool > /dev/null || { echo "FAILED: $tool is not installed"; exit 1; }; done
mkdir -p "$work" || exit 1
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

cat > "$work/program.cpp" << 'END'
#include <mqttspan/stream/stream_parser.hpp>
using namespace mqttspan;
volatile unsigned seen;
struct handler {
  void operator()(const publish& p) { seen = seen + static_cast<unsigned>(p.topic.size()); }
  void operator()(const puback& p) { seen = seen + p.packet_id; }
};
int main(int, char** argv) {
  std::byte carry[256];
  stream_parser parser(carry);
  handler h;
  return parser.push(as_bytes(argv, sizeof *argv)) && parser.for_each(h) && parser.may_end();
}
END
flags="-std=c++20 -Os -DNDEBUG -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections -I$project/stream/include -I$project/stream/src
  -I$project/codec/include -I$project/codec/src -I$configured"
rm -f "$work"/*.o
ls "$project"/stream/src/*.cpp "$project"/codec/src/*.cpp | xargs -P "$(nproc)" -I '{}' sh -c 'source=$1 folder=$2; shift 2; "$@" -c "$source" -o "$folder/$(basename "$source" .cpp).o"' \
  sh '{}' "$work" $compiler $flags || fail "the library does not build"

# build <name> <source>
build() {
  $compiler $flags -Wl,--gc-sections "$2" "$work"/*.o -o "$work/$1" || fail "$1 does not build"
  nm -C "$work/$1" | sed 's/mqttspan::v[0-9_]*::/mqttspan::/g' > "$work/$1.symbols"
}

decoder='decode_(packet|usual|by_address)<mqttspan::'
build small "$work/program.cpp"
grep -q "stream_parser::run" "$work/small.symbols" || fail "the program has no stream parser: nothing was looked at"
grep -qE "${decoder}puback>" "$work/small.symbols" || fail "the decoder of PUBACK is missing: nothing was looked at"
for other in connect connack pubrec pubrel pubcomp subscribe suback unsubscribe unsuback pingreq pingresp disconnect auth; do
  grep -E "$decoder$other>" "$work/small.symbols" && fail "the decoder of $other was linked"
done
grep -E 'mqttspan::(parse\(|describe|generate)|stream_parser::advance' "$work/small.symbols" && fail "more than for_each was linked"

sed 's/void operator()(const puback& p).*/template <class E> void operator()(const E\&) { seen = seen + 1; }/' "$work/program.cpp" > "$work/all.cpp"
build all "$work/all.cpp"
grep -qE "${decoder}subscribe>" "$work/all.symbols" || fail "a handler of all types lacks the decoder of SUBSCRIBE"
echo "bytes of text: $(size "$work/small" | awk 'NR == 2 { print $1 }') with two packet types, $(size "$work/all" | awk 'NR == 2 { print $1 }') with all"
[ $failures -eq 0 ]
