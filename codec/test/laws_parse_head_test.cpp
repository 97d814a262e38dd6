// Laws of parse_head: it says of the front of a PUBLISH what parse says of the whole, with as few bytes as that takes.
#include "laws.hpp"

namespace mqttspan::test {
namespace {

class parse_head_laws : public testing::TestWithParam<protocol_version> {
 protected:
  template <class Law>
  void for_all(Law law, int cases = 1000) {
    holds([&] { law(*samples(packet_type::publish, GetParam())); }, cases);
  }
};
INSTANTIATE_TEST_SUITE_P(all, parse_head_laws, testing::Values(protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5),
                         [](const auto& of) { return name_of(packet_type::publish, of.param); });

TEST_P(parse_head_laws, gives_all_but_the_payload) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    const auto whole = parse_as<publish>(bytes, s.version);
    RC_ASSERT(whole.has_value());
    const std::size_t head_size = bytes.size() - whole->packet.payload.size();
    publish head = whole->packet;
    head.payload = {};
    for (const std::size_t size : {head_size, head_size + 1, bytes.size()}) {
      if (size > bytes.size()) continue;
      const buffer cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));  // of exactly this size: a sanitizer sees a byte too many
      const auto got = parse_head(cut, s.version);
      RC_ASSERT(got.has_value());
      RC_ASSERT(got->packet == head);
      RC_ASSERT(got->head_size == head_size);
      RC_ASSERT(got->payload_size == whole->packet.payload.size());
    }
  });
}

TEST_P(parse_head_laws, incomplete_says_how_far_to_read) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    const std::size_t head_size = parse_head(bytes, s.version)->head_size;
    unsigned steps = 0;
    for (std::size_t size = 0; size < head_size; ++steps) {
      RC_ASSERT(steps < 12u);
      const buffer cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const auto got = parse_head(cut, s.version);
      RC_ASSERT(!got.has_value());
      RC_ASSERT(got.error().code == errc::incomplete);
      RC_ASSERT(got.error().offset > size);
      RC_ASSERT(got.error().offset <= head_size);
      // with one byte less than it asks for it asks for as many
      const buffer almost(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(got.error().offset - 1));
      RC_ASSERT(parse_head(almost, s.version).error().offset == got.error().offset);
      size = got.error().offset;
    }
  });
}

// What is wrong in front of the payload is the same, with all bytes and with no more than show it.
TEST_P(parse_head_laws, errors_are_those_of_parse) {
  unsigned bad = 0, samples = 0;
  for_all([&](const sample& s) {
    ++samples;
    buffer bytes = encode(s);
    const std::size_t head_size = parse_head(bytes, s.version)->head_size;
    for (const std::size_t at : offsets_in(head_size)) {
      const std::byte kept = bytes[at];
      bytes[at] = static_cast<std::byte>(*rc::gen::inRange(0, 256));
      const auto whole = parse_as<publish>(bytes, s.version, {.allow = leniency::payload_not_utf8});
      const auto got = parse_head(bytes, s.version);
      if (whole) {
        RC_ASSERT(got.has_value());
        RC_ASSERT(got->packet.topic == whole->packet.topic);
        RC_ASSERT(got->payload_size == whole->packet.payload.size());
      } else if (whole.error().code != errc::incomplete) {
        ++bad;
        RC_ASSERT(!got.has_value());
        RC_ASSERT(got.error() == whole.error());
      }
      bytes[at] = kept;
    }
  }, 300);
  EXPECT_GT(bad, samples);
}

TEST(parse_head, knows_publish_only) {
  const std::byte puback[] = {std::byte{0x40}, std::byte{2}, std::byte{0}, std::byte{1}};
  for (std::size_t size = 1; size <= sizeof puback; ++size) {
    const auto got = parse_head(bytes_view(puback, size), protocol_version::v3_1_1);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, errc::wrong_state);
    EXPECT_EQ(got.error().in, packet_type::puback);
  }
  EXPECT_EQ(parse_head({}, protocol_version::v5).error(), (error{.code = errc::incomplete, .offset = 2}));
}

TEST(parse_head, applies_the_limit_of_the_whole_packet) {
  const std::byte large[] = {std::byte{0x30}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0x7F}};
  EXPECT_EQ(parse_head(large, protocol_version::v3_1_1, {.max_packet_size = 65'536}).error().code, errc::packet_too_large);
  EXPECT_EQ(parse_head(large, protocol_version::v3_1_1).error(), (error{.code = errc::incomplete, .in = packet_type::publish, .offset = 6}));
}

}  // namespace
}  // namespace mqttspan::test
