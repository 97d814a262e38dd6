#!/bin/bash
# compile_time.sh COMPILER CONFIGURED: what a source file with one packet in it costs to compile (-O2, user CPU seconds, the least of five) and how many lines the preprocessor makes of it, beside the
# peers whose headers are installed (Debian: libmosquitto-dev, libpaho-mqtt-dev, libpaho-mqttpp-dev). Those are clients: their programs make the message that they would publish.
set -euo pipefail
compiler=$1 configured=$2
source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# row NAME HEADER TEXT: the program's text follows the header
row() {
  printf '#include <%s>\n%s\n' "$2" "$3" >"$work/program.cpp"
  local flags=(-std=c++20 -O2 -I"$source/codec/include" -I"$source/stream/include" -I"$configured" "$work/program.cpp")
  if ! "$compiler" "${flags[@]}" -E -o "$work/lines" 2>"$work/log"; then
    echo "| $1 | not here | |"
    return
  fi
  local least=
  for _ in 1 2 3 4 5; do
    local TIMEFORMAT=%U took
    took=$({ time "$compiler" "${flags[@]}" -c -o "$work/program.o" 2>"$work/log"; } 2>&1)
    least=$(printf '%s\n%s\n' "$took" "${least:-$took}" | sort -n | head -1)
  done
  [ -s "$work/program.o" ] || { cat "$work/log"; exit 1; }
  echo "| $1 | $least | $(wc -l <"$work/lines") |"
}

echo "$("$compiler" --version | head -1), $(date +%F)"
echo '| program | seconds | lines |'
echo '|---|---|---|'
row 'an empty one' cstddef 'int main() {}'
row 'nothing but <string>' string 'int main() {}'
row 'mqttspan: parse a PUBLISH' mqttspan/codec/parse.hpp 'bool f(mqttspan::bytes_view in) { return mqttspan::parse_as<mqttspan::publish>(in, mqttspan::protocol_version::v5).has_value(); }'
row 'mqttspan: generate a PUBLISH' mqttspan/codec/generate.hpp 'bool f(std::span<std::byte> out) { return mqttspan::generate(mqttspan::publish{.topic = "a"}, mqttspan::protocol_version::v5, out).has_value(); }'
row 'mqttspan: stream, for_each of PUBLISH' mqttspan/stream/stream_parser.hpp 'bool f(mqttspan::stream_parser& p) { int n = 0; return p.for_each([&](const mqttspan::publish&) { ++n; }).has_value() && n; }'
row 'mqttspan: connection, send a PUBLISH' mqttspan/stream/connection.hpp 'bool f(mqttspan::connection& c) { return c.send(mqttspan::publish{.topic = "a"}, mqttspan::instant{0}).has_value(); }'
row 'mqttspan: client over sockets' mqttspan/posix/client.hpp 'void f(mqttspan::posix::client& c) { (void)c->send(mqttspan::publish{.topic = "a"}); }'
row 'libmosquitto' mosquitto.h 'int f(mosquitto* m) { return mosquitto_publish(m, nullptr, "a", 0, nullptr, 0, false); }'
row 'Paho C' MQTTClient.h 'int f(MQTTClient c) { return MQTTClient_publish(c, "a", 0, nullptr, 0, 0, nullptr); }'
row 'Paho C++' mqtt/client.h 'void f(mqtt::client& c) { c.publish(mqtt::make_message("a", "")); }'
