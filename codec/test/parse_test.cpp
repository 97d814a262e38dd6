#include <mqttspan/codec/parse.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;
using test::to_hex;

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

TEST(peek, reads_type_flags_and_length) {
  const auto header = peek(hex("3d 05"));
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->type, packet_type::publish);
  EXPECT_EQ(header->flags, 13);
  EXPECT_EQ(header->header_size, 2);
  EXPECT_EQ(header->remaining_length, 5u);
  EXPECT_EQ(header->packet_size(), 7u);
}

TEST(peek, reads_long_lengths) {
  EXPECT_EQ(peek(hex("30 8001"))->packet_size(), 131u);
  EXPECT_EQ(peek(hex("30 808001"))->packet_size(), 16'388u);
  EXPECT_EQ(peek(hex("30 ffffff7f"))->packet_size(), max_packet_length);
  EXPECT_EQ(peek(hex("30 ffffff7f"))->header_size, 5);
  EXPECT_EQ(peek(hex("30 8000"))->remaining_length, 0u);  // minimal or not is up to the version
}

TEST(peek, wants_more) {
  const std::pair<const char*, unsigned> rows[] = {{"", 2}, {"30", 2}, {"30 80", 3}, {"30 ffff", 4}, {"30 ffffff", 5}, {"f0", 2}};
  for (const auto& [bytes, least] : rows) {
    const auto header = peek(hex(bytes));
    ASSERT_FALSE(header.has_value()) << bytes;
    EXPECT_EQ(header.error().code, errc::incomplete) << bytes;
    EXPECT_EQ(header.error().offset, least) << bytes;
  }
}

TEST(peek, refuses_type_0_and_a_fifth_length_byte) {
  for (const char* bytes : {"00", "00 00", "0f 02"}) {
    const auto header = peek(hex(bytes));
    ASSERT_FALSE(header.has_value()) << bytes;
    EXPECT_EQ(header.error(), make_error(rule::packet_type_reserved, 0)) << bytes;
  }
  const auto header = peek(hex("30 ffffffff 01"));
  ASSERT_FALSE(header.has_value());
  EXPECT_EQ(header.error().violated, rule::variable_byte_integer_too_long);
  EXPECT_EQ(header.error().offset, 1u);
}

TEST(parse, says_which_packet_and_how_large) {
  const auto got = parse(hex("30 05 0003 612f62  c0 00"), v3_1_1);
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->size, 7u);
  const auto* message = std::get_if<publish>(&got->packet);
  ASSERT_NE(message, nullptr);
}

TEST(parse, reads_each_field_of_a_connect) {
  const auto bytes = hex(
      "10 3a 0004 4d515454 05 ee 0e10  05 11 0000000a  0002 6331"
      "  05 18 00000005  0003 742f77  0002 00ff  0004 75736572  0002 7077"
      "  ");
  auto sized = bytes;
  sized[1] = static_cast<std::byte>(sized.size() - 2);
  const auto got = parse_as<connect>(sized, v3_1_1);  // whatever version the caller expects, CONNECT names its own
  ASSERT_TRUE(got.has_value()) << to_string(got.error().violated) << got.error().offset;
  const connect& p = got->packet;
  EXPECT_EQ(p.version, v5);
  EXPECT_TRUE(p.clean_start);
  EXPECT_FALSE(p.bridge);
  EXPECT_EQ(p.keep_alive, 3600);
  EXPECT_EQ(p.client_id, "c1");
  EXPECT_EQ(p.properties.get(prop::session_expiry_interval), 10u);
  ASSERT_TRUE(p.will.has_value());
  EXPECT_EQ(p.will->topic, "t/w");
  EXPECT_EQ(to_hex(p.will->payload), "00ff");
  EXPECT_EQ(p.will->qos, qos::at_least_once);
  EXPECT_TRUE(p.will->retain);
  EXPECT_EQ(p.will->properties.get(prop::will_delay_interval), 5u);
  EXPECT_EQ(p.user_name, "user");
  ASSERT_TRUE(p.password.has_value());
  EXPECT_EQ(to_hex(*p.password), "7077");
}

