// The library in careless hands: packets written into short buffers, lists used after their owner moved, a parser fed after its error, sessions that make no sense.
#include <array>
#include <set>
#include <utility>
#include <vector>

#include <mqttspan/codec/owned.hpp>
#include <mqttspan/stream/connection.hpp>
#include <mqttspan/stream/stream_parser.hpp>

#include "damaged_packets.hpp"
#include "packet_input.hpp"

namespace mqttspan::fuzz {
namespace {

using test::entropy;

void write_short(entropy& choices, const test::sample& s) {
  std::vector<std::byte> out(choices.below(64));
  const auto written = generate(s.packet, s.version, out, {.sender = s.from, .max_packet_size = choices.below(128)});
  if (!written) return observe(written.error());
  require(written->size() <= out.size(), "nothing is written behind the buffer");
}

void move_owned(const test::sample& s) {
  auto first = owned<packet>::copy_of(s.packet, s.version);
  if (!first) return;
  owned<packet> second = std::move(*first);
  require(!*first, "what was moved from is empty");
  owned<packet> third = std::move(second);
  second = std::move(third);
  *first = std::move(second);
  require(**first == s.packet, "what was moved is the same");
}

// Takes PUBLISH, whole or in pieces.
struct messages_only {
  void operator()(const publish&) {}
  void operator()(const publish_begin&) {}
  void operator()(const payload_chunk&) {}
  void operator()(const publish_end&) {}
};

void feed_on(entropy& choices, bytes_view bytes) {
  std::array<std::byte, 16> carry;
  stream_parser parser(std::span<std::byte>(carry).first(stream_parser::min_carry + choices.below(12)), {.version = protocol_version::v5});
  for (unsigned i = 0; i < 4; ++i) {
    const bool took = parser.push(bytes);
    const std::uint32_t events = choices.below(4);
    for (std::uint32_t n = 0; n < events; ++n) {
      const event e = parser.next();
      observe(static_cast<std::uint64_t>(e.kind()));
      if (e.kind() == event::kind::error) require(!parser.push(bytes), "a parser takes nothing more after an error");
    }
    const auto rest = choices.below(2) == 0 ? parser.for_each([](const pingreq&) {}) : parser.for_each(messages_only{});  // all else is an error
    require(rest || !parser.push(bytes), "and nothing more after a packet that nobody takes");
    observe(took);
  }
}

void resume_anything(entropy& choices) {
  connection line(choices.below(2) == 0 ? sender::client : sender::server, instant{}, {.send_maximum = 4});
  std::vector<session_entry> session;
  for (std::uint32_t left = choices.below(6); left != 0; --left)
    session.push_back({static_cast<std::uint16_t>(choices.below(4)), static_cast<exchange>(choices.below(8)), choices.below(2) != 0});
  require(line.refused_connect().protocol_name.empty(), "a fresh connection has refused nobody");
  const bool taken = line.import_session(session).has_value();
  observe(taken);
  if (!taken) return require(line.export_session({}) == 0, "a session that is refused leaves nothing behind");
  std::set<std::pair<std::uint16_t, bool>> exchanges;
  for (const session_entry& e : session) exchanges.emplace(e.packet_id, e.is_ours);
  std::vector<session_entry> kept(exchanges.size());
  require(line.export_session(kept) == exchanges.size(), "a session that is taken is there");
  for (const session_entry& e : kept)
    require((e.is_ours ? line.state_of_ours(e.packet_id) : line.state_of_theirs(e.packet_id)) == e.state, "and every exchange as it stands");
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  test::byte_entropy choices(fuzz::input_of(data, size));
  const test::sample s = fuzz::perhaps_damaged(choices);
  fuzz::write_short(choices, s);
  fuzz::move_owned(s);
  const bool is_good = s.version == protocol_version::v5 && encoded_size(s.packet, s.version).has_value() && choices.below(2) == 0;
  std::vector<std::byte> bytes(is_good ? *encoded_size(s.packet, s.version) : 0);
  fuzz::feed_on(choices, is_good && generate(s.packet, s.version, bytes) ? bytes_view(bytes) : fuzz::input_of(data, size));
  fuzz::resume_anything(choices);
  return 0;
}
