// Whole sessions of random packets, in random chunks, with small carries, and sometimes with a broken packet at the end.
#include "chunked.hpp"

#include <array>
#include <set>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>

#include "generators.hpp"
#include "rapidcheck_samples.hpp"

namespace mqttspan::test {
namespace {

struct session {
  std::vector<std::byte> bytes;
  stream_options options;
  std::size_t carry_size;
  std::uint64_t seed;
  std::size_t packets = 0;
};

std::ostream& operator<<(std::ostream& out, const session& s) {
  out << to_string(s.options.version) << ", carry " << s.carry_size << ", streams above " << s.options.stream_publish_above << ", seed " << s.seed << ':';
  for (const std::byte byte : s.bytes) out << ' ' << "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4] << "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15];
  return out;
}

void append(session& s, const sample& made) {
  const auto size = encoded_size(made.packet, made.version);
  if (!size) return;
  const std::size_t before = s.bytes.size();
  s.bytes.resize(before + *size);
  if (!generate(made.packet, made.version, std::span(s.bytes).subspan(before))) s.bytes.resize(before);
  else ++s.packets;
}

// A payload that says it is text, with characters of all lengths.
void append_text(session& s, entropy& choices) {
  std::string text;
  for (std::uint32_t more = choices.below(30); more != 0; --more) text += std::array{"a", "\u00E9", "\u20AC", "\U0001F600", "\uD7FF", "\U0010FFFF"}[choices.below(6)];
  const property is_text[] = {prop::payload_format_indicator(1)};
  append(s, {.packet = publish{.topic = "t", .payload = as_bytes(text), .properties = is_text}, .version = protocol_version::v5, .from = {}, .storage = {}});
}

// One byte of the last packet is another, or it is cut.
void breaks(session& s, entropy& choices, std::size_t from) {
  if (from == s.bytes.size()) return;
  const std::size_t at = from + choices.below(static_cast<std::uint32_t>(s.bytes.size() - from));
  if (choices.below(4) == 0) s.bytes.resize(at);
  else s.bytes[at] ^= static_cast<std::byte>(1 + choices.below(255));
}

session make_session(entropy& choices) {
  session s{};
  constexpr protocol_version versions[] = {protocol_version::v5, protocol_version::v3_1_1, protocol_version::v3_1};
  constexpr std::size_t carries[] = {5'000, 5, 16, 40, 90, 300, 2, 200'000};
  const protocol_version version = versions[choices.below(3)];
  s.carry_size = carries[choices.below(8)];
  s.options.version = version;
  s.options.connect_first = choices.below(4) == 3;
  if (choices.below(3) == 2) s.options.stream_publish_above = choices.below(80);
  if (choices.below(8) == 7) s.options.max_size_of[1 + choices.below(15)] = 2 + choices.below(60);
  if (choices.below(8) == 7) s.options.max_connect_size = 10 + choices.below(100);
  if (choices.below(8) == 7) s.options.parse.max_packet_size = 2 + choices.below(200);
  if (choices.below(8) == 7) s.options.parse.allow = leniency::payload_not_utf8;
  packet_source source(choices, std::size_t{60} << choices.below(3));
  const std::uint32_t types = version == protocol_version::v5 ? 15 : 14, count = 1 + choices.below(8);
  if (s.options.connect_first && choices.below(4) != 3) append(s, source.next(packet_type::connect, version));
  std::size_t last = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    last = s.bytes.size();
    const bool any = choices.below(2) == 1;  // small carries take few types: mostly PUBLISH
    append(s, source.next(any ? static_cast<packet_type>(1 + choices.below(types)) : packet_type::publish, version));
  }
  if (version == protocol_version::v5 && choices.below(4) == 3) last = s.bytes.size(), append_text(s, choices);
  if (choices.below(3) == 2) breaks(s, choices, last);
  s.seed = choices.below(1'000'000);
  return s;
}

std::vector<std::uint32_t> choices_of(std::uint64_t seed) {
  seeded_entropy source(seed * 0x9E37'79B9'7F4A'7C15);
  std::vector<std::uint32_t> made(400);
  for (std::uint32_t& choice : made) choice = source.below(0xFFFF'FFFF);
  return made;
}

rc::Gen<session> sessions() {
  using choices = std::vector<std::uint32_t>;
  return rc::Gen<session>([](const rc::Random& random, int size) {
    rc::Random source = random;
    choices made(20 + static_cast<std::size_t>(size) * 5);
    for (std::uint32_t& choice : made) choice = static_cast<std::uint32_t>(source.next() >> 16);
    const auto smaller = [](const choices& from) {
      return rc::seq::concat(rc::shrink::removeChunks(from),
                             rc::shrink::eachElement(from, [](std::uint32_t choice) { return rc::shrink::towards(choice, 0u); }));
    };
    return rc::shrinkable::map(rc::shrinkable::shrinkRecur(std::move(made), smaller), [](const choices& replayed) {
      listed_entropy entropy(replayed);
      return make_session(entropy);
    });
  });
}

TEST(stream_sessions, give_the_same_events_for_any_chunks) {
  holds([] {
    const session s = *sessions();
    const std::string problem = feed_in_some_ways(s.bytes, s.options, s.carry_size, s.seed);
    if (!problem.empty()) RC_FAIL(problem);
  }, 30'000);
}

// The property is worth something only if its sessions come to all that there is.
TEST(stream_sessions, come_to_everything) {
  std::size_t of_kind[6] = {}, pieces_of_text = 0, after_connect = 0, whole = 0;
  std::set<std::pair<errc, rule>> errors;
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    const std::vector<std::uint32_t> made = choices_of(seed);
    listed_entropy choices(made);
    const session s = make_session(choices);
    const story all = told(s.bytes, s.options, s.carry_size);
    whole += all.may_end;
    for (const happening& h : all.events) {
      ++of_kind[static_cast<unsigned>(h.what)];
      pieces_of_text += h.what == event::kind::publish_begin && std::get_if<publish>(&h.packet)->properties.get(prop::payload_format_indicator) == std::uint8_t{1};
      after_connect += s.options.connect_first && h.packet_at != 0;
      if (h.what == event::kind::error) errors.emplace(h.error.code, h.error.violated);
    }
  }
  for (const auto kind : {event::kind::packet, event::kind::publish_begin, event::kind::payload_chunk, event::kind::publish_end, event::kind::error})
    EXPECT_GT(of_kind[static_cast<unsigned>(kind)], 500u) << static_cast<int>(kind);
  EXPECT_GT(pieces_of_text, 50u);
  EXPECT_GT(after_connect, 100u);
  EXPECT_GT(whole, 1'000u);
  EXPECT_GT(errors.size(), 20u);
  EXPECT_TRUE(errors.contains({errc::malformed, rule::payload_not_utf8}));
  EXPECT_TRUE(errors.contains({errc::packet_too_large, rule::packet_too_large}));
  EXPECT_TRUE(errors.contains({errc::wrong_state, rule::none}));
}

}  // namespace
}  // namespace mqttspan::test