TEST(parse, of_3_1_connect_ends_where_the_packet_ends) {  // [U31-3.1-c]
  // both flags are set, both fields are missing; then the password alone
  const auto none = parse_as<connect>(hex("10 0f 0006 4d5149736470 03 c2 003c 0001 63"), v3_1);
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->packet.user_name.has_value());
  EXPECT_FALSE(none->packet.password.has_value());
  const auto bytes = hex("10 12 0006 4d5149736470 03 c2 003c 0001 63 0001 75");
  const auto user = parse_as<connect>(bytes, v3_1);
  ASSERT_TRUE(user.has_value());
  EXPECT_EQ(user->packet.user_name, "u");
  EXPECT_FALSE(user->packet.password.has_value());
}

TEST(parse, maps_return_codes_to_reason_codes) {
  constexpr reason_code codes[] = {reason_code::success, reason_code::unsupported_protocol_version, reason_code::client_identifier_not_valid,
                                   reason_code::server_unavailable, reason_code::bad_user_name_or_password, reason_code::not_authorized};
  for (unsigned code = 0; code < 6; ++code) {
    const std::byte bytes[] = {std::byte{0x20}, std::byte{2}, std::byte{0}, static_cast<std::byte>(code)};
    for (const auto version : {v3_1, v3_1_1}) {
      const auto got = parse_as<connack>(bytes, version);
      ASSERT_TRUE(got.has_value());
      EXPECT_EQ(got->packet.reason_code, codes[code]);
    }
  }
}

TEST(parse, reads_each_field_of_a_publish) {
  const auto bytes = hex("3d 10 0003 612f62 0102 06 230007 01 01 00 6869");
  auto sized = hex("3d 0f 0003 612f62 0102 05 230007 01 01 6869");
  sized[1] = static_cast<std::byte>(sized.size() - 2);
  const auto got = parse_as<publish>(sized, v5);
  ASSERT_TRUE(got.has_value()) << to_string(got.error().violated);
  const publish& p = got->packet;
  EXPECT_EQ(p.topic, "a/b");
  EXPECT_EQ(p.packet_id, 0x0102);
  EXPECT_EQ(p.qos, qos::exactly_once);
  EXPECT_TRUE(p.retain);
  EXPECT_TRUE(p.dup);
  EXPECT_EQ(p.properties.get(prop::topic_alias), 7);
  EXPECT_EQ(p.properties.get(prop::payload_format_indicator), 1);
  EXPECT_EQ(to_hex(p.payload), "6869");
  EXPECT_FALSE(parse_as<publish>(bytes, v5).has_value());
}

TEST(parse, knows_the_short_forms_of_5_0) {
  const auto id_only = parse_as<puback>(hex("40 02 0007"), v5);
  ASSERT_TRUE(id_only.has_value());
  EXPECT_EQ(id_only->packet, (puback{.packet_id = 7}));
  const auto with_code = parse_as<puback>(hex("40 03 0007 87"), v5);
  ASSERT_TRUE(with_code.has_value());
  EXPECT_EQ(with_code->packet, (puback{.packet_id = 7, .reason_code = reason_code::not_authorized}));
  const auto whole = parse_as<puback>(hex("40 04 0007 87 00"), v5);
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->packet, with_code->packet);
  EXPECT_EQ(parse_as<disconnect>(hex("e0 00"), v5)->packet, disconnect{});
  EXPECT_EQ(parse_as<disconnect>(hex("e0 01 8e"), v5)->packet.reason_code, reason_code::session_taken_over);
  EXPECT_EQ(parse_as<disconnect>(hex("e0 02 8e 00"), v5)->packet.reason_code, reason_code::session_taken_over);
  EXPECT_EQ(parse_as<auth>(hex("f0 00"), v5)->packet, auth{});
}

TEST(parse, of_the_wrong_type_is_wrong_state) {
  const auto got = parse_as<publish>(hex("c0 00"), v5);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, errc::wrong_state);
  EXPECT_EQ(got.error().in, packet_type::pingreq);
}

TEST(parse, knows_auth_in_5_0_only) {
  for (const auto version : {v3_1, v3_1_1}) {
    const auto got = parse(hex("f0 00"), version);
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().violated, rule::packet_type_reserved);
    EXPECT_FALSE(parse_as<auth>(hex("f0 00"), version).has_value());
  }
}

