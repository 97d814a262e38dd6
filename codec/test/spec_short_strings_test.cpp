// All 16,843,009 byte strings of up to three bytes, in three versions from three senders, against a small oracle of their own.
// It is small because so few packets fit: PINGREQ, PINGRESP, DISCONNECT and AUTH without a body, 5.0's DISCONNECT with a reason code.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string_view>

#include <mqttspan/codec/parse.hpp>

#include "spec_bytes.hpp"

namespace mqttspan::spec {
namespace {

struct outcome {
  errc code{};             // none: a packet
  rule violated{};
  std::uint32_t where = 0;  // offset, or the packet's size
  bool operator==(const outcome&) const = default;
};
constexpr outcome incomplete{errc::incomplete, rule::none, 0};
outcome packet_taking(std::uint32_t size) { return {errc{}, rule::none, size}; }
outcome breach(rule violated, std::uint32_t offset) { return {make_error(violated, offset).code, violated, offset}; }

// At most two answers count as right: where type and flags are wrong at once, either may be named.
struct expectation {
  outcome one;
  outcome other;
  explicit expectation(outcome a) : one(a), other(a) {}
  expectation(outcome a, outcome b) : one(a), other(b) {}
  bool accepts(const outcome& got) const { return got == one || got == other; }
};

enum type_code : unsigned { connect_type = 1, connack_type, publish_type, puback_type, pubrec_type, pubrel_type, pubcomp_type, subscribe_type,
                            suback_type, unsubscribe_type, unsuback_type, pingreq_type, pingresp_type, disconnect_type, auth_type };

struct short_string {
  const std::array<unsigned, 3>& byte;
  std::size_t size;
  protocol_version version;
  sender from;

