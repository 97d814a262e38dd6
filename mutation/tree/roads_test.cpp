// Packets that are as usual never take the slow road, where every rule is judged: it would give the same answer, so that no other test would notice.
// Which functions a call went through is known from the mutants it reached; therefore this test is here, and not with the codec's.
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/stream/stream_parser.hpp>

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/test/spec_property_table.hpp"

namespace mqttspan {
namespace {

struct site {
  std::string_view function;
  unsigned number;
};
constexpr site sites[] = {
#include "sites.inc"
};

// Whether the call goes through one of the functions. What others have reached stays.
template <class Call>
bool goes_through(std::initializer_list<std::string_view> functions, Call call) {
  std::vector<std::pair<unsigned, unsigned char>> before;
  for (const site& s : sites)
    for (const std::string_view f : functions)
      if (s.function == f) before.emplace_back(s.number, mut::reached[s.number]), mut::reached[s.number] = 0;
  EXPECT_FALSE(before.empty());
  call();
  bool found = false;
  for (const auto& [number, old] : before) {
    found = found || mut::reached[number];
    mut::reached[number] |= old;
  }
  return found;
}

constexpr protocol_version all_versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};

bytes_view as_bytes(const std::string& s) { return {reinterpret_cast<const std::byte*>(s.data()), s.size()}; }

void writes_quickly(const packet& p, protocol_version version, std::size_t size) {
  std::vector<std::byte> out(size);
  const generate_options options{.max_packet_size = static_cast<std::uint32_t>(size)};
  EXPECT_FALSE(goes_through({"encode_judged"}, [&] { EXPECT_TRUE(generate(p, version, out, options).has_value()); }));
}

void reads_quickly(const std::string& wire, protocol_version version, bool is_written_quickly = true) {
  SCOPED_TRACE(std::to_string(static_cast<int>(version)) + " " + std::to_string(wire.size()));
  const std::vector<std::byte> exact(as_bytes(wire).begin(), as_bytes(wire).end());  // so that nothing stands behind it
  const parse_options options{.max_packet_size = static_cast<std::uint32_t>(wire.size())};
  const bool is_publish = static_cast<unsigned char>(wire[0]) >> 4 == 3;
  EXPECT_FALSE(goes_through({is_publish ? "parse_any" : "read_frame", "judge_body"}, [&] { EXPECT_TRUE(parse(exact, version, options).has_value()); }));
  const auto got = parse(exact, version, options);
  ASSERT_TRUE(got.has_value());
  std::visit([&]<class P>(const P&) {
    EXPECT_FALSE(goes_through({"judge_control"}, [&] { EXPECT_TRUE(parse_as<P>(exact, version, options).has_value()); }));
  }, got->packet);
  const auto written = encoded_size(got->packet, version);
  ASSERT_TRUE(written.has_value());
  if (is_written_quickly) writes_quickly(got->packet, version, *written);
}

std::string letters(std::size_t n) {
  std::string s;
  for (std::size_t i = 0; i < n; ++i) s += static_cast<char>('a' + i % 26);
  return s;
}

TEST(roads, all_types_are_usual) {
  using spec::hex;
  for (const protocol_version v : all_versions) {
    const bool is_5 = v == protocol_version::v5;
    for (const char* wire : {"20 02 0000", "40 02 0001", "50 02 0001", "62 02 0001", "70 02 0001", "b0 02 0001", "c0 00", "d0 00", "e0 00",
                             "82 06 0001 0001 61 00", "82 06 0001 0001 61 02", "90 03 0001 00", "90 03 0001 02", "a2 05 0001 0001 61"})
      if (!is_5) reads_quickly(hex(wire), v);
    for (const char* wire : {"20 03 000000", "40 02 0001", "50 02 0001", "62 02 0001", "70 02 0001", "40 03 0001 10", "62 03 0001 92", "c0 00", "d0 00", "e0 00", "e0 01 04",
                             "82 07 0001 00 0001 61 00", "82 07 0001 00 0001 61 2e", "90 04 0001 00 00", "90 04 0001 00 80", "a2 06 0001 00 0001 61", "b0 04 0001 00 00",
                             "b0 04 0001 00 11", "f0 06 18 04 15 0001 61"})
      if (is_5) reads_quickly(hex(wire), v);
  }
}

TEST(roads, all_properties_are_usual) {
  for (const spec::property_spec& row : spec::property_table)
    for (const char place : spec::places)
      if (spec::allowed(row, place)) {
        SCOPED_TRACE(std::string(row.name) + place);
        reads_quickly(spec::packet_with(place, spec::good_property(row)).wire, protocol_version::v5, row.id != 1 || place != 'P'); // a payload that is text is judged
        if (spec::repeats(row, place)) reads_quickly(spec::packet_with(place, spec::good_property(row) + spec::good_property(row)).wire, protocol_version::v5);
      }
}

TEST(roads, zero_is_usual_where_it_may_be) {
  for (const spec::property_spec& row : spec::property_table)
    if (row.type != 's' && row.type != 'b' && row.type != 'p' && std::string_view(row.values) != "not 0" && row.id != 1)
      reads_quickly(spec::packet_with(row.where[0], spec::u8(row.id) + spec::integer_value(row, 0)).wire, protocol_version::v5);
}

TEST(roads, the_largest_values_are_usual) {
  const auto largest = [](const spec::property_spec& row) { return row.type == '1' ? 1u : row.type == '2' ? 0xFFFFu : row.type == '4' ? 0xFFFF'FFFFu : 127u; };
  for (const spec::property_spec& row : spec::property_table)
    if (row.type != 's' && row.type != 'b' && row.type != 'p' && row.id != 1)
      reads_quickly(spec::packet_with(row.where[0], spec::u8(row.id) + spec::integer_value(row, largest(row))).wire, protocol_version::v5);
}

TEST(roads, long_texts_are_usual) {
  for (const protocol_version v : all_versions)
    for (const std::size_t size : {32'766u, 32'767u, 32'768u, 65'535u})
      if (v != protocol_version::v3_1 || size < 32'768) {
        const std::string none = v == protocol_version::v5 ? std::string(1, '\0') : std::string();
        if (size < 32'768) reads_quickly(spec::packet_of(0x30, spec::str(letters(size)) + none), v);
        reads_quickly(spec::packet_of(0x82, spec::u16(1) + none + spec::str(letters(size)) + spec::u8(1)), v);
      }
  reads_quickly(spec::packet_of(0x82, spec::u16(1) + spec::str(letters(40'000)) + spec::u8(1)), protocol_version::v3_1);
}

TEST(roads, usual_connect_flags_are_not_judged) {
  for (const unsigned flags : {0x02u, 0x06u, 0x0Eu, 0x16u, 0x36u, 0x82u, 0xC2u, 0xF6u}) {
    std::string body = spec::str("MQTT") + spec::u8(4) + spec::u8(flags) + spec::u16(60) + spec::str("c");
    if (flags & 0x04) body += spec::str("t") + spec::str("p");
    if (flags & 0x80) body += spec::str("u");
    if (flags & 0x40) body += spec::str("p");
    const std::string wire = spec::packet_of(0x10, body);
    EXPECT_FALSE(goes_through({"judge_connect_flags"}, [&] { EXPECT_TRUE(parse(as_bytes(wire), protocol_version::v3_1_1).has_value()); }));
    reads_quickly(wire, protocol_version::v3_1_1);
  }
}

TEST(roads, texts_of_any_length_are_usual) {
  for (std::size_t n = 0; n < 70; ++n) {
    const std::string name = letters(n);
    reads_quickly(spec::packet_with('P', spec::u8(0x26) + spec::str(name) + spec::str(name)).wire, protocol_version::v5);
    reads_quickly(spec::packet_with('P', spec::u8(0x03) + spec::str(name)).wire, protocol_version::v5);
    reads_quickly(spec::packet_with('P', spec::u8(0x09) + spec::str(name)).wire, protocol_version::v5);
    if (n == 0) continue;
    reads_quickly(spec::packet_with('P', spec::u8(0x08) + spec::str(name)).wire, protocol_version::v5);
    reads_quickly(spec::packet_of(0x10, spec::str("MQTT") + spec::hex("04 c2 003c") + spec::str(name) + spec::str(name) + spec::str(name)), protocol_version::v3_1_1);
    for (const protocol_version v : all_versions) {
      const std::string none = v == protocol_version::v5 ? std::string(1, '\0') : std::string();
      reads_quickly(spec::packet_of(0x30, spec::str(name) + none), v);
      reads_quickly(spec::packet_of(0x3B, spec::str(name) + spec::u16(1) + none + name), v);
      reads_quickly(spec::packet_of(0x82, spec::u16(1) + none + spec::str(name) + spec::u8(1)), v);
      reads_quickly(spec::packet_of(0xA2, spec::u16(1) + none + spec::str(name)), v);
    }
  }
}

TEST(roads, wildcards_are_usual) {
  for (std::size_t n = 0; n < 31; ++n)
    for (const char* end : {"+", "#", "/+", "/#", "/+/x", "+/x"}) {
      if (std::string_view(end)[0] != '/' && n > 0) continue;
      const std::string filter = letters(n) + end;
      if (filter.size() > 32 || (n > 0 && filter.size() < 2)) continue;
      // Short ones have something behind them to be read together with; when they are written there is nothing.
      reads_quickly(spec::packet_of(0x82, spec::u16(1) + spec::str(filter) + spec::u8(1) + spec::str(letters(20)) + spec::u8(0)), protocol_version::v3_1_1, filter.size() >= 8);
    }
}

TEST(roads, payloads_of_any_size_are_usual) {
  for (const std::size_t size : {0u, 1u, 63u, 64u, 65u, 120u, 121u, 122u, 123u, 124u, 125u, 126u, 127u, 16'378u, 16'379u, 16'380u, 16'381u, 2'097'146u, 2'097'147u, 2'097'148u, 2'097'149u})
    for (const protocol_version v : all_versions)
      reads_quickly(spec::packet_of(0x30, spec::str("a") + (v == protocol_version::v5 ? std::string(1, '\0') : std::string()) + std::string(size, 'p')), v);
}

}  // namespace
}  // namespace mqttspan