TEST(parse, minds_the_sender) {
  struct row {
    const char* bytes;
    protocol_version version;
    bool client, server;
  };
  const row rows[] = {{"10 0d 0004 4d515454 04 02 003c 0001 63", v3_1_1, true, false},
                      {"20 02 00 00", v3_1_1, false, true},
                      {"30 03 0001 61", v3_1_1, true, true},
                      {"40 02 0001", v3_1_1, true, true},
                      {"82 06 0001 0001 61 00", v3_1_1, true, false},
                      {"90 03 0001 00", v3_1_1, false, true},
                      {"a2 05 0001 0001 61", v3_1_1, true, false},
                      {"b0 02 0001", v3_1_1, false, true},
                      {"c0 00", v3_1_1, true, false},
                      {"d0 00", v3_1_1, false, true},
                      {"e0 00", v3_1_1, true, false},
                      {"e0 00", v3_1, true, false},
                      {"e0 00", v5, true, true},
                      {"e0 01 04", v5, true, false},
                      {"e0 01 8e", v5, false, true},
                      {"40 03 0001 10", v5, false, true},
                      {"30 06 0001 61 02 0b01", v5, false, true},
                      {"e0 07 00 05 11 00000001", v5, true, false},
                      {"f0 06 19 04 15 0001 6d", v5, true, false}};
  for (const row& r : rows) {
    EXPECT_TRUE(parse(hex(r.bytes), r.version).has_value()) << r.bytes;
    EXPECT_EQ(parse(hex(r.bytes), r.version, from_client).has_value(), r.client) << r.bytes;
    EXPECT_EQ(parse(hex(r.bytes), r.version, from_server).has_value(), r.server) << r.bytes;
  }
}

TEST(parse, reports_the_first_violation_in_wire_order) {
  const auto first = [](const char* bytes, protocol_version version) {
    const auto got = parse(hex(bytes), version);
    return got ? rule::none : got.error().violated;
  };
  EXPECT_EQ(first("36 06 0001 23 0000 61", v3_1_1), rule::qos_3);
  EXPECT_EQ(first("32 06 0001 23 0000 61", v3_1_1), rule::topic_name_has_wildcard);
  EXPECT_EQ(first("32 06 0001 62 0000 61", v3_1_1), rule::packet_id_is_zero);
  EXPECT_EQ(first("32 02 0000", v3_1_1), rule::topic_name_empty);
  EXPECT_EQ(first("32 04 0000 0000", v3_1_1), rule::topic_name_empty);
}

TEST(parse, minds_all_flags_of_3_1_where_it_is_told_to) {
  const parse_options strict{.reject = strictness::v3_1_as_v3_1_1};
  EXPECT_EQ(parse(hex("28 02 0000"), v3_1, strict).error().violated, rule::fixed_header_flags);
  EXPECT_TRUE(parse(hex("28 02 0000"), v3_1).has_value());
  EXPECT_TRUE(parse(hex("6a 02 0001"), v3_1, strict).has_value());
  EXPECT_FALSE(parse_as<pubrel>(hex("63 02 0001"), v3_1)->packet.dup);
  EXPECT_TRUE(parse_as<pubrel>(hex("6a 02 0001"), v3_1)->packet.dup);
}

