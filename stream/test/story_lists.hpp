// What stories are made of: who plays, lists that stay as long as the program, packets as text, and which statements a story shows.
#pragma once

#include <deque>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/packet.hpp>

namespace mqttspan::test {

inline constexpr auto v3_1 = protocol_version::v3_1;
inline constexpr auto v3_1_1 = protocol_version::v3_1_1;
inline constexpr auto v5 = protocol_version::v5;

/// Which side the connection under test is, in which version.
struct role {
  sender self;
  protocol_version version;
  friend auto operator<=>(const role&, const role&) = default;
};

inline constexpr role servers[] = {{sender::server, v3_1}, {sender::server, v3_1_1}, {sender::server, v5}};
inline constexpr role clients[] = {{sender::client, v3_1}, {sender::client, v3_1_1}, {sender::client, v5}};
inline constexpr role both_in_5[] = {{sender::client, v5}, {sender::server, v5}};
inline constexpr role both_in_3[] = {{sender::client, v3_1}, {sender::client, v3_1_1}, {sender::server, v3_1}, {sender::server, v3_1_1}};
inline constexpr role servers_in_3[] = {{sender::server, v3_1}, {sender::server, v3_1_1}};
inline constexpr role everyone[] = {{sender::client, v3_1}, {sender::client, v3_1_1}, {sender::client, v5},
                                    {sender::server, v3_1}, {sender::server, v3_1_1}, {sender::server, v5}};

/// Lists that packets may borrow: they are never freed.
/// @{
inline property_list with(std::initializer_list<property> items) {
  static std::deque<std::vector<property>> kept;
  return kept.emplace_back(items);
}
template <class T>
wire_list<T> listed(std::initializer_list<T> items) {
  static std::deque<std::vector<T>> kept;
  return wire_list<T>(std::span<const T>(kept.emplace_back(items)));
}
inline wire_list<subscription> subscriptions(std::initializer_list<subscription> items) { return listed(items); }
inline wire_list<std::string_view> filters(std::initializer_list<std::string_view> items) { return listed(items); }
inline wire_list<reason_code> codes(std::initializer_list<reason_code> items) { return listed(items); }
/// @}

// ---- Text

inline std::string to_hex(bytes_view bytes) {
  std::string digits;
  for (const std::byte byte : bytes) {
    digits += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4];
    digits += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15];
  }
  return digits;
}

inline std::string from_hex(std::string_view digits) {
  std::string bytes;
  unsigned value = 0, count = 0;
  for (const char c : digits) {
    if (c == ' ') continue;
    value = value << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    if (++count % 2 == 0) bytes += static_cast<char>(value & 0xFF);
  }
  return bytes;
}

inline std::string text_of(const packet& p, protocol_version version) {
  std::string wire(encoded_size(p, version).value_or(1), '\0');
  const auto written = generate(p, version, as_writable_bytes(wire.data(), wire.size()));
  return std::string(to_string(type_of(p))) + " " + (written ? to_hex(*written) : "(" + std::string(text_of(written.error())) + ")");
}

inline std::string text_of(role r) { return (r.self == sender::client ? "client " : "server ") + std::string(to_string(r.version)); }

// ---- Statements

/// Which statements ("5.0/MQTT-3.1.2-24") which stories show.
inline std::map<std::string, std::set<std::string>>& shown_statements() {
  static std::map<std::string, std::set<std::string>> shown;
  return shown;
}
/// In which roles each test has played, as far as it has run.
inline std::map<std::string, std::set<role>>& played_roles() {
  static std::map<std::string, std::set<role>> played;
  return played;
}
inline void note_role(role r) {
  const testing::TestInfo* const test = testing::UnitTest::GetInstance()->current_test_info();
  if (test) played_roles()[std::string(test->test_suite_name()) + "." + test->name()].insert(r);
}
struct shows {
  shows(const char* test, std::initializer_list<const char*> statements) {
    for (const char* const s : statements) shown_statements()[s].insert(test);
  }
};

/// A test that shows statements, named with their versions.
#define STORY(suite, name, ...)                                                                  \
  static const ::mqttspan::test::shows suite##_##name##_shows{#suite "." #name, {__VA_ARGS__}}; \
  TEST(suite, name)

}  // namespace mqttspan::test
