// mqttspan explain: that no byte is left out or told twice, and what is said about good and bad packets.
#include <gtest/gtest.h>

#include <sstream>

#include "capture_writer.hpp"
#include "dissect.hpp"
#include "samples.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {
namespace {

constexpr protocol_version versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};

// Whether the rows with bytes follow one another from 0 to the end.
bool covers_all(bytes_view bytes, protocol_version version) {
  std::size_t next = 0;
  for (const dissected& row : dissect(bytes, version)) {
    if (row.size == 0) continue;
    if (row.offset != next) return false;
    next += row.size;
  }
  return next == bytes.size();
}

// The bytes that a page shows: of the lines that begin with an offset, the digits in the columns behind it.
std::string shown_hex(const std::string& page) {
  std::string hex;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() < 9 || line.substr(6, 2) != "  " || line[5] < '0' || line[5] > '9') continue;
    for (const char c : line.substr(8, 24))
      if (c != ' ') hex += c;
  }
  return hex;
}

std::vector<sample> all_samples() {
  std::vector<sample> all = samples();
  all.insert(all.end(), odd_samples().begin(), odd_samples().end());
  return all;
}

std::string without_spaces(std::string hex) {
  std::erase(hex, ' ');
  return hex;
}

TEST(dissect, covers_every_byte_of_every_sample_once) {
  for (const sample& s : all_samples())
    for (const protocol_version v : versions) EXPECT_TRUE(covers_all(as_bytes(raw(s.hex)), v)) << s.hex;
}

TEST(dissect, covers_every_byte_of_every_prefix_once) {
  for (const sample& s : all_samples()) {
    const std::string bytes = raw(s.hex);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      for (const protocol_version v : versions) EXPECT_TRUE(covers_all(as_bytes(bytes.substr(0, size)), v)) << s.hex << " cut to " << size;
  }
}

TEST(dissect, covers_every_byte_of_every_change_of_one_byte) {
  for (const sample& s : all_samples()) {
    const std::string bytes = raw(s.hex);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      for (unsigned value = 0; value < 256; value += 5) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(value);
        EXPECT_TRUE(covers_all(as_bytes(changed), s.version)) << s.hex << " with " << value << " at " << i;
      }
  }
}

TEST(dissect, leaves_nothing_unexplained_in_good_packets) {
  for (const sample& s : samples()) {
    for (const dissected& row : dissect(as_bytes(raw(s.hex)), s.version)) {
      EXPECT_NE(row.field, "not explained") << s.hex;
      EXPECT_NE(row.field, "left over") << s.hex;
    }
  }
}

TEST(explain, shows_every_byte_of_every_sample) {
  for (const sample& s : all_samples()) {
    const finished f = run({"explain", "--version", std::string(to_string(s.version))}, s.hex);
    EXPECT_EQ(shown_hex(f.out), without_spaces(s.hex)) << f.out;
  }
}

TEST(explain, shows_every_byte_of_a_long_payload) {
  std::string payload;
  for (int i = 0; i < 1000; ++i) payload += static_cast<char>(i);
  const std::string packet = raw("30 eb07 0001 61") + payload;  // 1003 = 0x6b + 7 * 128
  const finished f = run({"explain", "--raw", "--version", "3.1.1"}, packet);
  EXPECT_EQ(f.exit_code, 0);
  EXPECT_EQ(raw(shown_hex(f.out)), packet);
}

TEST(explain, names_fields_values_and_bits) {
  const finished f = run({"explain", "--version", "3.1.1"}, "3d 07 0001 61 0007 6869");
  EXPECT_EQ(f.out,
            "PUBLISH, MQTT 3.1.1, 9 bytes at offset 0\n"
            "     0  3d                      type and flags: PUBLISH\n"
            "                                  0011 ....  packet type: 3, PUBLISH\n"
            "                                  .... 1...  DUP: 1, sent before\n"
            "                                  .... .10.  QoS: 2, exactly once\n"
            "                                  .... ...1  RETAIN: 1, yes\n"
            "     1  07                      remaining length: 7\n"
            "     2  00 01                   topic name length: 1\n"
            "     4  61                      topic name: \"a\"\n"
            "     5  00 07                   packet identifier: 7\n"
            "     7  68 69                   payload: 2 bytes, \"hi\"\n");
  EXPECT_EQ(f.err, "");
}

