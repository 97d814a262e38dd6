#!/bin/sh
# The ```cpp blocks of the layer's README.md compile, each as a source of its own, without a warning; the first one also runs against a small session.
# usage: readme.sh <compiler> <project folder> <folder with the configured headers> <work folder> <libraries…>
set -eu
compiler=$1 project=$2 configured=$3 work=$4
shift 4
mkdir -p "$work" && rm -f "$work"/*.cpp
awk -v out="$work" '
  /^```cpp$/ { file = sprintf("%s/%02d.cpp", out, ++count); printf "" > file; next }
  /^```$/ { if (file != "") close(file); file = ""; next }
  file != "" { print > file }' "$project/stream/README.md"
[ -f "$work/01.cpp" ] || { echo "FAILED: README.md has no block to compile"; exit 1; }
build="$compiler -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror -I$project/stream/include -I$project/codec/include -I$configured"
for block in "$work"/*.cpp; do $build -fsyntax-only "$block"; done
cat "$work/01.cpp" - > "$work/session.cpp" << 'END'
#include <cstdio>
int main() {
  std::byte carry[16], bytes[200], back[64];
  packet_writer client(bytes, protocol_version::v3_1_1), server(back, protocol_version::v3_1_1);
  const publish small{.topic = "t", .payload = as_bytes("hi"), .qos = qos::at_least_once, .packet_id = 7}, large{.topic = "t", .payload = as_bytes("seventeen letters")};
  if (!client.add(connect{.version = protocol_version::v3_1_1}) || !client.add(small) || !client.add(large) || !client.add(pingreq{})) return 1;
  stream_parser parser(carry, {.parse = from_client, .connect_first = true});
  session s{server};
  for (const std::byte& byte : client.bytes())
    if (!receive(parser, {&byte, 1}, s)) return 2;
  if (!parser.may_end() || s.payload_bytes != 19 || server.size() != 4 + 4 + 2) return 3;
  stream_parser again(carry);
  return count_messages(again, client.bytes()) == 2 ? 0 : 4;
}
END
$build "$work/session.cpp" "$@" -o "$work/session"
"$work/session" || { echo "FAILED: the session ended with $?"; exit 1; }
echo "README.md: $(ls "$work"/[0-9]*.cpp | wc -l) block compiled, and run"
