// Ill-formed and well-formed UTF-8 in every string field: 55 fields in 5.0, 7 in 3.1.1. 3.1 has no rule.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <mqttspan/codec/utf8.hpp>

#include "spec_property_table.hpp"

namespace mqttspan::spec {
namespace {

// Unicode 15, table 3-7: none of these is a row of it. Each begins with the ill-formed sequence.
constexpr std::pair<const char*, const char*> ill_formed[] = {
    {"lone first continuation", "80"},
    {"lone last continuation", "BF"},
    {"overlong null", "C0 80"},
    {"overlong of two bytes", "C1 BF"},
    {"smallest overlong of three bytes", "E0 80 80"},
    {"largest overlong of three bytes", "E0 9F BF"},
    {"smallest overlong of four bytes", "F0 80 80 80"},
    {"largest overlong of four bytes", "F0 8F BF BF"},
    {"first surrogate", "ED A0 80"},
    {"last surrogate", "ED BF BF"},
    {"surrogate pair", "ED A0 81 ED B0 80"},
    {"first above U+10FFFF", "F4 90 80 80"},
    {"lead byte F5", "F5 80 80 80"},
    {"lead byte of five", "F8 88 80 80 80"},
    {"lead byte of six", "FC 84 80 80 80 80"},
    {"byte FE", "FE"},
    {"byte FF", "FF"},
    {"two bytes, cut", "C3"},
    {"three bytes, cut to two", "E2 82"},
    {"three bytes, cut to one", "E2"},
    {"four bytes, cut to three", "F0 9F 98"},
    {"four bytes, cut to two", "F0 9F"},
    {"two bytes, the second ASCII", "C3 28"},
    {"three bytes, the third ASCII", "E2 82 28"},
    {"four bytes, the fourth ASCII", "F0 9F 98 28"},
    {"three bytes, the second a lead", "E2 C3 A9"},
};

constexpr std::pair<const char*, const char*> well_formed[] = {
    {"U+007F", "7F"},
    {"U+0080", "C2 80"},
    {"U+07FF", "DF BF"},
    {"U+0800", "E0 A0 80"},
    {"U+D7FF", "ED 9F BF"},
    {"U+E000", "EE 80 80"},
    {"U+FEFF", "EF BB BF"},
    {"U+FFFF", "EF BF BF"},
    {"U+10000", "F0 90 80 80"},
    {"U+10FFFF", "F4 8F BF BF"},
};

struct made {
  bytes wire;
  std::size_t text_at;  // where the field's own bytes begin
};
struct field {
  std::string name;
  std::function<made(const bytes&)> with;
};

// Finds the marked text again: a field's offset needs no arithmetic.
made found(const bytes& wire, const bytes& text) { return {wire, wire.find(str(text)) + 2}; }

bytes connect_of(protocol_version version, const bytes& name, const bytes& client_id, const bytes& topic, const bytes& user) {
  const bool v5 = version == protocol_version::v5;
  const bytes none = v5 ? u8(0) : bytes();
  const bytes level = u8(version == protocol_version::v3_1 ? 3 : v5 ? 5 : 4);
  return packet_of(0x10, str(name) + level + hex("86 003C") + none + str(client_id) + none + str(topic) + str("p") + str(user));
}

std::vector<field> packet_fields(protocol_version version) {
  const bytes none = version == protocol_version::v5 ? u8(0) : bytes();
  const bytes name = version == protocol_version::v3_1 ? "MQIsdp" : "MQTT";
  std::vector<field> fields;
  fields.push_back({"client id", [=](const bytes& t) { return found(connect_of(version, name, t, "t", "u"), t); }});
  fields.push_back({"will topic", [=](const bytes& t) { return found(connect_of(version, name, "a", t, "u"), t); }});
  fields.push_back({"user name", [=](const bytes& t) { return found(connect_of(version, name, "a", "t", t), t); }});
  fields.push_back({"topic name", [=](const bytes& t) { return found(packet_of(0x30, str(t) + none + "p"), t); }});
  fields.push_back({"topic filter of SUBSCRIBE", [=](const bytes& t) { return found(packet_of(0x82, u16(1) + none + str("f") + u8(0) + str(t) + u8(0)), t); }});
  fields.push_back({"topic filter of UNSUBSCRIBE", [=](const bytes& t) { return found(packet_of(0xA2, u16(1) + none + str("f") + str(t)), t); }});
  return fields;
}

std::vector<field> property_fields() {
  std::vector<field> fields;
  for (const property_spec& row : property_table)
    for (const char place : places) {
      if (!allowed(row, place)) continue;
      const unsigned id = row.id;
      const std::string name = std::string(row.name) + " in " + place;
      if (row.type == 's') fields.push_back({name, [=](const bytes& t) { return found(packet_with(place, u8(id) + str(t)).wire, t); }});
      if (row.type != 'p') continue;
      fields.push_back({name + ", name", [=](const bytes& t) { return found(packet_with(place, u8(id) + str(t) + str("v")).wire, t); }});
      fields.push_back({name + ", value", [=](const bytes& t) { return found(packet_with(place, u8(id) + str("n") + str(t)).wire, t); }});
    }
  return fields;
}

std::vector<field> all_fields(protocol_version version) {
  std::vector<field> fields = packet_fields(version);
  if (version == protocol_version::v5)
    for (field& each : property_fields()) fields.push_back(std::move(each));
  return fields;
}

void expect_ill_formed(const field& f, protocol_version version, const char* what, const bytes& before, const bytes& wrong, const bytes& after) {
  const made m = f.with(before + wrong + after);
  EXPECT_EQ(verdict(m.wire, version), "utf8_ill_formed@" + std::to_string(m.text_at + before.size())) << f.name << ": " << what << " behind " << before.size();
  EXPECT_EQ(verdict(m.wire, version, {.allow = leniency::ill_formed_utf8}), "ok") << f.name << ": " << what;
}

TEST(spec_utf8, there_are_55_string_fields_in_5_0_and_7_in_3_1_1) {  // the seventh, and the 55th, is the protocol name
  EXPECT_EQ(all_fields(protocol_version::v3_1_1).size() + 1, 7U);
  EXPECT_EQ(all_fields(protocol_version::v5).size() + 1, 55U);
}

TEST(spec_utf8, every_ill_formed_class_is_refused_in_every_field) {
  for (const protocol_version version : {protocol_version::v3_1_1, protocol_version::v5})
    for (const field& f : all_fields(version))
      for (const auto& [what, wrong] : ill_formed) {
        expect_ill_formed(f, version, what, "", hex(wrong), "");
        expect_ill_formed(f, version, what, "abc", hex(wrong), "");
        expect_ill_formed(f, version, what, bytes(40, 'a'), hex(wrong), bytes(40, 'b'));  // in the middle of what a wide scan reads at once
        expect_ill_formed(f, version, what, hex("E2 82 AC"), hex(wrong), "z");
      }
}

TEST(spec_utf8, well_formed_text_arrives_untouched_in_every_field) {
  for (const protocol_version version : {protocol_version::v3_1_1, protocol_version::v5})
    for (const field& f : all_fields(version))
      for (const auto& [what, text] : well_formed) {
        EXPECT_EQ(verdict(f.with("a" + hex(text) + "b").wire, version), "ok") << f.name << ": " << what;
        EXPECT_EQ(verdict(f.with(hex(text)).wire, version), "ok") << f.name << ": " << what;
      }
}

TEST(spec_utf8, the_null_character_is_refused_in_every_field) {
  for (const protocol_version version : {protocol_version::v3_1_1, protocol_version::v5})
    for (const field& f : all_fields(version))
      for (const std::size_t before : {std::size_t{0}, std::size_t{1}, std::size_t{33}}) {
        const made m = f.with(bytes(before, 'a') + bytes(1, '\0') + "b");
        EXPECT_EQ(verdict(m.wire, version), "utf8_has_null@" + std::to_string(m.text_at + before)) << f.name;
        EXPECT_EQ(verdict(m.wire, version, {.allow = leniency::ill_formed_utf8}), "utf8_has_null@" + std::to_string(m.text_at + before)) << f.name;
      }
}

TEST(spec_utf8, the_protocol_name_must_be_a_string_too) {
  for (const protocol_version version : {protocol_version::v3_1_1, protocol_version::v5})
    for (const auto& [what, wrong] : ill_formed) {
      const std::string got = verdict(connect_of(version, "MQ" + hex(wrong), "a", "t", "u"), version);
      EXPECT_TRUE(got == "utf8_ill_formed@6" || got == "protocol_name_unknown@2") << what << ": " << got;  // either is the truth
    }
}

TEST(spec_utf8, control_characters_and_noncharacters_are_refused_only_where_asked_for) {  // policy: U5-1.5.4-c, U311-1.5.3-b
  for (const protocol_version version : {protocol_version::v3_1_1, protocol_version::v5})
    for (const field& f : all_fields(version)) {
      for (const char* control : {"01", "1F", "7F", "C2 80", "C2 9F"}) {
        const made m = f.with("ab" + hex(control));
        EXPECT_EQ(verdict(m.wire, version), "ok") << f.name;
        EXPECT_EQ(verdict(m.wire, version, {.reject = strictness::control_characters}), "utf8_has_control_character@" + std::to_string(m.text_at + 2)) << f.name << " " << control;
      }
      for (const char* noncharacter : {"EF B7 90", "EF B7 AF", "EF BF BE", "EF BF BF", "F0 9F BF BE", "F4 8F BF BF"}) {
        const made m = f.with("ab" + hex(noncharacter));
        EXPECT_EQ(verdict(m.wire, version), "ok") << f.name;
        EXPECT_EQ(verdict(m.wire, version, {.reject = strictness::noncharacters}), "utf8_has_noncharacter@" + std::to_string(m.text_at + 2)) << f.name << " " << noncharacter;
      }
      for (const char* neighbour : {"20", "7E", "C2 A0", "EF B7 8F", "EF B7 B0", "EF BF BD", "F0 90 80 80"})
        EXPECT_EQ(verdict(f.with("ab" + hex(neighbour)).wire, version, {.reject = strictness::control_characters | strictness::noncharacters}), "ok") << f.name << " " << neighbour;
    }
}

TEST(spec_utf8, v3_1_has_no_rule_but_for_null_in_topics) {  // U31-2.5-a, U31-A-b
  for (const field& f : packet_fields(protocol_version::v3_1)) {
    const bool is_topic = f.name.find("topic") != std::string::npos;
    for (const auto& [what, wrong] : ill_formed) {
      const made m = f.with("abc" + hex(wrong) + "z");
      const bool null = is_topic && std::string_view(wrong) == "C0 80";  // how Java's writeUTF spells it
      EXPECT_EQ(verdict(m.wire, protocol_version::v3_1), null ? "utf8_has_null@" + std::to_string(m.text_at + 3) : "ok") << f.name << ": " << what;
      EXPECT_EQ(verdict(m.wire, protocol_version::v3_1, {.reject = strictness::v3_1_as_v3_1_1}), "utf8_ill_formed@" + std::to_string(m.text_at + 3)) << f.name << ": " << what;
    }
    const made m = f.with("a" + bytes(1, '\0') + "b");
    EXPECT_EQ(verdict(m.wire, protocol_version::v3_1), is_topic ? "utf8_has_null@" + std::to_string(m.text_at + 1) : "ok") << f.name;
  }
}

// The function against Unicode's table 3-7 by brute force: every code point's encoding, and every one- and two-byte string.
TEST(spec_utf8, every_code_point_is_well_formed_but_surrogates) {
  unsigned wrong = 0;
  for (std::uint32_t point = 0; point < 0x11'0000; ++point) {
    bytes text;
    if (point < 0x80) text = u8(point);
    else if (point < 0x800) text = u8(0xC0 | point >> 6) + u8(0x80 | (point & 63));
    else if (point < 0x1'0000) text = u8(0xE0 | point >> 12) + u8(0x80 | (point >> 6 & 63)) + u8(0x80 | (point & 63));
    else text = u8(0xF0 | point >> 18) + u8(0x80 | (point >> 12 & 63)) + u8(0x80 | (point >> 6 & 63)) + u8(0x80 | (point & 63));
    wrong += is_well_formed_utf8(text) != (point < 0xD800 || point > 0xDFFF);
  }
  EXPECT_EQ(wrong, 0U);
  unsigned good = 0;
  for (unsigned word = 0; word < 0x1'0000; ++word) good += is_well_formed_utf8(u16(word));
  EXPECT_EQ(good, 128U * 128 + 30 * 64);  // two of ASCII, or C2..DF and a continuation
}

}  // namespace
}  // namespace mqttspan::spec
