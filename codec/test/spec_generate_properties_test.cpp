// Properties for generate: once in each place where 5.0 says so, and within their ranges; built from the table that was written from 5.0.
#include "spec_generate.hpp"

#include <gtest/gtest.h>

#include "spec_property_table.hpp"

namespace mqttspan::spec {
namespace {

struct cell {
  const char* statement;
  char place;
  unsigned id;
};
// "… appears at most once": the sentence of each section.
constexpr cell once[] = {
    {"U5-3.1.2.11.2-a", 'C', 0x11},  {"U5-3.1.2.11.3-a", 'C', 0x21},  {"U5-3.1.2.11.4-a", 'C', 0x27},  {"U5-3.1.2.11.5-a", 'C', 0x22},  {"U5-3.1.2.11.6-a", 'C', 0x19},
    {"U5-3.1.2.11.7-a", 'C', 0x17},  {"U5-3.1.2.11.9-a", 'C', 0x15},  {"U5-3.1.2.11.10-b", 'C', 0x16}, {"U5-3.1.3.2.2-a", 'W', 0x18},   {"U5-3.1.3.2.3-a", 'W', 0x01},
    {"U5-3.1.3.2.4-a", 'W', 0x02},   {"U5-3.1.3.2.5-a", 'W', 0x03},   {"U5-3.1.3.2.6-a", 'W', 0x08},   {"U5-3.1.3.2.7-a", 'W', 0x09},   {"U5-3.2.2.3.2-a", 'c', 0x11},
    {"U5-3.2.2.3.3-a", 'c', 0x21},   {"U5-3.2.2.3.4-a", 'c', 0x24},   {"U5-3.2.2.3.5-a", 'c', 0x25},   {"U5-3.2.2.3.6-a", 'c', 0x27},   {"U5-3.2.2.3.7-a", 'c', 0x12},
    {"U5-3.2.2.3.8-a", 'c', 0x22},   {"U5-3.2.2.3.9-a", 'c', 0x1F},   {"U5-3.2.2.3.11-a", 'c', 0x28},  {"U5-3.2.2.3.12-a", 'c', 0x29},  {"U5-3.2.2.3.13-a", 'c', 0x2A},
    {"U5-3.2.2.3.14-a", 'c', 0x13},  {"U5-3.2.2.3.15-a", 'c', 0x1A},  {"U5-3.2.2.3.16-a", 'c', 0x1C},  {"U5-3.2.2.3.17-a", 'c', 0x15},  {"U5-3.2.2.3.18-a", 'c', 0x16},
    {"U5-3.3.2.3.2-b", 'P', 0x01},   {"U5-3.3.2.3.3-a", 'P', 0x02},   {"U5-3.3.2.3.4-a", 'P', 0x23},   {"U5-3.3.2.3.5-a", 'P', 0x08},   {"U5-3.3.2.3.6-a", 'P', 0x09},
    {"U5-3.3.2.3.9-a", 'P', 0x03},   {"U5-3.4.2.2.2-a", '4', 0x1F},   {"U5-3.5.2.2.2-a", '5', 0x1F},   {"U5-3.6.2.2.2-a", '6', 0x1F},   {"U5-3.7.2.2.2-a", '7', 0x1F},
    {"U5-3.8.2.1.2-b", 'S', 0x0B},   {"U5-3.9.2.1.2-a", 's', 0x1F},   {"U5-3.11.2.1.2-a", 'u', 0x1F},  {"U5-3.14.2.2.2-a", 'D', 0x11},  {"U5-3.14.2.2.3-a", 'D', 0x1F},
    {"U5-3.14.2.2.5-a", 'D', 0x1C},  {"U5-3.15.2.2.2-b", 'A', 0x15},  {"U5-3.15.2.2.3-a", 'A', 0x16},  {"U5-3.15.2.2.4-a", 'A', 0x1F},
};
static_assert(std::size(once) == 49);

struct bad_value {
  const char* statement;
  char place;
  unsigned id;
  std::uint32_t value;
};
constexpr bad_value out_of_range[] = {
    {"U5-3.1.2.11.3-b", 'C', 0x21, 0},  {"U5-3.1.2.11.4-b", 'C', 0x27, 0},  {"U5-3.1.2.11.6-b", 'C', 0x19, 2},  {"U5-3.1.2.11.7-b", 'C', 0x17, 255}, {"U5-3.1.3.2.3-c", 'W', 0x01, 2},
    {"U5-3.2.2.3.3-b", 'c', 0x21, 0},   {"U5-3.2.2.3.4-b", 'c', 0x24, 2},   {"U5-3.2.2.3.5-b", 'c', 0x25, 2},   {"U5-3.2.2.3.6-b", 'c', 0x27, 0},    {"U5-3.2.2.3.11-b", 'c', 0x28, 2},
    {"U5-3.2.2.3.12-b", 'c', 0x29, 2},  {"U5-3.2.2.3.13-b", 'c', 0x2A, 2},  {"U5-3.3.2.3.2-b", 'P', 0x01, 2},   {"U5-3.3.2.3.8-a", 'P', 0x0B, 0},    {"U5-3.8.2.1.2-a", 'S', 0x0B, 0},
    {"U5-1.5.5-a", 'S', 0x0B, 268'435'456},
    // A value that its wire type cannot hold.
    {"U5-2.2.2.2-b", 'C', 0x21, 65'536}, {"U5-2.2.2.2-b", 'P', 0x01, 256},  {"U5-2.2.2.2-b", 'c', 0x13, 65'536},
};

property good_value(const property_spec& row) {
  const auto id = static_cast<property_id>(row.id);
  switch (row.type) {
    case 's': return {id, std::string_view("x")};
    case 'b': return {id, as_bytes("x")};
    case 'p': return {id, string_pair{"n", "x"}};
    default: return {id, std::uint32_t{1}};
  }
}

// A packet that is good but for its properties.
packet packet_having(char place, std::vector<property> items) {
  const property_list properties = keep(std::move(items));
  const wire_list<reason_code> one_code = keep<reason_code>({reason_code::success});
  switch (place) {
    case 'C': return connect{.client_id = "a", .properties = properties};
    case 'W': return connect{.client_id = "a", .will = will{.topic = "t", .payload = binary("p"), .properties = properties}};
    case 'c': return connack{.properties = properties};
    case 'P': return publish{.topic = "t", .payload = as_bytes("p"), .properties = properties};
    case '4': return puback{.packet_id = 1, .properties = properties};
    case '5': return pubrec{.packet_id = 1, .properties = properties};
    case '6': return pubrel{.packet_id = 1, .properties = properties};
    case '7': return pubcomp{.packet_id = 1, .properties = properties};
    case 'S': return subscribe{.packet_id = 1, .subscriptions = keep<subscription>({{.topic_filter = "f"}}), .properties = properties};
    case 's': return suback{.packet_id = 1, .reason_codes = one_code, .properties = properties};
    case 'U': return unsubscribe{.packet_id = 1, .topic_filters = keep<std::string_view>({"f"}), .properties = properties};
    case 'u': return unsuback{.packet_id = 1, .reason_codes = one_code, .properties = properties};
    case 'D': return disconnect{.properties = properties};
    default: return auth{.reason_code = reason_code::continue_authentication, .properties = properties};
  }
}

// AUTH needs an Authentication Method, and Authentication Data needs it in CONNECT.
std::vector<property> with_method(char place, std::vector<property> items) {
  const bool has_method = items.front().id() == property_id::authentication_method;
  if (!has_method && (place == 'A' || (place == 'C' && items.front().id() == property_id::authentication_data))) items.push_back(prop::authentication_method("m"));
  return items;
}

std::vector<generate_case> texts() {
  return {
      {"MQTT-1.5.7-1", v5, packet_having('P', {prop::user("\xFF", "v")}), "utf8_ill_formed"},
      {"MQTT-1.5.7-1", v5, packet_having('D', {prop::user("k", keep(std::string(1, '\0')))}), "utf8_has_null"},
      {"MQTT-1.5.4-1", v5, packet_having('4', {prop::reason_string("\x80")}), "utf8_ill_formed"},
      {"U5-1.5.4-d", v5, packet_having('4', {prop::reason_string(long_text(65'536))}), "string_too_long"},
      {"U5-1.5.4-d", v5, packet_having('4', {prop::user(long_text(65'536), "v")}), "string_too_long"},
      {"U5-1.5.6-a", v5, packet_having('P', {prop::correlation_data(as_bytes(long_text(65'536)))}), "binary_too_long"},
      {"U5-1.5.6-a", v5, packet_having('A', {prop::authentication_method("m"), prop::authentication_data(as_bytes(long_text(65'536)))}), "binary_too_long"},
      {"MQTT-3.3.2-13", v5, packet_having('P', {prop::response_topic("\xED\xA0\x80")}), "utf8_ill_formed"},
      {"MQTT-3.3.2-14", v5, packet_having('P', {prop::response_topic("r/+")}), "response_topic_has_wildcard"},
      {"MQTT-3.3.2-19", v5, packet_having('P', {prop::content_type("\xFF")}), "utf8_ill_formed"},
      {"U5-3.1.3.2.6-b", v5, packet_having('W', {prop::response_topic("#")}), "response_topic_has_wildcard"},
      {"U5-3.1.2.11.8-a", v5, packet_having('D', {prop::user("a", ""), prop::user("a", "")}), "= E0 0E 00 0C 26 0001 61 0000 26 0001 61 0000"},
      {"U5-2.2.2.1-a", v5, packet_having('D', {prop::reason_string("w")}), "= E0 06 00 04 1F 0001 77"},
      {"U5-2.2.2.2-a", v5, packet_having('P', {property(static_cast<property_id>(4), std::uint32_t{1})}), "property_unknown"},
  };
}

TEST(spec_generate_properties, forbidden_ones_are_refused_and_allowed_ones_written_in_every_place) {
  std::size_t refused = 0, written = 0;
  for (const property_spec& row : property_table)
    for (const char place : places) {
      std::vector<std::byte> out(200);
      const packet value = packet_having(place, with_method(place, {good_value(row)}));
      const auto result = generate(value, v5, out);
      if (allowed(row, place)) {
        ASSERT_TRUE(result) << row.name << " in " << place << ": " << verdict_of(result.error());
        EXPECT_EQ(to_hex(*result), to_hex(as_bytes(packet_with(place, good_property(row)).wire))) << row.name << " in " << place;
        ++written;
      } else {
        ASSERT_FALSE(result) << row.name << " in " << place;
        EXPECT_EQ(result.error().violated, rule::property_not_allowed) << row.name << " in " << place;
        ++refused;
      }
    }
  EXPECT_EQ(written, 64U);
  EXPECT_EQ(refused, 314U);
}

bytes wire_of(const property_spec& row, std::uint32_t value) { return u8(row.id) + integer_value(row, value); }

// The same packet twice: as a value for generate and as bytes for parse.
void expect_same_verdict(char place, std::vector<property> items, const bytes& wire, const char* what) {
  std::vector<std::byte> out(200);
  const auto written = generate(packet_having(place, with_method(place, std::move(items))), v5, out);
  EXPECT_EQ(written ? "ok" : verdict_of(written.error()), verdict(packet_with(place, wire).wire, v5)) << what << " in " << place;
}

TEST(spec_generate_properties, errors_stand_where_parse_finds_them) {
  for (const property_spec& row : property_table)
    for (const char place : places) {
      const property one = good_value(row);
      const bytes wire = good_property(row);
      expect_same_verdict(place, {one}, wire, row.name);
      expect_same_verdict(place, {one, one}, wire + wire, row.name);
      if (std::string_view("124v").find(row.type) == std::string_view::npos) continue;
      for (const std::uint32_t value : {0U, 2U, 255U}) expect_same_verdict(place, {property(static_cast<property_id>(row.id), value)}, wire_of(row, value), row.name);
    }
  expect_same_verdict('P', {prop::user("k", "v\xFF")}, u8(0x26) + str("k") + str("v\xFF"), "ill-formed value");
  expect_same_verdict('P', {prop::response_topic("r/#")}, u8(0x08) + str("r/#"), "wildcard");
}

}  // namespace

std::vector<generate_case> property_cases() {
  std::vector<generate_case> all = texts();
  for (const cell& c : once) {
    const property one = good_value(*property_row(c.id));
    all.push_back({c.statement, v5, packet_having(c.place, with_method(c.place, {one, one})), "property_duplicate"});
  }
  for (const bad_value& b : out_of_range)
    all.push_back({b.statement, v5, packet_having(b.place, {property(static_cast<property_id>(b.id), b.value)}), "property_out_of_range|variable_byte_integer_too_long"});
  for (const property_spec& row : property_table)
    for (const char place : places)
      if (!allowed(row, place)) all.push_back({"U5-2.2.2.2-a", v5, packet_having(place, with_method(place, {good_value(row)})), "property_not_allowed"});
  return all;
}

}  // namespace mqttspan::spec
