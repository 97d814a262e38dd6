// Packets by their values, valid ones and ones with a wrong value, given to generate: sizes are told truly, nothing is written outside, a short buffer is an
// error, and whatever is written is read as the same packet.
#include <algorithm>

#include "damaged_packets.hpp"
#include "packet_input.hpp"

namespace mqttspan::fuzz {
namespace {

constexpr std::byte untouched{0xA5};
constexpr std::size_t behind = 16;

// What generate says, after a look at what it did to its buffer.
result<std::vector<std::byte>> written(const packet& p, protocol_version version, std::size_t room, const generate_options& how) {
  std::vector<std::byte> memory(room + behind, untouched);
  const auto out = generate(p, version, std::span(memory).first(room), how);
  require(std::all_of(memory.begin() + static_cast<std::ptrdiff_t>(room), memory.end(), [](std::byte b) { return b == untouched; }), "nothing is written behind the buffer");
  if (!out) return out.error();
  require(out->data() == memory.data() && out->size() <= room, "what is returned is the buffer's front");
  memory.resize(out->size());
  return memory;
}

void check_written(const packet& p, protocol_version version, bytes_view bytes, sender from) {
  observe(bytes);
  const auto read = parse(bytes, version, {.sender = from});
  require(read.has_value() && read->size == bytes.size() && read->packet == p, "what is written is read as the same packet");
  for (const std::size_t room : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    const auto cut = written(p, version, room, {.sender = from});
    require(!cut && cut.error().code == errc::no_space, "a buffer that is too short is an error of its own");
  }
}

void check(const test::sample& s) {
  const generate_options how{.sender = s.from};
  const auto size = encoded_size(s.packet, s.version, how);
  const auto bytes = written(s.packet, s.version, size ? *size : std::size_t{4096}, how);
  if (bytes) {
    require(size.has_value() && bytes->size() == *size, "encoded_size tells the size that is written");
    return check_written(s.packet, s.version, *bytes, s.from);
  }
  observe(bytes.error());
  require(bytes.error().code == errc::invalid_argument || bytes.error().code == errc::packet_too_large, "a packet that is refused is the caller's mistake");
  require(bytes.error().violated != rule::none, "a refusal names its rule");
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mqttspan::test::byte_entropy choices(mqttspan::fuzz::input_of(data, size));
  mqttspan::fuzz::check(mqttspan::fuzz::perhaps_damaged(choices));
  return 0;
}
