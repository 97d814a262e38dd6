// The straight line for a usual PUBLISH, by itself: what it leaves to parse_as gets the same answer more slowly, and no event shows which way it took.
#include "plain_publish.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "guarded_memory.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

constexpr protocol_version versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};

std::string number(unsigned n) { return {static_cast<char>(n >> 8), static_cast<char>(n)}; }

std::string packet_of(unsigned first, const std::string& body) {
  std::string out(1, static_cast<char>(first));
  for (std::size_t left = body.size();;) {
    const std::size_t low = left & 0x7F;
    left >>= 7;
    out += static_cast<char>(left != 0 ? low | 0x80 : low);
    if (left == 0) return out + body;
  }
}

struct outcome {
  plain how;
  publish message;
  std::ptrdiff_t behind, rest;
};

// Of bytes that end where memory ends.
outcome read(const std::string& bytes, protocol_version version, std::uint32_t limit = unlimited) {
  static const test::guarded_memory memory(600);
  octet* const p = memory.end() - bytes.size();
  std::memcpy(p, bytes.data(), bytes.size());
  const octet *behind = p, *rest = p;
  publish message{.packet_id = 77};
  const plain how = read_plain_publish(p, memory.end(), limit, version, message, behind, rest);
  return {how, message, behind - p, rest - p};
}

// A good packet: alone, with others behind it, with a byte missing, and one byte above the limit.
void takes(unsigned flags, const std::string& topic, unsigned packet_id, const std::string& properties, const std::string& payload, protocol_version version) {
  const std::string head = number(static_cast<unsigned>(topic.size())) + topic + (packet_id != 0 ? number(packet_id) : "");
  const bool is_v5 = version == protocol_version::v5;
  const std::string bytes = packet_of(0x30 | flags, head + (is_v5 ? properties : "") + payload);
  SCOPED_TRACE("topic of " + std::to_string(topic.size()) + ", payload of " + std::to_string(payload.size()) + ", flags " + std::to_string(flags));
  for (const std::string& more : {std::string(), std::string(40, '\x01'), std::string(40, '\xFF')}) {
    const outcome got = read(bytes + more, version);
    const bool has_properties = is_v5 && (properties[0] != 0 || topic.empty());
    ASSERT_EQ(static_cast<int>(got.how), static_cast<int>(has_properties ? plain::has_properties : plain::yes));
    EXPECT_EQ(got.behind, static_cast<std::ptrdiff_t>(bytes.size()));
    EXPECT_EQ(got.message.topic, topic);
    EXPECT_EQ(static_cast<unsigned>(got.message.qos), flags >> 1 & 3);
    EXPECT_EQ(got.message.retain, (flags & 1) != 0);
    EXPECT_EQ(got.message.dup, (flags & 8) != 0);
    EXPECT_EQ(got.message.packet_id, packet_id);
    if (has_properties) {
      EXPECT_EQ(got.rest, static_cast<std::ptrdiff_t>(bytes.size() - payload.size() - properties.size()));
    } else {
      EXPECT_TRUE(as_text(got.message.payload) == payload);
    }
  }
  const auto size = static_cast<std::uint32_t>(bytes.size());
  EXPECT_NE(static_cast<int>(read(bytes, version, size).how), static_cast<int>(plain::no));
  EXPECT_EQ(static_cast<int>(read(bytes, version, size - 1).how), static_cast<int>(plain::no));
  EXPECT_EQ(static_cast<int>(read(bytes.substr(0, size - 1), version).how), static_cast<int>(plain::no));
}

bool refuses(const std::string& bytes, protocol_version version) { return read(bytes + std::string(300, '\x01'), version).how == plain::no; }

