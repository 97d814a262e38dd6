// mqttspan encode, and its round trip with decode.
#include <gtest/gtest.h>

#include "samples.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {
namespace {

std::string without_spaces(std::string hex) {
  std::erase(hex, ' ');
  return hex;
}

TEST(encode, writes_every_sample) {
  for (const sample& s : samples()) {
    const std::string version(to_string(s.version));
    EXPECT_EQ(run({"encode", "--version", version, "--hex"}, s.json).out, without_spaces(s.hex) + "\n");
    EXPECT_EQ(run({"encode", "--version", version}, s.json).out, raw(s.hex));
  }
}

TEST(encode, undoes_decode) {
  for (const protocol_version version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) {
    std::string stream;
    for (const sample& s : samples())
      if (s.version == version) stream += raw(s.hex);
    const std::string name(to_string(version));
    const finished json = run({"decode", "--json", "--raw", "--version", name}, stream);
    EXPECT_EQ(json.exit_code, 0);
    EXPECT_EQ(run({"encode", "--version", name}, json.out).out, stream);
  }
}

TEST(encode, learns_the_version_from_connect) {
  const std::string connect = R"({"type":"connect","version":"5.0"})", puback = R"({"type":"puback","packet_id":7,"reason_code":16})";
  EXPECT_EQ(run({"encode", "--hex"}, connect + "\n" + puback).out, "100d00044d5154540502003c000000\n4003000710\n");
  const finished f = run({"encode", "--hex"}, puback);
  EXPECT_EQ(f.exit_code, 1);
  EXPECT_NE(f.err.find("rule field_not_in_version (no CONNECT names the version up to here: --version to choose)"), std::string::npos) << f.err;
}

TEST(encode, reads_objects_over_several_lines_and_files) {
  const scratch_folder scratch;
  const std::string file = scratch.file("p.json", "{\n  \"type\": \"publish\",\n  \"topic\": \"a\"\n}\n{\"type\":\"pingreq\"}");
  EXPECT_EQ(run({"encode", "--hex", file}).out, "3003000161\nc000\n");
}

TEST(encode, writes_digits_on_a_terminal) {
  const scratch_folder scratch;
  const std::string file = scratch.file("p.json", "{\"type\":\"pingreq\"}");
  EXPECT_EQ(run_on_terminal({"encode", file}, {}).out, "c000\r\n");
}

TEST(encode, spells_out_short_forms_if_asked) {
  EXPECT_EQ(run({"encode", "--version", "5.0", "--hex", "--spell-out"}, R"({"type":"puback","packet_id":7})").out,
            "4004000700"
            "00\n");
}

TEST(encode, keeps_the_packets_before_a_bad_one_and_names_line_and_path) {
  const finished f = run({"encode", "--hex"}, "{\"type\":\"pingreq\"}\n\n{\"type\":\"publish\",\"topic\":\"a\",\"qos\":5}\n{\"type\":\"pingreq\"}\n");
  EXPECT_EQ(f.out, "c000\n");
  EXPECT_EQ(f.err, "mqttspan: standard input: line 3: /qos must be a whole number from 0 to 2\n");
  EXPECT_EQ(f.exit_code, 1);
}

TEST(encode, says_what_is_wrong) {
  const auto complaint = [](const std::string& input) { return run({"encode", "--version", "3.1.1"}, input).err; };
  EXPECT_EQ(complaint(R"({"type":"publish","topic":"a/+"})"),
            "mqttspan: standard input: line 1: PUBLISH byte 6: topic name has a wildcard [MQTT-3.3.2-2], MQTT 3.1.1, rule topic_name_has_wildcard\n");
  EXPECT_EQ(complaint(R"({"type":"pingreq","x":1})"), "mqttspan: standard input: line 1: /x is not a field of this packet\n");
  EXPECT_EQ(complaint("[1]"), "mqttspan: standard input: line 1: the packet must be an object\n");
  EXPECT_EQ(complaint("{\"type\":").find("mqttspan: standard input: line 1: not JSON: "), 0u);
  EXPECT_EQ(complaint(R"({"type":"pingreq","type":"pingreq"})"), "mqttspan: standard input: line 1: not JSON: the key \"type\" is there twice\n");
}

TEST(encode, knows_the_sender_and_leniencies) {
  const std::string dup = R"({"type":"publish","topic":"a","dup":true})";
  EXPECT_EQ(run({"encode", "--version", "3.1.1"}, dup).exit_code, 1);
  EXPECT_EQ(run({"encode", "--version", "3.1.1", "--allow", "dup_with_qos_0", "--hex"}, dup).out, "3803000161\n");
  EXPECT_EQ(run({"encode", "--from", "server"}, R"({"type":"pingreq"})").exit_code, 1);
}

TEST(encode, of_nothing_is_nothing) {
  const finished f = run({"encode"}, "\n");
  EXPECT_EQ(f.out + f.err, "");
  EXPECT_EQ(f.exit_code, 0);
}

}  // namespace
}  // namespace mqttspan::test
