// Every property identifier in every place, twice in every place, and with the values at the edges of its range; from a table written from 5.0.
#include <gtest/gtest.h>

#include <set>

#include "spec_property_table.hpp"

namespace mqttspan::spec {
namespace {

constexpr auto v5 = protocol_version::v5;
std::string at(std::string_view rule_name, std::size_t offset) { return std::string(rule_name) + "@" + std::to_string(offset); }

TEST(spec_properties, table_has_27_rows_64_allowed_cells_and_49_that_must_not_repeat) {
  unsigned rows = 0, cells = 0, single = 0;
  for (const property_spec& row : property_table) {
    ++rows;
    for (const char place : places) {
      cells += allowed(row, place);
      single += allowed(row, place) && !repeats(row, place);
    }
  }
  EXPECT_EQ(rows, 27U);
  EXPECT_EQ(cells, 64U);
  EXPECT_EQ(rows * places.size() - cells, 314U);
  EXPECT_EQ(single, 49U);
}

TEST(spec_properties, every_identifier_in_every_place) {
  unsigned good = 0, not_allowed = 0, unknown = 0;
  for (const char place : places)
    for (unsigned id = 0; id < 256; ++id) {
      const property_spec* row = property_row(id);
      // An identifier is a variable byte integer: 0x80 and above take two bytes.
      const placed p = packet_with(place, row ? good_property(*row) : vbi(id) + u8(1));
      const std::string wanted = !row ? at("property_unknown", p.at) : allowed(*row, place) ? "ok" : at("property_not_allowed", p.at);
      EXPECT_EQ(verdict(p.wire, v5), wanted) << "property " << std::hex << id << " in " << place;
      good += wanted == "ok";
      not_allowed += wanted.starts_with("property_not_allowed");
      unknown += !row;
    }
  EXPECT_EQ(good, 64U);
  EXPECT_EQ(not_allowed, 314U);
  EXPECT_EQ(unknown, 229U * 14);
}

TEST(spec_properties, a_long_form_of_an_identifier_is_never_taken_for_the_short_one) {
  for (const property_spec& row : property_table)
    for (const char place : places) {
      const bytes padded = u8(row.id | 0x80) + u8(0) + good_property(row).substr(1);
      const placed p = packet_with(place, padded);
      EXPECT_EQ(verdict(p.wire, v5), at("variable_byte_integer_not_minimal", p.at)) << row.name << " in " << place;
    }
}

TEST(spec_properties, an_identifier_that_does_not_end_is_named_so) {
  for (const char place : places) {
    if (place == 'A') continue;  // whose method stands behind it
    const placed cut = packet_with(place, "\xA1"), long_one = packet_with(place, "\xA1\x80\x80\x80\x01");
    EXPECT_EQ(verdict(cut.wire, v5), at("property_past_end", cut.at)) << place;
    EXPECT_EQ(verdict(long_one.wire, v5), at("variable_byte_integer_too_long", long_one.at)) << place;
  }
}

TEST(spec_properties, twice_is_an_error_in_49_cells_and_fine_in_15) {
  unsigned errors = 0, repeated = 0;
  for (const property_spec& row : property_table)
    for (const char place : places) {
      if (!allowed(row, place)) continue;
      const bytes one = good_property(row);
      const placed p = packet_with(place, one + one);
      EXPECT_EQ(verdict(p.wire, v5), repeats(row, place) ? "ok" : at("property_duplicate", p.at + one.size())) << row.name << " in " << place;
      ++(repeats(row, place) ? repeated : errors);
    }
  EXPECT_EQ(errors, 49U);
  EXPECT_EQ(repeated, 15U);
}

TEST(spec_properties, a_duplicate_is_found_behind_others) {
  for (const char place : places)
    for (const property_spec& row : property_table) {
      if (!allowed(row, place) || repeats(row, place)) continue;
      const bytes one = good_property(row), between = u8(0x26) + str("k") + str("v");
      const placed p = packet_with(place, one + between + one);
      EXPECT_EQ(verdict(p.wire, v5), at("property_duplicate", p.at + one.size() + between.size())) << row.name << " in " << place;
    }
}

TEST(spec_properties, some_are_of_one_side_only) {
  for (const property_spec& row : property_table)
    for (const char place : places) {
      if (!allowed(row, place)) continue;
      const bool server_only = row.id == 0x0B && place == 'P';  // [MQTT-3.3.4-6]
      const bool client_only = row.id == 0x11 && place == 'D';  // [MQTT-3.14.2-2]
      const placed p = packet_with(place, good_property(row));
      const sender right = right_side(static_cast<unsigned char>(p.wire[0]));
      for (const sender from : {sender::client, sender::server}) {
        if (right != sender::any && from != right) continue;
        const bool wrong = (server_only && from == sender::client) || (client_only && from == sender::server);
        EXPECT_EQ(verdict(p.wire, v5, from), wrong ? at("property_from_wrong_side", p.at) : "ok") << row.name << " in " << place << " from " << to_string(from);
      }
    }
}

TEST(spec_properties, integers_at_the_edges_of_their_ranges) {
  unsigned good = 0, bad = 0;
  for (const property_spec& row : property_table) {
    const std::string values = row.values;
    if (values.empty()) continue;
    const std::uint32_t largest = row.type == '1' ? 255 : row.type == '2' ? 65'535 : row.type == '4' ? 0xFFFF'FFFF : 268'435'455;
    for (const char place : places) {
      if (!allowed(row, place)) continue;
      for (const std::uint32_t value : std::set<std::uint32_t>{0, 1, 2, 255, largest}) {
        const placed p = packet_with(place, u8(row.id) + integer_value(row, value));
        const bool out = values == "0/1" ? value > 1 : values == "not 0" && value == 0;
        const char* rule_name = row.id == 0x23 ? "topic_alias_is_zero" : "property_out_of_range";
        EXPECT_EQ(verdict(p.wire, v5), out ? at(rule_name, p.at + 1) : "ok") << row.name << " " << value << " in " << place;
        ++(out ? bad : good);
      }
    }
  }
  // 0/1: 9 cells of 2 good and 2 bad; not 0: 7 cells, any: 9 cells, of 5 values each.
  EXPECT_EQ(bad, 9U * 2 + 7);
  EXPECT_EQ(good, 9U * 2 + 7 * 4 + 9 * 5);
}

// Text and binary values: empty, long, and the longest. An empty Response Topic is no topic name [MQTT-4.7.3-1]; policy, as 3.3.2.3.5 does not repeat the rule.
TEST(spec_properties, texts_and_binaries_of_0_1_and_65535_bytes) {
  for (const property_spec& row : property_table)
    for (const char place : places) {
      if (!allowed(row, place) || std::string_view("sbp").find(row.type) == std::string_view::npos) continue;
      for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65'535}}) {
        const bytes value = str(bytes(size, 'x'));
        const placed p = packet_with(place, u8(row.id) + (row.type == 'p' ? value + value : value));
        const bool no_topic = size == 0 && row.id == 0x08;
        EXPECT_EQ(verdict(p.wire, v5), no_topic ? at("topic_name_empty", p.at + 1) : "ok") << row.name << " " << size << " in " << place;
      }
    }
}

TEST(spec_properties, a_value_may_not_run_past_the_property_length) {
  for (const property_spec& row : property_table)
    for (const char place : places) {
      if (!allowed(row, place)) continue;
      const bytes whole = good_property(row);
      for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        // The property is the last of the block, and cut; what stands behind the block must not be read in its stead.
        const bytes head = place == 'A' || (place == 'C' && row.id == 0x16) ? (row.id == 0x15 ? bytes() : u8(0x15) + str("m")) : bytes();
        const placed p = packet_with(place, head + whole.substr(0, cut), true);
        const std::string got = verdict(p.wire, v5);
        const std::size_t id_at = p.at + head.size();
        const std::size_t offset = got.find('@') == std::string::npos ? 0 : std::stoul(got.substr(got.find('@') + 1));
        EXPECT_TRUE(got.starts_with("property_past_end@") && offset > id_at && offset <= id_at + cut) << row.name << " cut to " << cut << " in " << place << ": " << got;
      }
    }
}

