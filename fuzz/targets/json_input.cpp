// JSON from people: what is no packet is refused with an error of ours, what is one is written as JSON that gives the same packet.
#include <string>

#include "encoding.hpp"
#include "json_text.hpp"
#include "packet_json.hpp"
#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

void check_object(const packet_json& value) {
  for (const protocol_version version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) {
    try {
      const json_packet p = packet_from_json(value, version);
      const std::vector<std::byte> bytes = encode(*p, version);
      observe(bytes);
      const packet_json again = to_json(*p, version);
      const json_packet same = packet_from_json(again, version);
      require(encode(*same, version) == bytes, "a packet's JSON gives the same packet");
    } catch (const packet_json_error& e) {
      observe(as_bytes(e.path));
    } catch (const encoding_error& e) {
      observe(static_cast<std::uint64_t>(e.cause.violated));
    }
  }
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size > 4096) return -1;
  json_texts texts({reinterpret_cast<const char*>(data), size});
  for (auto text = texts.next(); text; text = texts.next()) {
    try {
      fuzz::check_object(parse_json(*text));
    } catch (const json_text_error&) {
      fuzz::observe(texts.line());
    }
  }
  return 0;
}