TEST(explain, takes_options_and_properties_apart) {
  const finished f = run({"explain", "--version", "5.0"}, "82 0a 0001 02 0b05 0002 612f 2d");
  EXPECT_NE(f.out.find("     4  02                      property length: 2\n"
                       "     5  0b                        property: 0x0b, subscription_identifier, variable byte integer\n"
                       "     6  05                          value: 5\n"
                       "                                subscription 1\n"
                       "     7  00 02                     topic filter length: 2\n"
                       "     9  61 2f                     topic filter: \"a/\"\n"
                       "    11  2d                        subscription options: 45\n"
                       "                                    00.. ....  reserved: 0, must be 0\n"
                       "                                    ..10 ....  retain handling: 2, do not send them\n"
                       "                                    .... 1...  retain as published: 1, yes\n"
                       "                                    .... .1..  no local: 1, yes\n"
                       "                                    .... ..01  maximum QoS: 1, at least once\n"),
            std::string::npos)
      << f.out;
}

TEST(explain, says_reason_codes_in_words_and_what_was_left_out) {
  const finished f = run({"explain", "--version", "5.0"}, "40020007 4003000787");
  EXPECT_NE(f.out.find("reason code and properties: left out: 0x00, success, no properties\n"), std::string::npos) << f.out;
  EXPECT_NE(f.out.find("     4  87                      reason code: 0x87, not authorized\n"), std::string::npos) << f.out;
}

TEST(explain, marks_the_wrong_byte_and_says_what_to_answer) {
  const finished f = run({"explain", "--version", "5.0", "--from", "client"}, "30 06 0003 612f2b 00");
  EXPECT_NE(f.out.find("     2  00 03                   topic name length: 3\n"
                       "     4  61 2f 2b                topic name: \"a/+\"\n"
                       "              ^^                byte 6: topic name has a wildcard\n"
                       "     7  00                      property length: 0\n"
                       "                                payload: empty\n"
                       "  class      malformed\n"
                       "  rule       topic_name_has_wildcard: topic name has a wildcard\n"
                       "  statement  MQTT-3.3.2-2 of MQTT 5.0\n"
                       "  answer     the server: send DISCONNECT with 0x81 malformed packet, then close\n"
                       "             e0 01 81\n"),
            std::string::npos)
      << f.out;
  EXPECT_EQ(f.err,
            "mqttspan: standard input: offset 6, packet at 0: PUBLISH byte 6: topic name has a wildcard [MQTT-3.3.2-2], MQTT 5.0, rule "
            "topic_name_has_wildcard\n");
  EXPECT_EQ(f.exit_code, 1);
}

TEST(explain, marks_a_wrong_byte_on_any_line_of_a_long_field) {
  // Ten letters, then '#': byte 14 stands seventh on the second line of eight.
  const finished f = run({"explain", "--version", "3.1.1"}, "30 0d 000b 6162636465666768696a 23");
  EXPECT_NE(f.out.find("    12  69 6a 23\n"
                       "              ^^                byte 14: topic name has a wildcard\n"),
            std::string::npos)
      << f.out;
}

TEST(explain, knows_that_3_x_can_only_close) {
  const finished f = run({"explain", "--version", "3.1.1"}, "30 05 0003 612f2b");
  EXPECT_NE(f.out.find("  answer     the receiver: close the connection without a word\n"), std::string::npos) << f.out;
}

TEST(explain, answers_a_bad_connect_in_the_words_of_its_version) {
  // Level 2 is nobody's: return code 1. [3.1.1/MQTT-3.1.2-2]
  const finished level = run({"explain"}, "100c 0004 4d515454 02 02 003c 0000");
  EXPECT_NE(level.out.find("     8  02                      protocol level: 2, unknown\n        ^^                      byte 8: "), std::string::npos)
      << level.out;
  EXPECT_NE(level.out.find("the server: send CONNACK with return code 1 unsupported protocol version, then close\n             20 02 00 01\n"),
            std::string::npos)
      << level.out;
  // A level above 5 is answered as 5.0 answers: 0x84. [5.0/MQTT-3.1.2-2]
  const finished newer = run({"explain"}, "100c 0004 4d515454 09 02 003c 0000");
  EXPECT_NE(newer.out.find("send CONNACK with 0x84 unsupported protocol version, then close\n             20 03 00 84 00\n"), std::string::npos)
      << newer.out;
  // An empty client identifier without clean session: return code 2. [3.1.1/MQTT-3.1.3-8]
  const finished id = run({"explain"}, "100c 0004 4d515454 04 00 003c 0000");
  EXPECT_NE(id.out.find("             20 02 00 02\n"), std::string::npos) << id.out;
  // A reserved flag in 5.0: CONNACK with 0x81.
  const finished flag = run({"explain"}, "100d 0004 4d515454 05 03 003c 00 0000");
  EXPECT_NE(flag.out.find("send CONNACK with 0x81 malformed packet, then close\n             20 03 00 81 00\n"), std::string::npos) << flag.out;
}