TEST(spec_properties, the_property_length_may_not_run_past_the_packet) {
  for (const char place : std::string_view("c4567suDA")) {  // nothing, or no more than one byte, stands behind the block
    const placed p = packet_with(place, {}, true);
    bytes wire = p.wire;
    const std::size_t length_at = p.at - 1;
    wire[length_at] = 0x7F;
    EXPECT_EQ(verdict(wire, v5), at("property_length_past_end", length_at)) << place;
  }
}

TEST(spec_properties, any_order_is_read_and_kept) {
  const bytes a = u8(0x26) + str("k") + str("1"), b = u8(0x02) + u32(9), c = u8(0x26) + str("k") + str("2"), d = u8(0x03) + str("t");
  const bytes orders[] = {a + b + c + d, d + c + b + a, b + d + a + c, c + a + d + b};
  for (const bytes& order : orders) {
    const placed p = packet_with('P', order);
    const auto read = parse_as<publish>(as_bytes(p.wire), v5);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->packet.properties.get(prop::message_expiry_interval), 9U);
    EXPECT_EQ(read->packet.properties.get(prop::content_type), "t");
    EXPECT_EQ(read->packet.properties.count(), 4U);
    bytes again;
    for (const property& each : read->packet.properties)
      again += each.id() == property_id::user_property ? u8(0x26) + str(each.name()) + str(each.text()) : each.id() == property_id::content_type ? d : b;
    EXPECT_EQ(again, order);
  }
}

TEST(spec_properties, authentication_data_needs_its_method_in_connect_and_auth) {
  const bytes data = u8(0x16) + str("x");
  const placed in_connect = packet_with('C', data, true), in_auth = packet_with('A', data, true), in_connack = packet_with('c', data, true);
  EXPECT_EQ(verdict(in_connect.wire, v5), at("authentication_data_without_method", in_connect.at));
  EXPECT_TRUE(verdict(in_auth.wire, v5).starts_with("authentication_method_missing@")) << verdict(in_auth.wire, v5);
  EXPECT_EQ(verdict(in_connack.wire, v5), "ok");  // policy: no sentence bans it there (U5-3.2.2.3.18-b)
}

TEST(spec_properties, the_library_names_agree) {
  for (const property_spec& row : property_table) {
    EXPECT_EQ(to_string(static_cast<property_id>(row.id)), row.name);
    EXPECT_EQ(property_named(row.name), static_cast<property_id>(row.id));
  }
}

}  // namespace
}  // namespace mqttspan::spec
