// mqttspan decode on files and standard input; captures are in capture_test.cpp.
#include <gtest/gtest.h>

#include "samples.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {
namespace {

const std::string ping = "       0  →  PINGREQ\n";

TEST(decode, reads_hex_with_white_space_and_comments) {
  const finished f = run({"decode"}, "# a ping\nC0 00\n");
  EXPECT_EQ(f.out, ping);
  EXPECT_EQ(f.err, "");
  EXPECT_EQ(f.exit_code, 0);
}

TEST(decode, reads_raw_bytes) {
  const finished f = run({"decode"}, raw("c000 d000"));
  EXPECT_EQ(f.out, ping + "       2  ←  PINGRESP\n");
  EXPECT_EQ(f.exit_code, 0);
}

TEST(decode, reads_files_and_names_them_where_there_are_several) {
  const scratch_folder scratch;
  const std::string one = scratch.file("one.hex", "c000"), two = scratch.file("two.bin", raw("c000"));
  EXPECT_EQ(run({"decode", one}).out, ping);
  EXPECT_EQ(run({"decode", one, two}).out, one + "\n" + ping + two + "\n" + ping);
  EXPECT_EQ(run({"decode", one, "-"}, "c000").out, one + "\n" + ping + "standard input\n" + ping);
}

TEST(decode, takes_the_form_that_it_is_told) {
  // As raw bytes, "c000" is the packet type 6 with flags 3.
  const finished f = run({"decode", "--raw"}, "c000");
  EXPECT_EQ(f.out, "");
  EXPECT_EQ(f.exit_code, 1);
  const finished g = run({"decode", "--hex"}, raw("c000"));
  EXPECT_EQ(g.err, "mqttspan: standard input: line 1, column 1: not a hexadecimal digit\n");
  EXPECT_EQ(g.exit_code, 1);
}

TEST(decode, of_nothing_is_nothing) {
  const finished f = run({"decode"}, "");
  EXPECT_EQ(f.out + f.err, "");
  EXPECT_EQ(f.exit_code, 0);
}

TEST(decode, aligns_the_fields_of_packets) {
  const finished f =
      run({"decode"}, "1019 0004 4d515454 04 ee 003c 0001 61 0001 74 0001 00 0001 75 0001 70 20020000 30060003612f6221 820600010001 6102 e000");
  EXPECT_EQ(f.out,
            "       0  →  CONNECT      3.1.1 client_id=\"a\" clean_start keep_alive=60 user_name=\"u\" password_bytes=1 will={\"t\" qos=1 retain "
            "payload=1 00}\n"
            "      27  ←  CONNACK      0 success\n"
            "      31     PUBLISH      \"a/b\" qos=0 payload=1 \"!\"\n"
            "      39  →  SUBSCRIBE    packet_id=1 \"a\" qos=2\n"
            "      47  →  DISCONNECT\n");
  EXPECT_EQ(f.err, "");
}

TEST(decode, shows_properties_and_reasons_of_5_0) {
  const finished f =
      run({"decode", "--version", "5.0"},
          "3b0f 0003 612f62 0007 05 230005 0101 6869 400a 0007 87 06 1f0003626164 8207 0001 00 0001 61 2d 9005 0001 00 00 8f e001 8e f0 00");
  EXPECT_EQ(f.out,
            "       0     PUBLISH      \"a/b\" qos=1 packet_id=7 retain dup payload=2 \"hi\" {topic_alias=5 payload_format_indicator=1}\n"
            "      17     PUBACK       packet_id=7 0x87 not authorized {reason_string=\"bad\"}\n"
            "      29  →  SUBSCRIBE    packet_id=1 \"a\" qos=1 no_local retain_as_published retain_handling=2\n"
            "      38  ←  SUBACK       packet_id=1 0x00 granted QoS 0, 0x8f topic filter invalid\n"
            "      45     DISCONNECT   0x8e session taken over\n"
            "      48     AUTH         0x00 success\n");
  EXPECT_EQ(f.err, "");
  EXPECT_EQ(f.exit_code, 0);
}

TEST(decode, learns_the_version_from_the_connect) {
  // 90 04 is a SUBACK of two codes in 3.1.1; in 5.0 it has no properties and one code.
  const finished f = run({"decode", "--json"}, "100d 0004 4d515454 05 02 003c 00 0000 90040001 0001");
  EXPECT_NE(f.out.find(R"({"type":"suback","packet_id":1,"reason_codes":[1],"properties":[]})"), std::string::npos);
  EXPECT_EQ(f.err, "");
}

TEST(decode, says_once_that_it_had_to_guess_the_version) {
  const finished f = run({"decode", "--json"}, "c000 40020007 40020008");
  EXPECT_EQ(f.out, "{\"type\":\"pingreq\"}\n{\"type\":\"puback\",\"packet_id\":7}\n{\"type\":\"puback\",\"packet_id\":8}\n");
  EXPECT_EQ(f.err, "mqttspan: standard input: offset 2: no CONNECT names the version up to here: read as MQTT 3.1.1 (--version to choose)\n");
  EXPECT_EQ(f.exit_code, 0);
  EXPECT_EQ(run({"decode", "--version", "3.1.1"}, "40020007").err, "");
}

TEST(decode, writes_every_sample_as_json) {
  for (const sample& s : samples()) {
    const finished f = run({"decode", "--json", "--version", std::string(to_string(s.version))}, s.hex);
    EXPECT_EQ(f.out, s.json + "\n") << s.hex;
    EXPECT_EQ(f.err, "");
    EXPECT_EQ(f.exit_code, 0);
  }
}

TEST(decode, says_where_a_packet_was_seen_if_asked) {
  const finished f = run({"decode", "--json", "--context", "--from", "client"}, "c000 c000");
  EXPECT_EQ(f.out,
            "{\"input\":\"standard input\",\"sender\":\"client\",\"version\":\"3.1.1\",\"offset\":0,\"size\":2,\"packet\":{\"type\":\"pingreq\"}}\n"
            "{\"input\":\"standard input\",\"sender\":\"client\",\"version\":\"3.1.1\",\"offset\":2,\"size\":2,\"packet\":{\"type\":\"pingreq\"}}\n");
}

TEST(decode, copes_with_names_that_are_not_utf8) {
  const scratch_folder scratch;
  const finished f = run({"decode", "--json", "--context", scratch.file("\xff.hex", "c000")});
  EXPECT_NE(f.out.find("\"packet\":{\"type\":\"pingreq\"}"), std::string::npos) << f.err;
  EXPECT_EQ(f.exit_code, 0);
}

TEST(decode, prints_what_is_good_and_says_what_is_not) {
  const finished f = run({"decode", "--version", "3.1.1"}, "c000 3005 0003 612f2b c000");
  EXPECT_EQ(f.out, ping);
  EXPECT_EQ(f.err,
            "mqttspan: standard input: offset 8, packet at 2: PUBLISH byte 6: topic name has a wildcard [MQTT-3.3.2-2], MQTT 3.1.1, rule "
            "topic_name_has_wildcard\n");
  EXPECT_EQ(f.exit_code, 1);
}

TEST(decode, cites_the_statement_of_the_version) {
  const auto line = [](const std::string& version) { return run({"decode", "--version", version}, "3002 0000").err; };
  EXPECT_NE(line("3.1").find("[U31-"), std::string::npos);
  EXPECT_NE(line("3.1.1").find("[MQTT-4.7.3-1], MQTT 3.1.1"), std::string::npos);
  // A CONNECT is judged by the version it names itself: level 4 with the reserved flag. [MQTT-3.1.2-3]
  EXPECT_NE(run({"decode", "--version", "5.0"}, "100c 0004 4d515454 04 03 003c 0000").err.find("[MQTT-3.1.2-3], MQTT 3.1.1"), std::string::npos);
}

TEST(decode, says_how_much_of_the_last_packet_is_there) {
  const finished f = run({"decode"}, "c000 30 06 0003 61");
  EXPECT_EQ(f.out, ping);
  EXPECT_EQ(f.err, "mqttspan: standard input: offset 2: PUBLISH is incomplete: 5 of 8 bytes are there\n");
  EXPECT_EQ(f.exit_code, 1);
  EXPECT_EQ(run({"decode"}, "30 80").err, "mqttspan: standard input: offset 0: PUBLISH is incomplete: the input ends inside its fixed header\n");
}

TEST(decode, goes_on_with_the_next_file_after_a_bad_one) {
  const scratch_folder scratch;
  const std::string bad = scratch.file("bad.hex", "0000"), good = scratch.file("good.hex", "c000");
  const finished f = run({"decode", bad, good});
  EXPECT_EQ(f.out, bad + "\n" + good + "\n" + ping);
  EXPECT_EQ(f.exit_code, 1);
  EXPECT_EQ(f.err.find("mqttspan: " + bad + ": offset 0, packet at 0: packet byte 0: packet type is reserved"), 0u) << f.err;
}

TEST(decode, checks_the_direction_where_it_is_told) {
  const std::string connack = "20020000";
  EXPECT_EQ(run({"decode", "--from", "server"}, connack).exit_code, 0);
  const finished f = run({"decode", "--from", "client", "--version", "3.1.1"}, connack);
  EXPECT_EQ(f.exit_code, 1);
  EXPECT_NE(f.err.find("rule packet_from_wrong_side"), std::string::npos);
}

TEST(decode, forgives_and_refuses_by_name) {
  const std::string dup = "3805 0001 61 6869";
  EXPECT_EQ(run({"decode", "--version", "3.1.1"}, dup).exit_code, 1);
  EXPECT_EQ(run({"decode", "--version", "3.1.1", "--allow", "ill_formed_utf8,dup_with_qos_0"}, dup).exit_code, 0);
  const std::string control = "3005 0003 610162";
  EXPECT_EQ(run({"decode", "--version", "3.1.1"}, control).exit_code, 0);
  EXPECT_EQ(run({"decode", "--version", "3.1.1", "--reject", "control_characters"}, control).exit_code, 1);
}

TEST(decode, keeps_to_limits) {
  const std::string publish = "3007 0005 612f622f63";
  EXPECT_EQ(run({"decode", "--version", "3.1.1", "--max-packet-size", "9", "--max-topic-levels", "3"}, publish).exit_code, 0);
  EXPECT_NE(run({"decode", "--version", "3.1.1", "--max-packet-size", "8"}, publish).err.find("rule packet_too_large"), std::string::npos);
  EXPECT_NE(run({"decode", "--version", "3.1.1", "--max-topic-levels", "2"}, publish).err.find("rule too_many_topic_levels"), std::string::npos);
  EXPECT_NE(
      run({"decode", "--version", "3.1.1", "--max-topic-filters", "1"}, "820a 0001 0001 61 00 0001 62 00").err.find("rule too_many_topic_filters"),
      std::string::npos);
  const std::string properties = "3012 0001 61 0e 260001610001 62 260001610001 62";
  EXPECT_EQ(run({"decode", "--version", "5.0", "--max-user-properties", "2"}, properties).exit_code, 0);
  EXPECT_NE(run({"decode", "--version", "5.0", "--max-user-properties", "1"}, properties).err.find("rule too_many_user_properties"),
            std::string::npos);
}

TEST(decode, lets_no_packet_speak_to_the_terminal) {
  // Topic ESC [ 2 J, payload BEL: 3.1 forbids neither.
  const finished f = run({"decode", "--version", "3.1"}, "3007 0004 1b5b324a 07");
  EXPECT_EQ(f.out, "       0     PUBLISH      \"\\x1b[2J\" qos=0 payload=1 07\n");
}

TEST(decode, colours_on_a_terminal_only_and_not_against_no_color) {
  const scratch_folder scratch;
  const std::string file = scratch.file("ping.hex", "c000");
  EXPECT_EQ(run({"decode", file}).out.find('\x1b'), std::string::npos);
  EXPECT_NE(run_on_terminal({"decode", file}, {}).out.find("\x1b["), std::string::npos);
  EXPECT_NE(run_on_terminal({"decode", file}, {"NO_COLOR="}).out.find("\x1b["), std::string::npos);  // empty means unset
  const finished plain = run_on_terminal({"decode", file}, {"NO_COLOR=1"});
  EXPECT_EQ(plain.out, "       0  →  PINGREQ\r\n");
  EXPECT_EQ(run_on_terminal({"decode", file}, {"TERM=dumb"}).out, plain.out);
}

TEST(decode, ends_quietly_when_nobody_reads_on) {
  const scratch_folder scratch;
  std::string pings;
  for (int i = 0; i < 200'000; ++i) pings += "c000";
  scratch.file("many.hex", pings);
  const finished f = shell("mqttspan decode many.hex | head -n 1", scratch.path());
  EXPECT_EQ(f.out, ping);
  EXPECT_EQ(f.err, "");
  const finished ignored = shell("trap '' PIPE; mqttspan decode many.hex | head -n 1", scratch.path());
  EXPECT_EQ(ignored.out, ping);
  EXPECT_EQ(ignored.err, "");
}

TEST(decode, complains_when_its_output_cannot_be_written) {
  const scratch_folder scratch;
  scratch.file("ping.hex", "c000");
  const finished f = shell("mqttspan decode ping.hex > /dev/full", scratch.path());
  EXPECT_EQ(f.exit_code, 1);
  EXPECT_EQ(f.err.find("mqttspan: standard output: "), 0u);
}

TEST(usage, is_exit_code_2) {
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"decod"}).exit_code, 2);
  EXPECT_EQ(run({"decode", "--nonsense"}).exit_code, 2);
  EXPECT_EQ(run({"decode", "--version", "4"}).exit_code, 2);
  EXPECT_EQ(run({"decode", "--from", "broker"}).exit_code, 2);
  EXPECT_EQ(run({"decode", "--hex", "--raw"}).exit_code, 2);
  EXPECT_EQ(run({"decode", "--context"}).exit_code, 2);
  EXPECT_EQ(run({"decode", "--max-packet-size", "many"}).exit_code, 2);
  EXPECT_EQ(run({"encode", "--hex", "--raw"}).exit_code, 2);
}

TEST(usage, errors_take_one_clear_line) {
  const finished missing = run({"decode", "/nowhere/at/all"});
  EXPECT_EQ(missing.err, "mqttspan: /nowhere/at/all: No such file or directory\n");
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_EQ(run({"decode", "/"}).exit_code, 2);
  const finished name = run({"decode", "--allow", "everything"}, "c000");
  EXPECT_EQ(name.err.find("mqttspan: --allow does not know \"everything\"; it knows bridge_levels, "), 0u) << name.err;
  EXPECT_EQ(name.out, "");
  EXPECT_EQ(name.exit_code, 2);
}

}  // namespace
}  // namespace mqttspan::test