// A length that is the last of its size, before bytes that would make it longer.
TEST(parse, ends_the_length_where_it_ends) {
  std::vector<std::byte> bytes = hex("30 7f 0101");
  bytes.resize(129, std::byte{'a'});
  bytes.resize(60'000, std::byte{1});
  EXPECT_FALSE(parse(bytes, v3_1_1).has_value());  // a topic of 257 bytes in a packet of 127
  bytes = hex("90 7f 0101");
  bytes.resize(60'000, std::byte{1});
  ASSERT_TRUE(parse(bytes, v3_1_1).has_value());
  EXPECT_EQ(parse(bytes, v3_1_1)->size, 129u);
  bytes = hex("90 80 7f 0101");
  bytes.resize(60'000, std::byte{1});
  ASSERT_TRUE(parse(bytes, v3_1_1).has_value());
  EXPECT_EQ(parse(bytes, v3_1_1)->size, 3 + 16'256u);
}

TEST(parse, looks_at_the_longest_topics_as_well) {
  for (const std::size_t size : {32'767u, 32'768u, 65'535u})
    for (const std::size_t at : {std::size_t{0}, size - 1}) {
      std::string topic(size, 'a');
      std::vector<std::byte> bytes = hex("30 ffff03");
      const auto add = [&](unsigned b) { bytes.push_back(static_cast<std::byte>(b)); };
      topic[at] = '\xFF';
      add(static_cast<unsigned>(size) >> 8), add(static_cast<unsigned>(size));
      for (const char c : topic) add(static_cast<unsigned char>(c));
      add(0);
      const std::size_t length = bytes.size() - 4;
      bytes[1] = static_cast<std::byte>(0x80 | (length & 0x7F)), bytes[2] = static_cast<std::byte>(0x80 | (length >> 7 & 0x7F)), bytes[3] = static_cast<std::byte>(length >> 14);
      for (const protocol_version version : {v3_1_1, v5}) EXPECT_FALSE(parse(bytes, version).has_value()) << size << ' ' << at;
    }
}

TEST(parse, names_the_place_of_authentication_data_without_a_method) {
  // in CONNECT behind another property; AUTH misses the method itself, at its property length
  const auto data = parse(hex("10 16 0004 4d515454 05 02 003c 08 22 0005 16 0002 00ff 0001 63"), v5);
  ASSERT_FALSE(data.has_value());
  EXPECT_EQ(data.error(), make_error(rule::authentication_data_without_method, 16, packet_type::connect));
  const auto method = parse(hex("f0 05 18 03 1f 0000"), v5);
  ASSERT_FALSE(method.has_value());
  EXPECT_EQ(method.error(), make_error(rule::authentication_method_missing, 3, packet_type::auth));
}

TEST(inspect_connect, shows_what_a_refused_connect_says) {
  // level 6, and a reserved flag
  const auto bytes = hex("10 0d 0004 4d515454 06 03 003c 0001 63");
  const auto got = inspect_connect(bytes);
  EXPECT_EQ(got.protocol_name, "MQTT");
  EXPECT_EQ(got.protocol_level, 6);
  EXPECT_EQ(got.clean_start, true);
  EXPECT_EQ(got.keep_alive, 60);
  EXPECT_EQ(got.version(), v5);
}

TEST(inspect_connect, finds_the_client_identifier_of_each_version) {
  for (const char* digits : {"10 0f 0006 4d5149736470 03 00 0001 0001 63", "10 0d 0004 4d515454 04 00 003c 0001 63", "10 11 0004 4d515454 05 00 003c 03 210000 0001 63"}) {
    const auto bytes = hex(digits);
    EXPECT_EQ(inspect_connect(bytes).client_id, "c");
    EXPECT_EQ(inspect_connect(bytes).clean_start, false);
  }
}

TEST(inspect_connect, names_the_version_to_answer_in) {
  const auto version_of = [](unsigned level) {
    connect_inspection seen{};
    seen.protocol_level = static_cast<std::uint8_t>(level);
    return seen.version();
  };
  EXPECT_EQ(version_of(3), v3_1);
  EXPECT_EQ(version_of(4), v3_1_1);
  EXPECT_EQ(version_of(5), v5);
  EXPECT_EQ(version_of(6), v5);
  EXPECT_EQ(version_of(0x83), v3_1);
  EXPECT_EQ(version_of(0x84), v3_1_1);
  EXPECT_EQ(version_of(0), v3_1_1);
  EXPECT_EQ(connect_inspection{}.version(), v3_1_1);
}

TEST(inspect_connect, stops_where_it_cannot_read_on) {
  const auto whole = hex("10 0d 0004 4d515454 04 02 003c 0001 63");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto got = inspect_connect(cut);
    EXPECT_EQ(got.protocol_name.empty(), size < 8) << size;
    EXPECT_EQ(got.protocol_level.has_value(), size >= 9) << size;
    EXPECT_EQ(got.clean_start.has_value(), size >= 10) << size;
    EXPECT_EQ(got.keep_alive.has_value(), size >= 12) << size;
    EXPECT_EQ(got.client_id.has_value(), size >= 15) << size;
  }
}

TEST(inspect_connect, stops_at_properties_that_run_past_the_packet) {
  for (const char* digits : {"10 0d 0004 4d515454 05 02 003c 7f 0000", "10 0d 0004 4d515454 05 02 003c ff ff7f", "10 0b 0004 4d515454 05 02 003c ff"}) {
    const auto bytes = hex(digits);
    const auto got = inspect_connect(bytes);
    EXPECT_EQ(got.keep_alive, 60) << digits;
    EXPECT_FALSE(got.client_id.has_value()) << digits;
  }
}

TEST(inspect_connect, is_empty_for_anything_else) {
  for (const char* bytes : {"", "10", "30 03 0001 61", "00 00", "10 00", "10 ffffffff 01", "20 02 0000"}) {
    const auto got = inspect_connect(hex(bytes));
    EXPECT_TRUE(got.protocol_name.empty()) << bytes;
    EXPECT_FALSE(got.protocol_level || got.clean_start || got.keep_alive || got.client_id) << bytes;
  }
}

TEST(inspect_connect, sees_nothing_behind_the_packet) {
  // Remaining Length 6: the level and all that follows belong to somebody else
  const auto bytes = hex("10 06 0004 4d515454 04 02 003c 0001 63");
  const auto got = inspect_connect(bytes);
  EXPECT_EQ(got.protocol_name, "MQTT");
  EXPECT_FALSE(got.protocol_level.has_value());
}

// SUBSCRIBE of 3.1.1 with that filter, and another one behind it or not.
std::vector<std::byte> subscribe_to(const std::string& filter, bool with_another) {
  const std::string other = with_another ? std::string("\0\x14", 2) + std::string(20, 'x') + '\0' : std::string();
  const std::string body = std::string("\0\1", 2) + '\0' + static_cast<char>(filter.size()) + filter + '\0' + other;
  const std::string all = std::string("\x82") + static_cast<char>(body.size()) + body;
  const auto* const p = reinterpret_cast<const std::byte*>(all.data());
  return {p, p + all.size()};
}

TEST(parse, refuses_a_bad_filter_of_any_length_wherever_it_is_bad) {
  for (std::size_t n = 1; n <= 40; ++n)
    for (std::size_t at = 0; at < n; ++at)
      for (const char* bad : {"+", "#", "\x80", "/+x", "x+/", "/#/", "/#x"}) {
        std::string filter(n, 'a');
        filter.replace(at, std::string_view(bad).size(), bad);
        const bool good = filter == "+" || filter == "#" || filter.ends_with("/#") || (filter.ends_with("/+") && bad[0] == '/') || filter == "+/";
        if (good || filter.find_first_of("+#\x80") == std::string::npos || filter.size() > 40) continue;
        for (const bool with_another : {false, true}) EXPECT_FALSE(parse(subscribe_to(filter, with_another), v3_1_1).has_value()) << filter << with_another;
      }
}

TEST(parse, takes_a_good_filter_of_any_length) {
  for (std::size_t n = 0; n <= 38; ++n)
    for (const char* end : {"", "/+", "/#", "/+/a", "/+/#"}) {
      const std::string filter = std::string(n, 'a') + end;
      if (filter.empty()) continue;
      for (const bool with_another : {false, true}) EXPECT_TRUE(parse(subscribe_to(filter, with_another), v3_1_1).has_value()) << filter << with_another;
    }
}

// Each property cut at the end of its block, with a payload behind it that would do.
TEST(parse, sees_no_further_than_the_property_block) {
  for (const char* whole : {"01 01", "02 00000001", "03 0003 616263", "08 0003 616263", "09 0003 616263", "23 0001", "26 0003 616263 0003 616263"}) {
    const auto property = hex(whole);
    for (std::size_t size = 1; size <= property.size(); ++size) {
      auto packet = hex("30 00 0001 74");
      packet.push_back(static_cast<std::byte>(size));
      packet.insert(packet.end(), property.begin(), property.begin() + static_cast<std::ptrdiff_t>(size));
      packet.insert(packet.end(), property.begin() + static_cast<std::ptrdiff_t>(size), property.end());
      packet.insert(packet.end(), 40, std::byte{'a'});
      packet[1] = static_cast<std::byte>(packet.size() - 2);
      EXPECT_EQ(parse(packet, v5).has_value(), size == property.size()) << whole << ' ' << size;
    }
  }
}

}  // namespace
}  // namespace mqttspan
