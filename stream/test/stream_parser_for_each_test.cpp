// `for_each` and its handlers.
#include <mqttspan/stream/stream_parser.hpp>

#include <gtest/gtest.h>

#include "stream_reader.hpp"

namespace mqttspan::test {
namespace {

struct acks_only {
  int seen = 0;
  void operator()(const puback&) { ++seen; }
};

TEST(for_each, a_type_that_the_handler_does_not_take_is_an_error) {
  for (const bytes& other : {publish_abc, hex("C0 00"), connect_3_1_1, hex("82 06 0001 0001 61 00")}) {
    for (const std::size_t split : {other.size(), std::size_t{1}}) {
      reader r;
      acks_only h;
      const bytes front = puback_1 + bytes(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(split));
      ASSERT_TRUE(r.parser.push(front));
      auto done = r.parser.for_each(h);
      if (split != other.size()) {
        ASSERT_TRUE(done);
        ASSERT_TRUE(r.parser.push(bytes_view(other).subspan(split)));
        done = r.parser.for_each(h);
      }
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, errc::wrong_state);
      EXPECT_EQ(done.error().in, static_cast<packet_type>(std::to_integer<unsigned>(other[0]) >> 4));
      EXPECT_EQ(h.seen, 1);
      EXPECT_EQ(r.parser.offset(), puback_1.size());
      EXPECT_EQ(to_hex(r.parser.rejected()), to_hex(other));
    }
  }
}

struct whole_only {
  void operator()(const publish&) {}
};

TEST(for_each, pieces_are_too_large_for_a_handler_that_takes_none) {
  reader r(7);
  ASSERT_TRUE(r.parser.push(bytes_view(publish_abc).first(2)));
  const auto done = r.parser.for_each(whole_only{});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, errc::packet_too_large);

  reader s(7);  // also where next has begun with it
  ASSERT_TRUE(s.parser.push(publish_abc));
  EXPECT_EQ(s.parser.next().kind(), event::kind::publish_begin);
  const auto later = s.parser.for_each(whole_only{});
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, errc::wrong_state);
  EXPECT_EQ(later.error().in, packet_type::publish);
}

TEST(for_each, a_handler_that_answers_false_stops_behind_the_event) {
  reader r(7);
  const bytes input = puback_1 + publish_abc + hex("32 05 0001 74 0002") + puback_1;
  ASSERT_TRUE(r.parser.push(input));
  struct stopping {
    std::string said;
    bool operator()(const puback&) { return said += "puback;", false; }
    bool operator()(const publish&) { return said += "publish;", false; }
    bool operator()(const publish_begin&) { return said += "begin;", false; }
    bool operator()(const payload_chunk&) { return said += "chunk;", false; }
    bool operator()(const publish_end&) { return said += "end;", false; }
  } h;
  for (const char* wanted : {"puback;", "begin;", "chunk;", "end;", "publish;", "puback;", ""}) {
    h.said.clear();
    EXPECT_TRUE(r.parser.for_each(h));
    EXPECT_EQ(h.said, wanted);
  }
  EXPECT_TRUE(r.parser.may_end());
}

TEST(for_each, does_nothing_inside_a_handler) {
  reader r;
  int calls = 0;
  ASSERT_TRUE(r.parser.push(puback_1));
  EXPECT_TRUE(r.parser.for_each([&](const puback&) {
    ++calls;
    EXPECT_EQ(r.parser.input_left(), 0u);
    EXPECT_FALSE(r.parser.push(publish_abc));
    EXPECT_EQ(r.parser.next().kind(), event::kind::need_more);
    EXPECT_TRUE(r.parser.for_each([](const pingreq&) {}));  // no input: nothing to do
  }));
  const bytes two = puback_1 + puback_1;
  ASSERT_TRUE(r.parser.push(two));
  EXPECT_TRUE(r.parser.for_each([&](const puback&) {
    ++calls;
    if (r.parser.input_left() == 0) return;
    EXPECT_EQ(r.parser.next().kind(), event::kind::need_more);
    const auto inner = r.parser.for_each([](const pingreq&) {});
    ASSERT_FALSE(inner);
    EXPECT_EQ(inner.error().code, errc::wrong_state);
  }));
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(r.parser.error(), nullptr);
}

TEST(for_each, a_version_set_inside_a_handler_counts_from_the_next_packet_on) {
  reader r;
  const bytes input = puback_1 + hex("30 04 0001 74 00");
  ASSERT_TRUE(r.parser.push(input));
  std::size_t payload = 9;
  struct {
    stream_parser& parser;
    std::size_t& payload;
    void operator()(const puback&) { parser.set_version(protocol_version::v5); }
    void operator()(const publish& p) { payload = p.payload.size(); }
  } h{r.parser, payload};
  EXPECT_TRUE(r.parser.for_each(h));
  EXPECT_EQ(payload, 0u);
}

TEST(for_each, a_handler_may_be_constant_or_a_temporary_and_take_any_packet) {
  reader r;
  unsigned types = 0;
  ASSERT_TRUE(r.parser.push(puback_1));
  const auto any = [&](const auto& p) {
    if constexpr (control_packet<std::decay_t<decltype(p)>>) types |= 1u << static_cast<unsigned>(p.type);
  };
  EXPECT_TRUE(r.parser.for_each(any));
  ASSERT_TRUE(r.parser.push(publish_abc));
  EXPECT_TRUE(r.parser.for_each([&](const packet& p) { types |= 1u << static_cast<unsigned>(type_of(p)); }));
  EXPECT_EQ(types, 1u << 4 | 1u << 3);
}

TEST(for_each, acks_in_the_shortest_form_are_judged_too) {
  for (const char* bad : {"40 02 0000", "50 02 0000", "62 02 0000", "70 02 0000"}) {
    for (const protocol_version version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) {
      reader r(64, {.version = version});
      ASSERT_TRUE(r.parser.push({}));
      const bytes input = hex(bad);
      ASSERT_TRUE(r.parser.push(input));
      const auto done = r.parser.for_each([](const auto&) {});
      ASSERT_FALSE(done) << bad;
      EXPECT_EQ(done.error(), parse(input, version).error()) << bad;
    }
  }
  reader r(64, {.version = protocol_version::v3_1});
  ASSERT_TRUE(r.parser.push(bytes_view()));
  const bytes dup = hex("6A 02 0001");
  ASSERT_TRUE(r.parser.push(dup));
  bool seen = false;
  EXPECT_TRUE(r.parser.for_each([&](const pubrel& p) { seen = p.dup; }));
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace mqttspan::test