TEST(explain, gives_the_property_s_own_statement) {
  // Receive Maximum twice in CONNECT: U5-3.1.2.11.3-a.
  const finished f = run({"explain"}, "1013 0004 4d515454 05 02 003c 06 210001 210001 0000");
  EXPECT_NE(f.out.find("  statement  U5-3.1.2.11.3-a of MQTT 5.0, a sentence without a number of its own\n"), std::string::npos) << f.out;
  EXPECT_NE(f.out.find("    16  21                        property: 0x21, receive_maximum, two byte integer\n        ^^                      byte "
                       "16: property is there twice\n"),
            std::string::npos)
      << f.out;
}

TEST(explain, marks_what_is_missing) {
  // QoS 1 and nothing behind the topic.
  const finished f = run({"explain", "--version", "3.1.1"}, "32 03 0001 61");
  EXPECT_NE(f.out.find("     4  61                      topic name: \"a\"\n"
                       "                                packet identifier: missing\n"
                       "        ^^                      byte 5: field runs past the end of the packet\n"),
            std::string::npos)
      << f.out;
  EXPECT_EQ(f.exit_code, 1);
}

TEST(explain, goes_no_further_than_the_structure) {
  const finished f = run({"explain", "--version", "5.0"}, "30 09 0001 61 05 99 00000000");
  EXPECT_NE(f.out.find("     6  99 00                     property: 0x19, unknown in 2 bytes\n"
                       "        ^^                      byte 6: variable byte integer is longer than it need be\n"
                       "     8  00 00 00                not explained: 3 bytes\n"),
            std::string::npos)
      << f.out;
}

TEST(explain, keeps_to_the_bad_packet) {
  const finished type = run({"explain"}, "00 02 ffff c000 c000");
  EXPECT_EQ(shown_hex(type.out), "0002ffff") << type.out;
  std::string flood = raw("30 ff ff ff ff ff");
  flood.resize(1000, '\xff');
  const finished length = run({"explain", "--version", "3.1.1", "--raw"}, flood);
  EXPECT_EQ(shown_hex(length.out), "30" + std::string(30, 'f')) << length.out;
  EXPECT_NE(length.out.find("remaining length: longer than four bytes\n"), std::string::npos) << length.out;
}

TEST(explain, shows_what_there_is_of_an_incomplete_packet) {
  const finished f = run({"explain", "--version", "3.1.1"}, "30 06 0003 61");
  EXPECT_NE(f.out.find("     1  06                      remaining length: 6: the packet is cut, 3 of these bytes are there\n"), std::string::npos)
      << f.out;
  EXPECT_NE(f.out.find("     4  61                      topic name: cut: 1 of 3 bytes\n"), std::string::npos) << f.out;
  EXPECT_NE(f.out.find("  incomplete the packet goes on behind the end of the input\n"), std::string::npos) << f.out;
  EXPECT_EQ(f.err, "mqttspan: standard input: offset 0: PUBLISH is incomplete: 5 of 8 bytes are there\n");
  EXPECT_EQ(f.exit_code, 1);
}

TEST(explain, knows_phase_and_sides_in_captures) {
  // A server that answers CONNECT with a PUBLISH that is bad: the client may say so, having sent CONNECT.
  talk t(client_4, server_4);
  std::vector<segment> segments = t.open();
  segments.push_back(t.client(raw("100d 0004 4d515454 05 02 003c 00 0000")));
  segments.push_back(t.server(raw("2003 00 00 00")));
  segments.push_back(t.client(raw("c001 00")));
  const finished f = run({"explain"}, ethernet_pcap(segments));
  EXPECT_NE(f.out.find("CONNECT, MQTT 5.0, 15 bytes at offset 0, from the client →, connection 1\n"), std::string::npos) << f.out;
  EXPECT_NE(f.out.find("  answer     the server: send DISCONNECT with 0x81 malformed packet, then close\n             e0 01 81\n"), std::string::npos)
      << f.out;
}

TEST(explain, separates_packets_by_an_empty_line) {
  const finished f = run({"explain"}, "c000 d000");
  EXPECT_NE(f.out.find("remaining length: 0\n\nPINGRESP, MQTT 3.1.1, 2 bytes at offset 2, from the server ←\n"), std::string::npos) << f.out;
}

}  // namespace
}  // namespace mqttspan::test
