#include <mqttspan/stream/stream_parser.hpp>

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "stream_reader.hpp"

namespace mqttspan::test {
namespace {

TEST(stream_parser, next_gives_packets_then_need_more) {
  reader r;
  const bytes input = publish_abc + puback_1;
  ASSERT_TRUE(r.parser.push(input));
  const event first = r.parser.next();
  ASSERT_EQ(first.kind(), event::kind::packet);
  EXPECT_EQ(first.type(), packet_type::publish);
  EXPECT_EQ(first.size(), publish_abc.size());
  EXPECT_EQ(*std::get_if<publish>(&first.packet()), *first.get_if<publish>());
  EXPECT_EQ(first.get_if<publish>()->topic, "t");
  EXPECT_EQ(first.get_if<puback>(), nullptr);
  EXPECT_EQ(r.parser.input_left(), puback_1.size());
  EXPECT_FALSE(r.parser.may_end());
  EXPECT_EQ(r.parser.next().get_if<puback>()->packet_id, 1);
  const event last = r.parser.next();
  EXPECT_EQ(last.kind(), event::kind::need_more);
  EXPECT_EQ(last.type(), packet_type{});
  EXPECT_EQ(last.size(), 0u);
  EXPECT_EQ(last.get_if<publish>(), nullptr);
  EXPECT_TRUE(r.parser.may_end());
}

TEST(stream_parser, an_event_that_is_used_again_keeps_nothing) {
  reader r;
  ASSERT_TRUE(r.parser.push(puback_1));
  event e;
  r.parser.next(e);
  ASSERT_NE(e.get_if<puback>(), nullptr);
  r.parser.next(e);
  EXPECT_EQ(e.kind(), event::kind::need_more);
  EXPECT_EQ(e.type(), packet_type{});
  EXPECT_EQ(e.size(), 0u);
}

struct suback_sizes {
  std::vector<std::size_t> codes;
  void operator()(const suback& p) { codes.push_back(p.reason_codes.size()); }
};

// A remaining length of 128 and more takes two bytes, of which the first looks like a length of its own.
TEST(stream_parser, lengths_of_two_bytes_are_read_where_they_lie_and_byte_by_byte) {
  for (std::size_t length : {3u, 126u, 127u, 128u, 129u, 130u, 255u, 256u, 257u, 300u, 384u, 511u, 512u}) {
    bytes one = length < 128 ? bytes{std::byte{0x90}, static_cast<std::byte>(length)} : bytes{std::byte{0x90}, static_cast<std::byte>(0x80 | (length & 0x7F)), static_cast<std::byte>(length >> 7)};
    one.insert(one.end(), {std::byte{1}, std::byte{1}});
    one.resize(one.size() + length - 2, std::byte{1});
    const bytes input = one + one + one;
    const std::vector<std::size_t> expected(3, length - 2);
    for (const std::size_t chunk : {input.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}, one.size() - 1, one.size() + 1}) {
      reader r(1'024), s(1'024);
      suback_sizes whole, stepped;
      for (std::size_t at = 0; at < input.size(); at += chunk) {
        const bytes_view piece = bytes_view(input).subspan(at, std::min(chunk, input.size() - at));
        ASSERT_TRUE(r.parser.push(piece));
        ASSERT_TRUE(r.parser.for_each(whole));
        ASSERT_TRUE(s.parser.push(piece));
        for (event e = s.parser.next(); e.kind() != event::kind::need_more; e = s.parser.next()) {
          ASSERT_NE(e.get_if<suback>(), nullptr) << length << ' ' << chunk;
          EXPECT_EQ(e.size(), one.size());
          stepped(*e.get_if<suback>());
        }
      }
      EXPECT_EQ(whole.codes, expected) << length << ' ' << chunk;
      EXPECT_EQ(stepped.codes, expected) << length << ' ' << chunk;
    }
  }
}

TEST(stream_parser, for_each_gives_the_same) {
  reader r;
  EXPECT_EQ(told(r.parser, publish_abc + puback_1 + hex("C0 00")), "publish t=abc;puback 1;pingreq;");
  EXPECT_TRUE(r.parser.may_end());
}

TEST(stream_parser, whole_packets_are_read_in_place) {
  reader r;
  ASSERT_TRUE(r.parser.push(publish_abc));
  const event e = r.parser.next();
  EXPECT_EQ(static_cast<const void*>(e.get_if<publish>()->topic.data()), publish_abc.data() + 4);
  for (const std::byte byte : r.carry) EXPECT_EQ(byte, std::byte{0});
}

TEST(stream_parser, torn_packets_are_read_in_carry) {
  reader r;
  ASSERT_TRUE(r.parser.push(bytes_view(publish_abc).first(5)));
  EXPECT_EQ(r.parser.next().kind(), event::kind::need_more);
  EXPECT_FALSE(r.parser.may_end());
  EXPECT_EQ(r.parser.offset(), 0u);
  const bytes rest = bytes(publish_abc.begin() + 5, publish_abc.end()) + puback_1;
  ASSERT_TRUE(r.parser.push(rest));
  const event e = r.parser.next();
  EXPECT_EQ(static_cast<const void*>(e.get_if<publish>()->topic.data()), r.carry.data() + 4);
  EXPECT_EQ(as_text(e.get_if<publish>()->payload), "abc");
  EXPECT_EQ(r.parser.offset(), publish_abc.size());
  EXPECT_NE(r.parser.next().get_if<puback>(), nullptr);
}

TEST(stream_parser, push_is_refused_while_input_is_left) {
  reader r;
  ASSERT_TRUE(r.parser.push(publish_abc));
  EXPECT_FALSE(r.parser.push(puback_1));
  EXPECT_FALSE(r.parser.push({}));
  EXPECT_EQ(r.parser.next().type(), packet_type::publish);
  EXPECT_TRUE(r.parser.push({}));
  EXPECT_TRUE(r.parser.push(puback_1));
  EXPECT_EQ(r.parser.next().type(), packet_type::puback);
}

TEST(stream_parser, adopts_the_version_of_connect_before_the_next_event) {
  const bytes input = connect_5 + hex("30 06 0001 74 00 6162");
  reader r;
  EXPECT_EQ(r.parser.version(), protocol_version::v3_1_1);
  EXPECT_EQ(told(r.parser, input), "connect a;publish t=ab;");
  EXPECT_EQ(r.parser.version(), protocol_version::v5);

  reader again;
  ASSERT_TRUE(again.parser.push(input));
  EXPECT_EQ(again.parser.next().type(), packet_type::connect);
  EXPECT_EQ(again.parser.version(), protocol_version::v5);
  EXPECT_EQ(as_text(again.parser.next().get_if<publish>()->payload), "ab");
}

TEST(stream_parser, set_version_is_for_the_side_that_reads_no_connect) {
  reader r(64, {.parse = from_server});
  r.parser.set_version(protocol_version::v5);
  ASSERT_TRUE(r.parser.push(bytes_view(connect_5)));
  EXPECT_EQ(r.parser.next().error().violated, rule::packet_from_wrong_side);
  reader s(64, {.version = protocol_version::v5});
  EXPECT_EQ(told(s.parser, hex("30 04 0001 74 00")), "publish t=;");
  s.parser.set_version(protocol_version::v3_1_1);
  EXPECT_EQ(told(s.parser, hex("30 04 0001 74 61")), "publish t=a;");
}

TEST(stream_parser, connect_first_is_decided_at_the_first_byte) {
  reader r(64, {.connect_first = true});
  ASSERT_TRUE(r.parser.push(bytes_view(publish_abc).first(1)));
  const event e = r.parser.next();
  ASSERT_EQ(e.kind(), event::kind::error);
  EXPECT_EQ(e.error().code, errc::wrong_state);
  EXPECT_EQ(e.error().in, packet_type::publish);
  EXPECT_EQ(e.type(), packet_type::publish);

  reader good(64, {.connect_first = true});
  EXPECT_EQ(told(good.parser, connect_3_1_1 + publish_abc), "connect a;publish t=abc;");
}

TEST(stream_parser, max_connect_size_ends_with_the_connect) {
  const auto size = static_cast<std::uint32_t>(connect_3_1_1.size());
  reader large(64, {.connect_first = true, .max_connect_size = size - 1});
  EXPECT_EQ(told(large.parser, bytes_view(connect_3_1_1).first(2)), "packet_too_large@1");
  reader fits(64, {.connect_first = true, .max_connect_size = size});
  EXPECT_EQ(told(fits.parser, connect_3_1_1 + hex("30 14 0001 74 6162636465666768696A6B6C6D6E6F7071")), "connect a;publish t=abcdefghijklmnopq;");
}

TEST(stream_parser, limits_act_when_the_fixed_header_is_there) {
  reader r(1'000);
  std::fill(r.carry.begin(), r.carry.end(), std::byte{0xAA});
  EXPECT_EQ(told(r.parser, hex("10 FF FF FF 7F")), "packet_too_large@1");
  for (const std::byte byte : r.carry) EXPECT_EQ(byte, std::byte{0xAA});  // costs nothing

  reader bytewise(1'000);
  for (const std::byte byte : hex("10 FF FF FF")) EXPECT_EQ(told(bytewise.parser, {&byte, 1}), "");
  const bytes last = hex("7F");
  EXPECT_EQ(told(bytewise.parser, last), "packet_too_large@1");

  reader by_type(1'000, {.max_size_of = {0, 0, 0, 7, 3}});
  EXPECT_EQ(told(by_type.parser, hex("30 05 0001 74 6162") + hex("40 02")), "publish t=ab;packet_too_large@1");
  reader publish_by_type(1'000, {.max_size_of = {0, 0, 0, 7}});
  EXPECT_EQ(told(publish_by_type.parser, publish_abc), "packet_too_large@1");
  reader of_all(1'000, {.parse = {.max_packet_size = 7}});
  EXPECT_EQ(told(of_all.parser, puback_1 + publish_abc), "puback 1;packet_too_large@1");
}

TEST(stream_parser, set_options_replaces_limits) {
  reader r;
  EXPECT_EQ(told(r.parser, publish_abc), "publish t=abc;");
  r.parser.set_options({.parse = {.max_packet_size = 7}});
  EXPECT_EQ(told(r.parser, publish_abc), "packet_too_large@1");
}

TEST(stream_parser, a_packet_above_carry_is_too_large_wherever_it_lies) {
  const bytes subscribe_8 = hex("82 06 0001 0001 61 00");
  reader fits(8), lacks(7);
  ASSERT_TRUE(fits.parser.push(subscribe_8));
  EXPECT_EQ(fits.parser.next().type(), packet_type::subscribe);
  ASSERT_TRUE(lacks.parser.push(subscribe_8));
  EXPECT_EQ(lacks.parser.next().error().code, errc::packet_too_large);
}

TEST(stream_parser, a_publish_above_carry_comes_in_pieces_wherever_it_lies) {
  reader r(7);
  EXPECT_EQ(told(r.parser, publish_abc), "begin t,3;chunk abc,0;end;");
  EXPECT_TRUE(r.parser.may_end());
  EXPECT_EQ(told(r.parser, bytes_view(publish_abc).first(6)), "begin t,3;chunk a,2;");
  EXPECT_FALSE(r.parser.may_end());
  EXPECT_EQ(r.parser.offset(), publish_abc.size());
  EXPECT_EQ(told(r.parser, bytes_view(publish_abc).last(2)), "chunk bc,0;end;");
}

TEST(stream_parser, a_publish_comes_in_pieces_on_request) {
  reader r(64, {.stream_publish_above = 0});
  EXPECT_EQ(told(r.parser, hex("30 03 0001 74") + publish_abc), "begin t,0;end;begin t,3;chunk abc,0;end;");
  reader s(64, {.stream_publish_above = 8});
  EXPECT_EQ(told(s.parser, publish_abc), "publish t=abc;");
  reader u(64, {.stream_publish_above = 7});
  ASSERT_TRUE(u.parser.push(publish_abc));
  const event begin = u.parser.next();
  ASSERT_EQ(begin.kind(), event::kind::publish_begin);
  EXPECT_EQ(begin.size(), 8u);
  EXPECT_EQ(begin.type(), packet_type::publish);
  EXPECT_EQ(begin.get_if<publish>(), nullptr);
  EXPECT_EQ(begin.publish_begin().publish.topic, "t");
  EXPECT_TRUE(begin.publish_begin().publish.payload.empty());
  const event chunk = u.parser.next();
  ASSERT_EQ(chunk.kind(), event::kind::payload_chunk);
  EXPECT_EQ(static_cast<const void*>(chunk.chunk().bytes.data()), publish_abc.data() + 5);
  EXPECT_EQ(u.parser.next().kind(), event::kind::publish_end);
  EXPECT_EQ(u.parser.next().kind(), event::kind::need_more);
}

TEST(stream_parser, a_head_above_carry_is_too_large) {
  reader r(8);
  EXPECT_EQ(told(r.parser, hex("30 20 0005 74")), "packet_too_large@1");
  reader fits(9);
  EXPECT_EQ(told(fits.parser, hex("30 20 0005 7474747474 61")), "begin ttttt,25;chunk a,24;");
}

TEST(stream_parser, a_carry_that_holds_no_fixed_header_is_the_callers_fault) {
  reader r(stream_parser::min_carry - 1);
  EXPECT_EQ(told(r.parser, {}), "");
  EXPECT_EQ(told(r.parser, puback_1), "no_space@0");
  reader s(stream_parser::min_carry);
  EXPECT_EQ(told(s.parser, puback_1), "puback 1;");
}

TEST(stream_parser, payload_that_says_it_is_text_is_checked_across_chunks) {
  // E2 82 41: the last byte makes it ill-formed, the fault is where the sequence begins
  const bytes bad = hex("30 0A 0001 74 02 01 01 61 E2 82 41"), cut = hex("30 09 0001 74 02 01 01 61 E2 82");
  const stream_options in_pieces{.version = protocol_version::v5, .stream_publish_above = 0};
  const error wanted = parse(bad, protocol_version::v5).error();
  EXPECT_EQ(wanted.violated, rule::payload_not_utf8);
  for (std::size_t split = 1; split <= bad.size(); ++split) {
    reader r(64, in_pieces);
    std::string payload;
    const auto take = [&](const event& e) {
      if (e.kind() == event::kind::payload_chunk) payload += as_text(e.chunk().bytes);
      return e.kind() != event::kind::need_more && e.kind() != event::kind::error;
    };
    for (const bytes_view part : {bytes_view(bad).first(split), bytes_view(bad).subspan(split)}) {
      if (!r.parser.push(part)) continue;
      while (take(r.parser.next())) {
      }
    }
    EXPECT_EQ(payload, "a\xE2\x82") << split;
    ASSERT_NE(r.parser.error(), nullptr) << split;
    EXPECT_EQ(*r.parser.error(), wanted) << split;
  }
  reader r(64, in_pieces);
  EXPECT_EQ(told(r.parser, cut), "begin t,3;chunk a\xE2\x82,0;malformed@9");
  reader s(64, {.parse = {.allow = leniency::payload_not_utf8}, .version = protocol_version::v5, .stream_publish_above = 0});
  EXPECT_EQ(told(s.parser, cut), "begin t,3;chunk a\xE2\x82,0;end;");
}

// Every first and second byte, and the edges of the others: the verdict of parse, whole and byte by byte.
TEST(stream_parser, text_in_pieces_is_judged_as_by_parse) {
  bytes packet = hex("30 0B 0001 74 02 01 01 61 00 00 00 00");
  const std::size_t at = packet.size() - 4;
  std::byte carry[16];
  std::size_t good = 0, bad = 0;
  const auto check = [&] {
    const auto wanted = parse_as<publish>(packet, protocol_version::v5);
    for (const std::size_t chunk : {packet.size(), std::size_t{1}}) {
      stream_parser parser(carry, {.version = protocol_version::v5, .stream_publish_above = 0});
      for (std::size_t from = 0; from < packet.size() && parser.push(bytes_view(packet).subspan(from, chunk)); from += chunk)
        while (parser.next().kind() != event::kind::need_more && parser.error() == nullptr) {
        }
      ASSERT_EQ(parser.error() == nullptr, wanted.has_value()) << to_hex(packet);
      if (wanted) continue;
      ASSERT_EQ(*parser.error(), wanted.error()) << to_hex(packet);
    }
    (wanted ? good : bad) += 1;
  };
  for (unsigned lead = 0; lead < 256; ++lead)
    for (unsigned second = 0; second < 256; ++second)
      for (const unsigned third : {0x7Fu, 0x80u, 0xBFu, 0xC0u})
        for (const unsigned fourth : {0x41u, 0x80u}) {
          if (lead < 0xE0 && third != 0x80) continue;  // such a sequence has no third byte
          unsigned i = 0;
          for (const unsigned value : {lead, second, third, fourth}) packet[at + i++] = static_cast<std::byte>(value);
          check();
          if (HasFatalFailure()) return;
        }
  EXPECT_GT(good, 1'000u);
  EXPECT_GT(bad, 100'000u);
}

TEST(stream_parser, errors_are_final_and_come_behind_all_that_was_good) {
  const bytes broken = hex("30 05 0001 2B 6162");
  reader r;
  EXPECT_EQ(told(r.parser, puback_1 + publish_abc + broken + puback_1), "puback 1;publish t=abc;malformed@4");
  ASSERT_NE(r.parser.error(), nullptr);
  EXPECT_EQ(r.parser.error()->violated, rule::topic_name_has_wildcard);
  EXPECT_EQ(r.parser.offset(), puback_1.size() + publish_abc.size());
  EXPECT_FALSE(r.parser.may_end());
  EXPECT_FALSE(r.parser.push(puback_1));
  for (int i = 0; i < 3; ++i) {
    const event e = r.parser.next();
    ASSERT_EQ(e.kind(), event::kind::error);
    EXPECT_EQ(e.error(), *r.parser.error());
    EXPECT_FALSE(r.parser.for_each(teller{}));
  }
}

TEST(stream_parser, the_rejected_packet_is_at_hand) {
  const bytes level_7 = hex("10 0D 0004 4D515454 07 02 003C 0001 61");
  const bytes input = level_7 + puback_1;
  reader r(64, {.connect_first = true});
  EXPECT_TRUE(r.parser.rejected().empty());
  EXPECT_EQ(told(r.parser, input), "unsupported_version@8");
  EXPECT_EQ(to_hex(r.parser.rejected()), to_hex(level_7));
  EXPECT_EQ(inspect_connect(r.parser.rejected()).protocol_level, 7);

  reader torn(64, {.connect_first = true});
  EXPECT_EQ(told(torn.parser, bytes_view(input).first(6)), "");
  EXPECT_EQ(told(torn.parser, bytes_view(input).subspan(6)), "unsupported_version@8");
  EXPECT_EQ(to_hex(torn.parser.rejected()), to_hex(level_7));

  reader headless(64);
  const bytes too_long = hex("30 FF FF FF FF 01 02");
  EXPECT_EQ(told(headless.parser, too_long), "malformed@1");
  EXPECT_EQ(headless.parser.rejected().size(), 5u);
  reader in_pieces(64, {.version = protocol_version::v5, .stream_publish_above = 0});
  EXPECT_EQ(told(in_pieces.parser, hex("30 07 0001 74 02 01 01 FF")), "begin t,1;malformed@8");
  EXPECT_TRUE(in_pieces.parser.rejected().empty());
}

}  // namespace
}  // namespace mqttspan::test
