// A valid packet with exactly one defect gives exactly that rule, at the defect's place. Defects are made from what the specification says of each byte.
#include <array>
#include <cstdio>
#include <string>

#include "loose_packet.hpp"
#include "packet_input.hpp"
#include "generators.hpp"

namespace mqttspan::fuzz {
namespace {

using test::entropy;

// A packet that has its defect: which rule it breaks, and at which byte of the body; -1: the fixed header's first.
struct broken {
  rule violated = rule::none;
  std::ptrdiff_t at = 0;
};

struct subject {
  loose_packet& p;
  const test::sample& whole;
  entropy& choices;

  packet_type type() const { return type_of(whole.packet); }
  bool is(packet_type t) const { return type() == t; }
  bool v3_1() const { return whole.version == protocol_version::v3_1; }
  bool v5() const { return whole.version == protocol_version::v5; }
  unsigned byte(std::size_t at) const { return static_cast<unsigned char>(p.body[at]); }
  void set(std::size_t at, unsigned value) const { p.body[at] = static_cast<char>(value); }
  std::size_t string_size(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
  unsigned pick(std::size_t count) const { return choices.below(static_cast<std::uint32_t>(count)); }
};

using defect = broken (*)(const subject&);

broken found(rule violated, std::size_t at) { return {violated, static_cast<std::ptrdiff_t>(at)}; }

bool has_own_flags(const subject& s) { return s.is(packet_type::publish); }

broken no_type(const subject& s) { return s.p.first = static_cast<unsigned char>(*s.p.first & 0x0F), broken{rule::packet_type_reserved, -1}; }

broken other_flags(const subject& s) {  // 3.1 ignores them
  if (s.v3_1() || has_own_flags(s)) return {};
  s.p.first = static_cast<unsigned char>(*s.p.first ^ (1u << s.pick(4)));
  return {rule::fixed_header_flags, -1};
}

broken qos_3(const subject& s) {
  if (!has_own_flags(s)) return {};
  s.p.first = static_cast<unsigned char>(*s.p.first | 6);
  return {rule::qos_3, -1};
}

broken dup_with_qos_0(const subject& s) {
  if (!has_own_flags(s) || (*s.p.first & 6) != 0 || s.v3_1()) return {};
  s.p.first = static_cast<unsigned char>(*s.p.first | 8);
  return {rule::dup_with_qos_0, -1};
}

// Where the packet identifier is; npos where there is none.
std::size_t packet_id_at(const subject& s) {
  if (has_own_flags(s)) return (*s.p.first & 6) == 0 ? std::string::npos : 2 + s.string_size(0);
  switch (s.type()) {
    case packet_type::connect: case packet_type::connack: case packet_type::pingreq: case packet_type::pingresp: case packet_type::disconnect: case packet_type::auth:
      return std::string::npos;
    default: return 0;
  }
}

broken packet_id_0(const subject& s) {
  const std::size_t at = packet_id_at(s);
  if (at == std::string::npos) return {};
  s.set(at, 0), s.set(at + 1, 0);
  return found(rule::packet_id_is_zero, at);
}

// An ASCII character of the topic name becomes something else.
broken in_topic(const subject& s, unsigned byte, rule violated) {
  if (!has_own_flags(s) || s.string_size(0) == 0) return {};
  const std::size_t at = 2 + s.pick(s.string_size(0));
  if (s.byte(at) >= 0x80) return {};
  s.set(at, byte);
  return found(violated, at);
}
broken wildcard_in_topic(const subject& s) { return in_topic(s, s.pick(2) == 0 ? '+' : '#', rule::topic_name_has_wildcard); }
broken null_in_topic(const subject& s) { return in_topic(s, 0, rule::utf8_has_null); }
broken bad_utf8_in_topic(const subject& s) { return s.v3_1() ? broken{} : in_topic(s, 0xFF, rule::utf8_ill_formed); }

// CONNECT: name, level, flags.
std::size_t level_at(const subject& s) { return 2 + s.string_size(0); }

broken connect_flag(const subject& s) {
  if (!s.is(packet_type::connect) || s.v3_1()) return {};
  s.set(level_at(s) + 1, s.byte(level_at(s) + 1) | 1);
  return found(rule::connect_flag_reserved, level_at(s) + 1);
}
broken unknown_level(const subject& s) {
  if (!s.is(packet_type::connect)) return {};
  s.set(level_at(s), 6 + s.pick(100));
  return found(rule::protocol_level_unsupported, level_at(s));
}

broken connack_flags(const subject& s) {
  if (!s.is(packet_type::connack) || s.v3_1()) return {};
  s.set(0, s.byte(0) | 2u << s.pick(7));
  return found(rule::connack_flag_reserved, 0);
}

broken unknown_reason(const subject& s) {
  const unsigned type = *s.p.first >> 4;
  if (!s.v5() || type < 4 || type > 7 || s.p.body.size() < 3) return {};
  s.set(2, 0x55);
  return found(rule::reason_code_not_of_packet, 2);
}

// The options of the last subscription.
broken options(const subject& s, unsigned bits, rule violated) {
  if (!s.is(packet_type::subscribe)) return {};
  s.set(s.p.body.size() - 1, s.byte(s.p.body.size() - 1) | bits);
  return found(violated, s.p.body.size() - 1);
}
broken subscription_qos_3(const subject& s) { return s.v3_1() ? broken{} : options(s, 3, s.v5() ? rule::subscription_qos_3 : rule::subscription_qos_reserved); }
broken retain_handling_3(const subject& s) { return s.v5() ? options(s, 0x30, rule::retain_handling_3) : broken{}; }
broken reserved_options(const subject& s) { return s.v3_1() ? broken{} : options(s, 0x40u << s.pick(2), rule::subscription_options_reserved); }

// Properties.
struct block_of {
  property_block where{};
  std::vector<std::size_t> bounds{};
};
std::optional<block_of> properties_in(const subject& s) {
  const auto where = s.v5() ? properties_of(s.p) : std::nullopt;
  if (!where || where->begin == where->end) return std::nullopt;
  return block_of{*where, property_bounds(s.p, *where)};
}

broken unknown_property(const subject& s) {
  const auto block = properties_in(s);
  if (!block) return {};
  const std::size_t at = block->bounds[s.pick(block->bounds.size() - 1)];
  s.set(at, 0x7F);
  return found(rule::property_unknown, at);
}

broken repeated_property(const subject& s) {
  const auto block = properties_in(s);
  if (!block) return {};
  const std::size_t which = s.pick(block->bounds.size() - 1), at = block->bounds[which];
  const auto id = static_cast<property_id>(s.byte(at));
  if (may_repeat(id, static_cast<property_place>(*s.p.first >> 4))) return {};
  const std::string content = s.p.body.substr(block->where.begin, block->where.end - block->where.begin), again = s.p.body.substr(at, block->bounds[which + 1] - at);
  const std::size_t before = content.size(), head = varint_bytes(static_cast<std::uint32_t>(content.size() + again.size())).size();
  set_properties(s.p, block->where, content + again);
  return found(rule::property_duplicate, block->where.length_at + head + before);
}

broken property_length_past_end(const subject& s) {
  const auto block = properties_in(s);
  if (!block) return {};
  const std::size_t left = s.p.body.size() - block->where.begin;
  s.p.body.replace(block->where.length_at, block->where.begin - block->where.length_at, varint_bytes(static_cast<std::uint32_t>(left + 1 + s.pick(100))));
  return found(rule::property_length_past_end, block->where.length_at);
}

broken bytes_left_over(const subject& s) {
  const bool ends_itself = s.is(packet_type::pingreq) || s.is(packet_type::pingresp) || s.is(packet_type::connack) || s.is(packet_type::connect);
  if (!ends_itself) return {};
  s.p.body += 'x';
  return found(rule::bytes_left_over, s.p.body.size() - 1);
}

constexpr std::array<defect, 19> defects{no_type, other_flags, qos_3, dup_with_qos_0, packet_id_0, wildcard_in_topic, null_in_topic, bad_utf8_in_topic, connect_flag, unknown_level, connack_flags,
                                         unknown_reason, subscription_qos_3, retain_handling_3, reserved_options, unknown_property, repeated_property, property_length_past_end, bytes_left_over};

void check(const subject& s, defect make) {
  const broken expected = make(s);
  if (expected.violated == rule::none) return;
  const std::string bytes = joined({s.p});
  const auto got = parse(as_bytes(bytes), s.whole.version, {.sender = s.whole.from});
  const std::size_t header = bytes.size() - s.p.body.size();
  const std::size_t at = expected.at < 0 ? 0 : header + static_cast<std::size_t>(expected.at);
  if (got || got.error().violated != expected.violated || got.error().offset != at) {
    for (const char c : bytes) std::fprintf(stderr, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    const std::string_view is = got ? "accepted" : to_string(got.error().violated);
    std::fprintf(stderr, " of %.*s: expected %.*s at %zu, found %.*s at %u\n", static_cast<int>(to_string(s.whole.version).size()), to_string(s.whole.version).data(),
                 static_cast<int>(to_string(expected.violated).size()), to_string(expected.violated).data(), at, static_cast<int>(is.size()), is.data(), got ? 0 : got.error().offset);
    require(false, "one defect gives its rule at its place");
  }
  observe(got.error());
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  test::byte_entropy choices(fuzz::input_of(data, size));
  const fuzz::defect make = fuzz::defects[choices.below(static_cast<std::uint32_t>(fuzz::defects.size()))];
  const test::sample whole = test::packet_source(choices, 1000).next();
  std::vector<std::byte> bytes = fuzz::generated(whole.packet, whole.version, {.sender = whole.from});
  auto packets = fuzz::taken_apart({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  fuzz::check({packets.front(), whole, choices}, make);
  return 0;
}
