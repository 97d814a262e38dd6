// Every packet of the codec's tables, good and bad, through the parser, however it is cut.
#include "chunked.hpp"

#include <fstream>
#include <regex>

#include <gtest/gtest.h>

#include "spec_bytes.hpp"
#include "spec_statements.hpp"

namespace mqttspan::test {
namespace {

parse_options options_named(const std::string& text) {
  const std::vector<std::string> parts = spec::split(text, ' ');
  parse_options options{.sender = parts[0] == "client" ? sender::client : parts[0] == "server" ? sender::server : sender::any};
  for (const std::string& part : parts) {
    if (part.starts_with("max_packet_size=")) options.max_packet_size = static_cast<std::uint32_t>(std::stoul(part.substr(16)));
    if (part == "non_minimal_lengths_in_3_x") options.reject = strictness::non_minimal_lengths_in_3_x;
    if (part == "disconnect_bad_authentication_method") options.allow = leniency::disconnect_bad_authentication_method;
  }
  return options;
}

// Alone, and between neighbours; read whole, and in pieces.
void expect_same(const std::string& packet, protocol_version version, const parse_options& parse) {
  const std::string before = spec::hex("40 02 0001"), between = before + packet + before;
  for (const std::size_t carry_size : {std::size_t{140'000}, std::size_t{12}})
    for (const std::uint32_t above : {max_packet_length, 3u}) {
      const stream_options options{.parse = parse, .version = version, .stream_publish_above = above};
      EXPECT_EQ(feed_in_every_way(as_bytes(packet), options, carry_size), "") << spec::to_hex(as_bytes(packet)).substr(0, 200);
      EXPECT_EQ(feed_in_some_ways(as_bytes(between), options, carry_size, packet.size()), "") << spec::to_hex(as_bytes(packet)).substr(0, 200);
    }
}

TEST(stream_witnesses, of_the_statements_give_the_same_events_for_any_chunks) {
  std::size_t good = 0, bad = 0;
  for (const spec::tsv_row& row : spec::witnesses()) {
    if (row.at("expect") == "accept-only") continue;
    (row.at("expect").starts_with("ok") ? good : bad) += 1;
    expect_same(spec::hex(row.at("bytes")), spec::version_named(row.at("version")), options_named(row.at("sender")));
  }
  EXPECT_GT(good, 250u);
  EXPECT_GT(bad, 250u);
}

// The packets stand as hexadecimal texts in the codec's test, which is read as data.
TEST(stream_witnesses, of_the_regressions_give_the_same_events_for_any_chunks) {
  std::ifstream in(MQTTSPAN_REGRESSIONS);
  const std::regex packet("\"([0-9A-F]{2} [0-9A-Fx* ]*)\"");
  std::size_t found = 0;
  for (std::string line; std::getline(in, line);)
    for (std::sregex_iterator at(line.begin(), line.end(), packet), end; at != end; ++at) {
      ++found;
      for (const protocol_version version : spec::all_versions)
        for (const sender from : spec::all_senders) expect_same(spec::hex((*at)[1].str()), version, {.sender = from});
    }
  EXPECT_GE(found, 60u);
}

}  // namespace
}  // namespace mqttspan::test