  bool v5() const { return version == protocol_version::v5; }
  unsigned type() const { return byte[0] >> 4; }
  unsigned flags() const { return byte[0] & 15; }
};

rule flag_fault(const short_string& s) {
  if (s.type() == publish_type) return (s.flags() & 6) == 6 ? rule::qos_3 : (s.flags() & 14) == 8 ? rule::dup_with_qos_0 : rule::none;
  if (s.version == protocol_version::v3_1) return rule::none;
  const bool two = s.type() == pubrel_type || s.type() == subscribe_type || s.type() == unsubscribe_type;
  return s.flags() == (two ? 2U : 0U) ? rule::none : rule::fixed_header_flags;
}

bool wrong_side(const short_string& s) {
  constexpr std::string_view by_5 = "-csbbbbbcscscsbb", by_3 = "-csbbbbbcscscsc-";  // indexed by type: client, server, both
  const char allowed = (s.v5() ? by_5 : by_3)[s.type()];
  return (s.from == sender::client && allowed == 's') || (s.from == sender::server && allowed == 'c');
}

// 5.0 tables 3-10 (DISCONNECT) and 3-11 (AUTH): codes of both sides, of clients, of servers. 0x9B from clients is disputed (U5-3.3.4-f): policy, accepted.
outcome code_fault(const short_string& s, unsigned code) {
  constexpr std::string_view both = "\x80\x81\x82\x83\x90\x93\x94\x95\x96\x97\x98\x99\x9B", client = "\x04", server = "\x87\x89\x8B\x8D\x8E\x8F\x9A\x9C\x9D\x9E\x9F\xA0\xA1\xA2";
  const auto in = [code](std::string_view set) { return set.find(static_cast<char>(code)) != std::string_view::npos; };
  const bool is_auth = s.type() == auth_type;
  const bool of_both = is_auth ? code == 0x18 : code == 0 || in(both);
  const bool of_client = is_auth ? code == 0x19 : in(client);
  const bool of_server = is_auth ? code == 0 : in(server);
  if (!of_both && !of_client && !of_server) return breach(rule::reason_code_not_of_packet, 2);
  if ((of_client && s.from == sender::server) || (of_server && s.from == sender::client)) return breach(rule::reason_code_from_wrong_side, 2);
  return packet_taking(3);
}

expectation body_of_none(const short_string& s, std::uint32_t header) {
  switch (s.type()) {
    case pingreq_type:
    case pingresp_type:
    case disconnect_type: return expectation(packet_taking(header));
    case auth_type:  // policy: Remaining Length 0 is code 0, which only a server sends
      return s.from == sender::client ? expectation(breach(rule::reason_code_from_wrong_side, header), breach(rule::reason_code_from_wrong_side, 1))
                                      : expectation(packet_taking(header));
    default: return expectation(breach(rule::field_past_end, header));
  }
}

expectation body_of_one(const short_string& s, unsigned body) {
  switch (s.type()) {
    case connack_type:
      if (s.version != protocol_version::v3_1 && body > 1) return expectation(breach(rule::connack_flag_reserved, 2));
      return expectation(breach(rule::field_past_end, 3));
    case pingreq_type:
    case pingresp_type: return expectation(breach(rule::bytes_left_over, 2));
    case disconnect_type: return expectation(s.v5() ? code_fault(s, body) : breach(rule::bytes_left_over, 2));
    case auth_type: {
      const outcome code = code_fault(s, body);
      return expectation(code.violated != rule::none ? code : breach(rule::field_past_end, 3));  // no property length
    }
    default: return expectation(breach(rule::field_past_end, 2));
  }
}

expectation expected(const short_string& s) {
  if (s.size == 0) return expectation(incomplete);
  if (s.type() == 0 || (s.type() == auth_type && !s.v5())) return expectation(breach(rule::packet_type_reserved, 0));
  const rule flags = flag_fault(s);
  const bool connect_flags = s.type() == connect_type && flags != rule::none;  // CONNECT names its version in bytes that do not fit here
  if (wrong_side(s)) {
    const outcome side = breach(rule::packet_from_wrong_side, 0);
    return flags != rule::none ? expectation(side, breach(flags, 0)) : expectation(side);
  }
  if (flags != rule::none && !connect_flags) return expectation(breach(flags, 0));
  if (s.size == 1) return expectation(incomplete);
  if (s.byte[1] < 128) {
    if (s.byte[1] == 0) return connect_flags ? expectation(breach(flags, 0), breach(rule::field_past_end, 2)) : body_of_none(s, 2);
    if (s.byte[1] == 1 && s.size == 3) return connect_flags ? expectation(breach(flags, 0), breach(rule::field_past_end, 2)) : body_of_one(s, s.byte[2]);
    return expectation(incomplete);
  }
  if (s.size == 2 || s.byte[2] >= 128) return expectation(incomplete);
  if (s.byte[1] != 128 || s.byte[2] != 0) {
    // Not all there. A 5.0 length that is longer than need be may be reported now or when the rest has come.
    return s.v5() && s.byte[2] == 0 ? expectation(incomplete, breach(rule::variable_byte_integer_not_minimal, 1)) : expectation(incomplete);
  }
  if (s.type() == connect_type) return s.v5() ? expectation(breach(rule::variable_byte_integer_not_minimal, 1), breach(rule::field_past_end, 3))
                                              : connect_flags ? expectation(breach(flags, 0), breach(rule::field_past_end, 3)) : expectation(breach(rule::field_past_end, 3));
  return s.v5() ? expectation(breach(rule::variable_byte_integer_not_minimal, 1)) : body_of_none(s, 3);
}

outcome got_from(bytes_view input, protocol_version version, const parse_options& options) {
  const auto read = parse(input, version, options);
  if (read) return packet_taking(static_cast<std::uint32_t>(read->size));
  const error& e = read.error();
  return {e.code, e.violated, e.code == errc::incomplete ? 0 : e.offset};
}

struct tally {
  std::uint64_t strings = 0;
  std::uint64_t packets = 0;
  std::uint64_t wrong = 0;
  std::string first_wrong;
};

void check(const short_string& s, const parse_options& options, tally& counts) {
  std::array<std::byte, 3> input{};
  for (std::size_t i = 0; i < s.size; ++i) input[i] = static_cast<std::byte>(s.byte[i]);
  const bytes_view view = std::span(input).first(s.size);
  const outcome got = got_from(view, s.version, options);
  const bool fits = got.code != errc{} || got.where <= s.size;
  ++counts.strings;
  counts.packets += got.code == errc{};
  if ((!fits || !expected(s).accepts(got)) && counts.wrong++ == 0)
    counts.first_wrong = to_hex(view) + ": " + std::string(to_string(got.code)) + " " + std::string(to_string(got.violated)) + "@" + std::to_string(got.where);
}

tally run_all(protocol_version version, sender from) {
  tally counts;
  const parse_options options{.sender = from};
  std::array<unsigned, 3> byte{};
  check({byte, 0, version, from}, options, counts);
  for (byte[0] = 0; byte[0] < 256; ++byte[0]) {
    check({byte, 1, version, from}, options, counts);
    for (byte[1] = 0; byte[1] < 256; ++byte[1]) {
      check({byte, 2, version, from}, options, counts);
      for (byte[2] = 0; byte[2] < 256; ++byte[2]) check({byte, 3, version, from}, options, counts);
    }
  }
  return counts;
}

class spec_short_strings : public testing::TestWithParam<std::tuple<protocol_version, sender>> {};

TEST_P(spec_short_strings, all_have_the_verdict_of_the_oracle) {
  const auto [version, from] = GetParam();
  const tally counts = run_all(version, from);
  EXPECT_EQ(counts.strings, 1U + 256 + 65'536 + 16'777'216);
  EXPECT_EQ(counts.wrong, 0U) << "first: " << counts.first_wrong;
  EXPECT_GT(counts.packets, 0U);
}

std::string case_name(const testing::TestParamInfo<std::tuple<protocol_version, sender>>& info) {
  const auto [version, from] = info.param;
  const char* number = version == protocol_version::v3_1 ? "v3_1" : version == protocol_version::v3_1_1 ? "v3_1_1" : "v5";
  return std::string(number) + "_from_" + std::string(to_string(from));
}
INSTANTIATE_TEST_SUITE_P(every, spec_short_strings, testing::Combine(testing::ValuesIn(all_versions), testing::ValuesIn(all_senders)), case_name);

TEST(spec_short_strings, peek_reads_type_flags_and_length_of_all) {
  std::uint64_t wrong = 0;
  for (unsigned word = 0; word < 0x100'0000; ++word) {
    const std::array<std::byte, 3> input{static_cast<std::byte>(word >> 16), static_cast<std::byte>(word >> 8), static_cast<std::byte>(word)};
    const unsigned first = word >> 16, second = word >> 8 & 255, third = word & 255;
    const auto got = peek(input);
    if (first >> 4 == 0) wrong += got.has_value() || got.error().violated != rule::packet_type_reserved || got.error().offset != 0;
    else if (second >= 128 && third >= 128) wrong += got.has_value() || got.error().code != errc::incomplete;
    else wrong += !got || static_cast<unsigned>(got->type) != first >> 4 || got->flags != (first & 15) || got->header_size != (second < 128 ? 2 : 3) ||
               got->remaining_length != (second < 128 ? second : second % 128 + third * 128);
  }
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace mqttspan::spec
