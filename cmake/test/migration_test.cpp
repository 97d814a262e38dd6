// MIGRATION.md says what differs from mqttjs and mqtt-connection: the defaults in its table are ours, and what it says is refused is refused.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/topic.hpp>
#include <mqttspan/posix/client.hpp>
#include <mqttspan/posix/server.hpp>
#include <mqttspan/stream/writer.hpp>

using namespace mqttspan;

namespace {

constexpr auto v3_1 = protocol_version::v3_1, v3_1_1 = protocol_version::v3_1_1, v5 = protocol_version::v5;

// The defaults as the page has them: `name` = value, up to the word behind it.
std::map<std::string, std::string> defaults_of_the_page() {
  std::ifstream page(MIGRATION_PAGE);
  std::map<std::string, std::string> found;
  for (std::string line; std::getline(page, line);) {
    const auto at = line.find("` = ");
    const auto begin = line.rfind('`', at == std::string::npos ? at : at - 1);
    if (line.substr(0, 2) != "| " || at == std::string::npos || begin == std::string::npos) continue;
    const std::string value = line.substr(at + 4, line.find_first_of(":;, |", at + 4) - at - 4);
    found[line.substr(begin + 1, at - begin - 1)] = value;
  }
  return found;
}

template <class T>
std::string text(const T& value) {
  if constexpr (std::is_same_v<T, bool>) return value ? "true" : "false";
  else if constexpr (std::is_enum_v<T>) return std::to_string(static_cast<unsigned>(value));
  else if constexpr (std::is_integral_v<T>) return std::to_string(value);
  else return value.empty() ? "empty" : std::string(value);
}

template <class P>
rule refused(const P& p, protocol_version version) {
  std::vector<std::byte> room(100'000);
  const auto bytes = generate(p, version, room);
  return bytes ? rule::none : bytes.error().violated;
}

std::string hex(bytes_view bytes) {
  std::ostringstream out;
  for (const std::byte b : bytes) out << std::hex << (b < std::byte{16} ? "0" : "") << std::to_integer<int>(b);
  return out.str();
}

template <class P>
std::string written(const P& p, protocol_version version) {
  std::byte room[64];
  const auto bytes = generate(p, version, room);
  return bytes ? hex(*bytes) : "refused";
}

// A client and a server's end with nothing between them, connected.
struct pair {
  explicit pair(protocol_version version = v3_1_1) {
    EXPECT_TRUE(client.send(connect{.version = version, .client_id = "c"}, instant{0}));
    EXPECT_TRUE(pass(client, server).get_if<connect>());
    EXPECT_TRUE(server.send(connack{}, instant{0}));
    EXPECT_TRUE(pass(server, client).get_if<connack>());
    (void)client.next_event();
    (void)server.next_event();
  }
  connection_event pass(connection& from, connection& to) {
    const bytes_view out = from.output();
    bytes.assign(out.begin(), out.end());
    from.consume_output(out.size(), instant{0});
    EXPECT_TRUE(to.receive(bytes, instant{0}));
    return to.next_event();
  }
  connection client{sender::client, instant{0}}, server{sender::server, instant{0}};
  std::vector<std::byte> bytes;
};

TEST(migration, the_defaults_are_those_of_the_page) {
  const std::map<std::string, std::string> ours = {
      {"connect::version", connect{}.version == v5 ? "5.0" : "other"},
      {"connect::keep_alive", text(connect{}.keep_alive)},
      {"connect::clean_start", text(connect{}.clean_start)},
      {"connect::client_id", text(connect{}.client_id)},
      {"connack::reason_code", text(connack{}.reason_code)},
      {"publish::qos", text(publish{}.qos)},
      {"publish::packet_id", text(publish{}.packet_id)},
      {"subscription::qos", text(subscription{}.qos)},
      {"suback::packet_id", text(suback{}.packet_id)},
      {"address::port", text(posix::address{}.port)},
      {"address::host", text(posix::address{}.host)},
      {"endpoint_options::idle_timeout", text(posix::endpoint_options{}.idle_timeout)},
  };
  EXPECT_EQ(defaults_of_the_page(), ours);
  EXPECT_TRUE(publish{}.payload.empty());
  EXPECT_FALSE(posix::endpoint_options{}.pull);
  EXPECT_TRUE(connection_options{}.auto_ping && connection_options{}.auto_acknowledge);
}

TEST(migration, an_empty_host_is_both_loopback_addresses) {
  std::vector<std::string> names;
  for (const auto& found : posix::resolve_at_once({})) names.push_back(found.name().text());
  EXPECT_EQ(names, (std::vector<std::string>{"127.0.0.1:1883", "[::1]:1883"}));
}

TEST(migration, keep_alive_may_be_0) { EXPECT_EQ(written(connect{.version = v3_1_1, .keep_alive = 0}, v3_1_1), "100c00044d515454040200000000"); }

TEST(migration, a_client_without_a_name) {
  EXPECT_NE(refused(connect{.version = v3_1}, v3_1), rule::none);
  EXPECT_EQ(refused(connect{.version = v3_1_1}, v3_1_1), rule::none);
  EXPECT_NE(refused(connect{.version = v3_1_1, .clean_start = false}, v3_1_1), rule::none);
  EXPECT_EQ(refused(connect{}, v5), rule::none);
}

TEST(migration, wills) {
  const auto with = [](will w) { return refused(connect{.will = w}, v5); };
  EXPECT_EQ(with({.topic = "a", .payload = as_bytes(std::string_view("\0\xff", 2))}), rule::none);
  EXPECT_NE(with({.topic = "a", .qos = static_cast<qos>(3)}), rule::none);
  EXPECT_NE(with({.topic = ""}), rule::none);
  EXPECT_NE(with({.topic = "a/#"}), rule::none);
}

TEST(migration, a_password_alone) {
  EXPECT_NE(refused(connect{.version = v3_1_1, .password = as_bytes("x")}, v3_1_1), rule::none);
  EXPECT_EQ(refused(connect{.password = as_bytes("x")}, v5), rule::none);
}

TEST(migration, bridges_need_a_leniency) {
  std::byte room[64];
  const connect bridge{.version = v3_1_1, .bridge = true};
  EXPECT_FALSE(generate(bridge, v3_1_1, room));
  const auto bytes = generate(bridge, v3_1_1, room, {.allow = leniency::bridge_levels});
  ASSERT_TRUE(bytes);
  EXPECT_EQ((*bytes)[8], std::byte{132});
}

TEST(migration, return_codes_of_3_x) {
  EXPECT_EQ(written(connack{}, v3_1_1), "20020000");
  EXPECT_EQ(written(connack{.session_present = true}, v3_1_1), "20020100");
  const reason_code codes[] = {reason_code(0x84), reason_code(0x85), reason_code(0x88), reason_code(0x86), reason_code(0x87)};
  for (std::size_t i = 0; i < std::size(codes); ++i)
    EXPECT_EQ(written(connack{.reason_code = codes[i]}, v3_1_1), "2002000" + std::to_string(i + 1));
}

TEST(migration, what_publish_refuses) {
  for (const std::string& topic : {std::string("a/+"), std::string("a\0b", 3), std::string(65'536, 'x'), std::string()})
    EXPECT_NE(refused(publish{.topic = topic}, v3_1_1), rule::none) << topic.substr(0, 9);
  EXPECT_NE(refused(publish{.topic = "a", .dup = true}, v3_1_1), rule::none);
  EXPECT_NE(refused(publish{.topic = "a", .qos = static_cast<qos>(3), .packet_id = 1}, v3_1_1), rule::none);
  EXPECT_NE(refused(publish{.topic = "a", .qos = qos::at_least_once}, v3_1_1), rule::none) << "generate has nobody to ask for an identifier";
}

TEST(migration, identifiers_are_chosen_and_0_is_none) {
  pair p;
  const auto first = p.client.send(publish{.topic = "a", .qos = qos::at_least_once}, instant{0});
  const auto second = p.client.send(publish{.topic = "a", .qos = qos::at_least_once}, instant{0});
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->packet_id, 0);
  EXPECT_NE(first->packet_id, second->packet_id);
  for (const rule r : {refused(puback{}, v3_1_1), refused(pubrec{}, v3_1_1), refused(pubrel{}, v3_1_1), refused(pubcomp{}, v3_1_1), refused(unsuback{}, v3_1_1)})
    EXPECT_NE(r, rule::none);
  const reason_code granted[] = {reason_code::success};
  EXPECT_NE(refused(suback{.reason_codes = granted}, v3_1_1), rule::none);
}

TEST(migration, dup_of_pubrel_is_3_1) {
  EXPECT_EQ(written(pubrel{.packet_id = 1}, v3_1), "62020001");
  EXPECT_EQ(written(pubrel{.packet_id = 1, .dup = true}, v3_1), "6a020001");
  EXPECT_EQ(written(pubrel{.packet_id = 1, .dup = true}, v3_1_1), "refused");
  EXPECT_EQ(written(pubrel{.packet_id = 1, .dup = true}, v5), "refused");
}

TEST(migration, lists) {
  EXPECT_NE(refused(subscribe{.packet_id = 1}, v3_1_1), rule::none);
  EXPECT_NE(refused(unsubscribe{.packet_id = 1}, v3_1_1), rule::none);
  const subscription empty[] = {{}}, odd[] = {{.topic_filter = "a#"}}, good[] = {{.topic_filter = "a"}, {.topic_filter = "b/#"}};
  EXPECT_NE(refused(subscribe{.packet_id = 1, .subscriptions = empty}, v3_1_1), rule::none);
  EXPECT_NE(refused(subscribe{.packet_id = 1, .subscriptions = odd}, v3_1_1), rule::none);
  EXPECT_EQ(written(subscribe{.packet_id = 1, .subscriptions = good}, v3_1_1), "820c000100016100" "0003622f2300");
}

TEST(migration, suback_has_a_code_for_each_filter) {
  pair p;
  const subscription two[] = {{.topic_filter = "a"}, {.topic_filter = "b"}};
  ASSERT_TRUE(p.client.send(subscribe{.subscriptions = two}, instant{0}));
  const connection_event e = p.pass(p.client, p.server);
  const auto* wish = e.get_if<subscribe>();
  ASSERT_TRUE(wish);
  const std::uint16_t id = wish->packet_id;
  const reason_code codes[] = {reason_code(0), reason_code(0x80)};
  EXPECT_FALSE(p.server.send(suback{.packet_id = id, .reason_codes = std::span(codes, 1)}, instant{0}));
  EXPECT_TRUE(p.server.send(suback{.packet_id = id, .reason_codes = codes}, instant{0}));
}

TEST(migration, an_invalid_packet_changes_nothing) {
  pair p;
  EXPECT_FALSE(p.client.send(publish{.topic = "#"}, instant{0}));
  EXPECT_TRUE(p.client.output().empty());
  ASSERT_TRUE(p.client.send(publish{.topic = "a"}, instant{0}));
  EXPECT_TRUE(p.pass(p.client, p.server).get_if<publish>());
}

TEST(migration, the_beginning_of_the_next_packet_is_not_lost) {
  connection server(sender::server, instant{0});
  std::byte bytes[64];
  packet_writer out(bytes, v5);
  ASSERT_TRUE(out.add(connect{.client_id = "c"}) && out.add(publish{.topic = "a/b", .payload = as_bytes("hi")}));
  ASSERT_TRUE(server.receive(out.bytes().first(out.size() - 5), instant{0}));
  ASSERT_TRUE(server.next_event().get_if<connect>());
  ASSERT_TRUE(server.send(connack{}, instant{0}));
  EXPECT_EQ(server.next_event().kind(), connection_event_kind::nothing);
  ASSERT_TRUE(server.receive(out.bytes().last(5), instant{0}));
  const connection_event e = server.next_event();
  ASSERT_TRUE(e.get_if<publish>());
  EXPECT_EQ(e.get_if<publish>()->topic, "a/b");
}

TEST(migration, what_is_malformed_on_the_wire) {
  const auto reads = [](std::string_view bytes) { return parse(as_bytes(bytes), v3_1_1).has_value(); };
  using namespace std::string_view_literals;
  EXPECT_FALSE(reads("\x36\x04\x00\x01\x61\x00"sv)) << "QoS 3";
  EXPECT_FALSE(reads("\x60\x02\x00\x01"sv)) << "PUBREL without its flags";
  EXPECT_FALSE(reads("\x40\x00"sv)) << "PUBACK without its identifier";
  EXPECT_FALSE(reads("\x00\x00"sv)) << "a reserved type";
  EXPECT_FALSE(reads("\x30\x03\x00\x09\x61"sv)) << "a topic beyond the end";
  const auto five = parse(as_bytes("\x30\xff\xff\xff\xff\x01"sv), v3_1_1);
  ASSERT_FALSE(five);
  EXPECT_EQ(five.error().code, errc::malformed) << "a length of five bytes";
  EXPECT_EQ(parse(as_bytes("\x20\x02\x01\x00"sv), v3_1_1)->packet.index(), static_cast<std::size_t>(packet_type::connack) - 1);
}

TEST(migration, disconnect_ends_the_connection) {
  pair p;
  ASSERT_TRUE(p.client.send(disconnect{}, instant{0}));
  EXPECT_EQ(hex(p.client.output()), "e000");
  EXPECT_EQ(p.client.phase(), connection_phase::ended);
}

TEST(migration, wildcards) {
  EXPECT_TRUE(matches("+/b/+/d", "a/b/c/d"));
  EXPECT_TRUE(matches("a/#", "a"));
  EXPECT_FALSE(matches("+", "a/b"));
}

}  // namespace
