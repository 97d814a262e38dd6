// mqttspan decode on captures that are written here byte by byte.
#include "capture.hpp"

#include <gtest/gtest.h>

#include "capture_writer.hpp"
#include "samples.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {
namespace {

const std::string connect_5 = raw("100e 0004 4d515454 05 02 003c 00 0001 61");
const std::string connect_3_1_1 = raw("100d 0004 4d515454 04 02 003c 0001 62");
const std::string connack_5 = raw("2003 00 00 00");
const std::string connack_3 = raw("2002 0000");
const std::string ping = raw("c000");
const std::string ping_answer = raw("d000");

std::vector<segment> operator+(std::vector<segment> all, const std::vector<segment>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// What decode makes of a capture: file name out of the way.
struct outcome {
  std::string out, err;
  int exit_code;
};
outcome decode(const std::string& capture, std::vector<std::string> options = {}) {
  options.insert(options.begin(), "decode");
  finished f = run(options, capture);
  const std::string name = "mqttspan: standard input: ";
  for (std::size_t at = 0; (at = f.err.find(name, at)) != std::string::npos;) f.err.erase(at, name.size());
  return {f.out, f.err, f.exit_code};
}

// The JSON of a short session between these two.
const char* const session_json =
    "{\"type\":\"connect\",\"version\":\"5.0\",\"clean_start\":true,\"keep_alive\":60,\"client_id\":\"a\",\"properties\":[]}\n"
    "{\"type\":\"connack\",\"session_present\":false,\"reason_code\":0,\"properties\":[]}\n"
    "{\"type\":\"pingreq\"}\n"
    "{\"type\":\"pingresp\"}\n";

std::vector<segment> session(const host& client, const host& server) {
  talk t(client, server);
  return t.open() + std::vector<segment>{t.client(connect_5), t.server(connack_5), t.client(ping), t.server(ping_answer)};
}

std::vector<std::string> frames(link layer, const std::vector<segment>& segments, bool vlan = false) {
  std::vector<std::string> all;
  for (const segment& s : segments) all.push_back(frame(layer, ip_packet(s), vlan));
  return all;
}

TEST(capture, shows_both_directions_in_the_order_of_the_capture) {
  const outcome o = decode(ethernet_pcap(session(client_4, server_4)));
  EXPECT_EQ(o.out,
            "#1  10.0.0.1:50000 → 10.0.0.2:1883\n"
            "#1      0.002000        0  →  CONNECT      5.0 client_id=\"a\" clean_start keep_alive=60\n"
            "#1      0.003000        0  ←  CONNACK      0x00 success\n"
            "#1      0.004000       16  →  PINGREQ\n"
            "#1      0.005000        5  ←  PINGRESP\n");
  EXPECT_EQ(o.err, "");
  EXPECT_EQ(o.exit_code, 0);
}

TEST(capture, is_read_from_every_link_layer_and_both_ip_versions) {
  for (const link layer : {link::null, link::ethernet, link::raw, link::linux_cooked, link::linux_cooked_2})
    for (const bool v6 : {false, true}) {
      const auto segments = v6 ? session(client_6, server_6) : session(client_4, server_4);
      const outcome o = decode(pcap(layer, frames(layer, segments)), {"--json"});
      EXPECT_EQ(o.out, session_json) << static_cast<unsigned>(layer) << v6;
      EXPECT_EQ(o.exit_code, 0);
    }
}

TEST(capture, is_read_from_pcapng) {
  EXPECT_EQ(decode(pcapng(link::ethernet, frames(link::ethernet, session(client_4, server_4))), {"--json"}).out, session_json);
}

TEST(capture, is_read_through_vlan_tags) {
  EXPECT_EQ(decode(pcap(link::ethernet, frames(link::ethernet, session(client_4, server_4), true)), {"--json"}).out, session_json);
}

TEST(capture, names_ipv6_ends) { EXPECT_EQ(decode(ethernet_pcap(session(client_6, server_6))).out.find("#1  [::1]:50001 → [::2]:1883\n"), 0u); }

TEST(capture, may_come_in_a_file) {
  const scratch_folder scratch;
  EXPECT_EQ(run({"decode", "--json", scratch.file("session.pcap", ethernet_pcap(session(client_4, server_4)))}).out, session_json);
}

TEST(capture, joins_packets_across_segments_and_parts_segments_into_packets) {
  talk t(client_4, server_4);
  std::vector<segment> segments = t.open();
  for (const char c : connect_5 + ping) segments.push_back(t.client(std::string(1, c)));
  segments.push_back(t.server(connack_5 + ping_answer));
  const outcome o = decode(ethernet_pcap(segments), {"--json"});
  EXPECT_EQ(o.exit_code, 0);
  EXPECT_NE(o.out.find("pingreq"), std::string::npos);
  EXPECT_NE(o.out.find("pingresp"), std::string::npos);
}

TEST(capture, puts_segments_into_order) {
  talk t(client_4, server_4);
  const auto opening = t.open();
  const segment one = t.client(connect_5.substr(0, 5)), two = t.client(connect_5.substr(5)), three = t.client(ping);
  const segment answer = t.server(connack_5), last = t.server(ping_answer);
  const std::vector<segment> shuffled = {three, two, two, one, one, last, answer, three};
  const outcome o = decode(ethernet_pcap(opening + shuffled), {"--json"});
  EXPECT_EQ(o.out,
            "{\"type\":\"connect\",\"version\":\"5.0\",\"clean_start\":true,\"keep_alive\":60,\"client_id\":\"a\",\"properties\":[]}\n"
            "{\"type\":\"pingreq\"}\n"
            "{\"type\":\"connack\",\"session_present\":false,\"reason_code\":0,\"properties\":[]}\n"
            "{\"type\":\"pingresp\"}\n");
  EXPECT_EQ(o.exit_code, 0);
}

TEST(capture, goes_over_the_end_of_the_sequence_numbers) {
  talk t(client_4, server_4, 0xFFFF'FFF8, 0xFFFF'FFFE);
  const auto segments = t.open() + std::vector<segment>{t.client(connect_5), t.server(connack_5), t.client(ping), t.server(ping_answer)};
  EXPECT_EQ(decode(ethernet_pcap(segments), {"--json"}).out, session_json);
}

TEST(capture, waits_for_the_connect_where_the_server_was_captured_first) {
  talk t(client_4, server_4);
  const auto opening = t.open();
  const segment hello = t.client(connect_5), answer = t.server(connack_5);
  const outcome o = decode(ethernet_pcap(opening + std::vector<segment>{answer, hello}), {"--json"});
  EXPECT_EQ(o.out.find("{\"type\":\"connect\""), 0u);
  EXPECT_NE(o.out.find("{\"type\":\"connack\",\"session_present\":false,\"reason_code\":0,\"properties\":[]}"), std::string::npos);
}

TEST(capture, needs_no_opening_to_find_a_connect) {
  talk t(client_4, server_4);
  const std::vector<segment> segments = {t.client(connect_5), t.server(connack_5), t.client(ping), t.server(ping_answer)};
  EXPECT_EQ(decode(ethernet_pcap(segments), {"--json"}).out, session_json);
}

TEST(capture, keeps_connections_and_their_versions_apart) {
  talk a(client_4, server_4), b({client_4.address, 50002}, server_4);
  const std::string subscribed_5 = raw("9004 0001 00 01"), subscribed_3 = raw("9003 0001 01");
  const auto segments = a.open() + b.open() + std::vector<segment>{a.client(connect_5), b.client(connect_3_1_1), b.server(connack_3),
                                                                   a.server(connack_5), a.server(subscribed_5),  b.server(subscribed_3)};
  const outcome o = decode(ethernet_pcap(segments));
  EXPECT_NE(o.out.find("#1      0.008000        5  ←  SUBACK       packet_id=1 0x01 granted QoS 1\n"), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("#2      0.009000        4  ←  SUBACK       packet_id=1 0x01 granted QoS 1\n"), std::string::npos) << o.out;
  EXPECT_EQ(o.exit_code, 0);
  const outcome second = decode(ethernet_pcap(segments), {"--connection", "2"});
  EXPECT_EQ(second.out.find("#1"), std::string::npos);
  EXPECT_NE(second.out.find("3.1.1 client_id=\"b\""), std::string::npos);
}

TEST(capture, says_the_context_of_packets_in_json) {
  const outcome o = decode(ethernet_pcap(session(client_4, server_4)), {"--json", "--context"});
  EXPECT_NE(
      o.out.find("{\"input\":\"standard input\",\"connection\":1,\"seconds\":0.005,\"sender\":\"server\",\"version\":\"5.0\",\"offset\":5,\"size\":2,"
                 "\"packet\":{\"type\":\"pingresp\"}}\n"),
      std::string::npos)
      << o.out;
}

TEST(capture, tells_a_new_connection_on_the_same_ports) {
  talk first(client_4, server_4), second(client_4, server_4, 77'777, 88'888);
  const auto segments =
      first.open() + std::vector<segment>{first.client(connect_5)} + second.open() + std::vector<segment>{second.client(connect_3_1_1)};
  const outcome o = decode(ethernet_pcap(segments));
  EXPECT_NE(o.out.find("#2      0.005000        0  →  CONNECT      3.1.1 client_id=\"b\""), std::string::npos) << o.out;
  EXPECT_EQ(o.exit_code, 0);
}

TEST(capture, names_streams_that_are_not_mqtt_and_passes_over_them) {
  talk web(client_4, {server_4.address, 80}), tls({client_4.address, 50002}, {server_4.address, 443}), mqtt({client_4.address, 50003}, server_4);
  const auto segments = web.open() + tls.open() + mqtt.open() +
                        std::vector<segment>{web.client("GET / HTTP/1.1\r\n\r\n"), web.server("HTTP/1.1 200 OK\r\n\r\n"),
                                             tls.client(raw("160301020001")), mqtt.client(connect_5)};
  const outcome o = decode(ethernet_pcap(segments), {"--json"});
  EXPECT_EQ(o.out.find("{\"type\":\"connect\""), 0u);
  EXPECT_EQ(o.err,
            "connection 1 (10.0.0.1:50000 to 10.0.0.2:80) is not MQTT: passed over\n"
            "connection 2 (10.0.0.1:50002 to 10.0.0.2:443) is not MQTT: passed over\n");
  EXPECT_EQ(o.exit_code, 0);
}

TEST(capture, takes_the_word_of_the_user_where_the_connect_was_missed) {
  talk t(client_4, server_4);
  const std::vector<segment> segments = {t.server(ping_answer), t.client(raw("4002 0007"))};
  EXPECT_EQ(decode(ethernet_pcap(segments), {"--json"}).out, "");
  const outcome o = decode(ethernet_pcap(segments), {"--port", "1883", "--json"});
  EXPECT_EQ(o.out, "{\"type\":\"pingresp\"}\n{\"type\":\"puback\",\"packet_id\":7}\n");
  EXPECT_EQ(o.err, "connection 1, client: offset 0: no CONNECT names the version up to here: read as MQTT 3.1.1 (--version to choose)\n");
  const outcome five = decode(ethernet_pcap(segments), {"--port", "1883", "--json", "--version", "5.0"});
  EXPECT_NE(five.out.find("\"reason_code\":0"), std::string::npos);
  EXPECT_EQ(five.err, "");
}

TEST(capture, goes_on_with_others_when_one_stream_is_bad) {
  talk t(client_4, server_4), other({client_4.address, 50002}, server_4);
  const std::string wildcard = raw("3006 0003 612f23 00"), goodbye = raw("e001 81");
  const auto segments =
      t.open() + other.open() +
      std::vector<segment>{t.client(connect_5), t.server(connack_5), t.client(wildcard), t.server(goodbye), other.client(connect_3_1_1)};
  const outcome o = decode(ethernet_pcap(segments));
  EXPECT_EQ(o.err,
            "connection 1, client: offset 22, packet at 16: PUBLISH byte 6: topic name has a wildcard [MQTT-3.3.2-2], MQTT 5.0, rule "
            "topic_name_has_wildcard\n");
  EXPECT_NE(o.out.find("←  DISCONNECT   0x81 malformed packet\n"), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("3.1.1 client_id=\"b\""), std::string::npos);
  EXPECT_EQ(o.exit_code, 1);
}

TEST(capture, checks_directions) {
  talk t(client_4, server_4);
  const auto segments = t.open() + std::vector<segment>{t.client(connect_5), t.client(ping_answer)};
  const outcome o = decode(ethernet_pcap(segments));
  EXPECT_NE(o.err.find("rule packet_from_wrong_side"), std::string::npos);
  EXPECT_EQ(o.exit_code, 1);
}

TEST(capture, says_what_it_lacks) {
  talk t(client_4, server_4);
  const auto opening = t.open();
  const segment hello = t.client(connect_5);
  t.client(ping);  // not captured
  const segment late = t.client(ping);
  const outcome o = decode(ethernet_pcap(opening + std::vector<segment>{hello, late}), {"--json"});
  EXPECT_EQ(o.err, "connection 1, client: offset 16: the capture lacks bytes; 2 bytes behind the gap were not read\n");
  EXPECT_EQ(o.exit_code, 1);
}

TEST(capture, ends_with_an_incomplete_packet) {
  talk t(client_4, server_4);
  const auto segments = t.open() + std::vector<segment>{t.client(connect_5), t.client(raw("3006 00"))};
  const outcome o = decode(ethernet_pcap(segments), {"--json"});
  EXPECT_EQ(o.err, "connection 1, client: offset 16: PUBLISH is incomplete: 3 of 8 bytes are there\n");
  EXPECT_EQ(o.exit_code, 1);
}

TEST(capture, cut_short_gives_what_is_there) {
  const std::string whole = ethernet_pcap(session(client_4, server_4));
  const outcome o = decode(whole.substr(0, whole.size() - 10), {"--json"});
  EXPECT_NE(o.out.find("pingreq"), std::string::npos);
  EXPECT_EQ(o.out.find("pingresp"), std::string::npos);
  EXPECT_NE(o.err, "");
  EXPECT_EQ(o.exit_code, 1);
}

TEST(capture, of_an_unknown_link_layer_is_refused) {
  const outcome o = decode(pcap(static_cast<link>(105), {}));  // 802.11
  EXPECT_EQ(o.err, "link type IEEE802_11 is not one that can be read\n");
  EXPECT_EQ(o.exit_code, 1);
}

TEST(capture, survives_any_single_damaged_byte) {
  const std::string whole = pcap(link::ethernet, frames(link::ethernet, session(client_4, server_4)));
  struct : connection_visitor {
    void packet(const sighting&, const mqttspan::packet&) override { ++packets; }
    void fault(const sighting&, const error&) override { ++others; }
    void version_assumed(const sighting&) override {}
    void connection(std::size_t, const endpoint&, const endpoint&) override {}
    void not_mqtt(std::size_t, const endpoint&, const endpoint&) override { ++others; }
    void gap(const sighting&, std::size_t) override { ++others; }
    std::size_t packets = 0, others = 0;
  } seen;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      try {
        visit_capture(as_bytes(damaged), reading{}, std::nullopt, seen);
      } catch (const capture_error&) {
        ++refused;
      }
    }
  EXPECT_GT(seen.packets, whole.size());
  EXPECT_GT(seen.others, 0u);
  EXPECT_GT(refused, 0u);
}

TEST(capture, is_known_by_its_first_bytes) {
  EXPECT_TRUE(looks_like_capture(as_bytes(raw("d4c3b2a1"))));
  EXPECT_TRUE(looks_like_capture(as_bytes(raw("a1b2c3d4"))));
  EXPECT_TRUE(looks_like_capture(as_bytes(raw("4d3cb2a1"))));
  EXPECT_TRUE(looks_like_capture(as_bytes(raw("0a0d0d0a"))));
  EXPECT_FALSE(looks_like_capture(as_bytes(raw("30060003"))));
  EXPECT_FALSE(looks_like_capture(as_bytes(raw("d4c3b2"))));
}

}  // namespace
}  // namespace mqttspan::test