TEST(plain_publish, takes_all_usual_flags) {
  for (const protocol_version version : versions)
    for (const unsigned flags : {0u, 1u, 2u, 3u, 4u, 5u, 10u, 11u, 12u, 13u})
      for (const unsigned id : {1u, 255u, 256u, 65'535u})
        if (flags >= 2 || id == 1) takes(flags, "t", flags >= 2 ? id : 0, std::string(1, '\0'), "payload", version);
}

TEST(plain_publish, takes_lengths_of_one_to_three_bytes) {
  for (const protocol_version version : versions)
    for (const std::size_t size : {0u, 1u, 100u, 120u, 121u, 122u, 123u, 124u, 125u, 126u, 127u, 128u, 250u, 251u, 252u, 253u, 254u, 255u, 256u, 1'000u, 16'375u, 16'376u, 16'377u, 16'378u, 16'379u,
                                   16'380u, 16'381u, 16'382u, 16'383u, 16'384u, 32'763u, 32'764u, 32'765u, 100'000u, 2'097'140u, 2'097'144u, 2'097'145u})
      takes(2, "t", 1, std::string(1, '\0'), std::string(size, 'p'), version);
}

// A remaining length of 2,097,151 is the last of three bytes.
TEST(plain_publish, leaves_lengths_of_four_bytes) {
  takes(2, "t", 1, "", std::string(2'097'146, 'p'), protocol_version::v3_1_1);
  EXPECT_EQ(static_cast<int>(read(packet_of(0x30, number(1) + "t" + std::string(2'097'149, 'p')), protocol_version::v3_1_1).how), static_cast<int>(plain::no));
}

TEST(plain_publish, takes_topics_of_any_size) {
  for (const protocol_version version : versions)
    for (std::size_t size = 1; size < 70; ++size) takes(0, std::string(size, 't'), 0, std::string(1, '\0'), "", version);
  for (const std::size_t size : {255u, 256u, 65'535u}) takes(0, std::string(size, 't'), 0, std::string(1, '\0'), "p", protocol_version::v3_1_1);
}

TEST(plain_publish, leaves_properties_and_aliases_to_who_knows_them) {
  takes(0, "t", 0, {'\x02', '\x01', '\x01'}, "p", protocol_version::v5);
  takes(2, "", 1, {'\x03', '\x23', '\x00', '\x01'}, "p", protocol_version::v5);
  takes(0, "", 0, {'\x03', '\x23', '\x00', '\x01'}, "", protocol_version::v5);
  const outcome none = read(packet_of(0x30, number(1) + "t"), protocol_version::v5);  // which has no properties at all
  EXPECT_EQ(static_cast<int>(none.how), static_cast<int>(plain::has_properties));
}

TEST(plain_publish, leaves_what_is_unusual) {
  using namespace std::string_literals;
  for (const protocol_version version : versions) {
    const std::string tail = version == protocol_version::v5 ? "\0"s : ""s;
    for (const unsigned flags : {6u, 7u, 8u, 9u, 14u, 15u}) EXPECT_TRUE(refuses(packet_of(0x30 | flags, number(1) + "t" + number(1) + tail), version)) << flags;
    for (const std::string& topic : {"#"s, "+"s, "a/#"s, "\0"s, "\x80"s, "\xFF"s, std::string(40, 'a') + "+"}) EXPECT_TRUE(refuses(packet_of(0x30, number(static_cast<unsigned>(topic.size())) + topic + tail), version));
    EXPECT_TRUE(refuses(packet_of(0x32, number(1) + "t" + number(0) + tail), version)) << "packet identifier 0";
    EXPECT_TRUE(refuses(packet_of(0x32, number(1) + "t"), version)) << "none";
    EXPECT_TRUE(refuses(packet_of(0x32, number(1) + "t\1"), version)) << "half of one";
    EXPECT_TRUE(refuses(packet_of(0x30, number(2) + "t"), version)) << "a cut topic";
    EXPECT_TRUE(refuses(packet_of(0x30, number(300) + "t"), version));
    for (const std::string& body : {""s, "\0"s}) EXPECT_TRUE(refuses(packet_of(0x30, body), version)) << "no topic";
    for (const std::string& length : {"\x85\x00"s, "\x85\x80\x00"s, "\x80\x00"s, "\x84\x80\x80\x00"s, "\x85\x80\x80\x01"s, "\xFF\xFF\xFF\xFF"s}) EXPECT_TRUE(refuses("\x30"s + length + number(1) + "tpp", version)) << "a length that is too long";
    for (const std::string& cut : {"\x30"s, "\x30\x05"s, "\x30\x05\x00"s, "\x30\x85"s, "\x30\x85\x80"s, "\x30\x85\x80\x01"s, "\x30\x80\x01"s, "\x30\x80\x01\x00"s}) EXPECT_EQ(static_cast<int>(read(cut, version).how), static_cast<int>(plain::no));
    EXPECT_EQ(refuses(packet_of(0x30, number(0) + "p"), version), version != protocol_version::v5) << "an empty topic";
  }
}

}  // namespace
}  // namespace mqttspan::detail
