// The small language in which families write packets down.
#include "packet_template.hpp"

#include <gtest/gtest.h>

#include "test_vector.hpp"

namespace mqttspan::conformance {
namespace {

std::string filled(const std::string& text, const hole_values& values = {}) { return packet_template(text).fill(values).hex; }

TEST(packet_template, counts_lengths) {
  EXPECT_EQ(filled("30 ( <612f62> (23 0005) 68 )"), "300a0003612f620323000568");
  EXPECT_EQ(filled("()<>"), "000000");
  EXPECT_EQ(filled("(61*127)").substr(0, 4), "7f61");
  EXPECT_EQ(filled("(61*128)").substr(0, 6), "800161");
  EXPECT_EQ(filled("<61*256>").substr(0, 6), "010061");
}

TEST(packet_template, says_where_its_holes_are) {
  const filled_template out = packet_template("30(<{topic}> {id} {id})").fill({{"topic", "6161"}, {"id", "0007"}});
  EXPECT_EQ(out.hex, "300800026161" "00070007");
  ASSERT_EQ(out.holes.size(), 3U);
  EXPECT_EQ(out.holes[0], (std::pair<std::string, std::size_t>{"topic", 4}));
  EXPECT_EQ(out.holes[1].second, 6U);
  EXPECT_EQ(out.holes[2].second, 8U);
}

TEST(packet_template, leaves_out_what_a_flag_does_not_ask_for) {
  const packet_template bytes("{f}[f&40: <61>[f&04: 62]]");
  EXPECT_EQ(bytes.fill({{"f", "00"}}).hex, "00");
  EXPECT_EQ(bytes.fill({{"f", "04"}}).hex, "04");
  EXPECT_EQ(bytes.fill({{"f", "40"}}).hex, "40000161");
  EXPECT_EQ(bytes.fill({{"f", "44"}}).hex, "4400016162");
}

TEST(packet_template, refuses_what_it_cannot_read) {
  for (const char* text : {"3", "3x", "AB", "(00", "<00", "{a", "[f: 00]", "[f&40 00]", "00)"}) EXPECT_THROW(packet_template{text}, data_error) << text;
  EXPECT_THROW(filled("{a}"), data_error);
  EXPECT_THROW(filled("<61*65536>"), data_error);
}

TEST(packet_template, rewrites_remaining_lengths) {
  EXPECT_EQ(with_body_size("300500016100" "68", 3), "3003000161");
  EXPECT_EQ(with_body_size("c08000", 0), "c000");  // a longer form than need be becomes the shortest
  EXPECT_EQ(with_body_size("c080", 0), "");
  EXPECT_EQ(varint_hex(268'435'455), "ffffff7f");
  EXPECT_THROW(varint_hex(268'435'456), data_error);
}

}  // namespace
}  // namespace mqttspan::conformance
