// The manifest, and for each statement that the codec owes at least one good and one bad packet (spec_witnesses.tsv).
//
// Columns: statements (shown by this packet), version, sender (and options), direction (generate: the bytes are also what generate writes), bytes,
// expect (`ok` and fields, `rule@offset`, or `accept-only` where a statement only permits), also (other statements that describe the same defect), title.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include <mqttspan/codec/generate.hpp>

#include "spec_fields.hpp"
#include "spec_statements.hpp"

namespace mqttspan::spec {
namespace {

struct witness {
  const tsv_row& row;
  bytes wire;
  protocol_version version;
  parse_options options;

  const std::string& cell(const char* name) const { return row.at(name); }
  const std::string& expect() const { return cell("expect"); }
  bool is_good() const { return expect().starts_with("ok"); }
  std::string title() const { return cell("version") + " " + cell("statements") + ": " + cell("title"); }
};

parse_options options_named(const std::string& text) {
  const std::vector<std::string> parts = split(text, ' ');
  parse_options options{.sender = parts[0] == "client" ? sender::client : parts[0] == "server" ? sender::server : sender::any};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].starts_with("max_packet_size=")) options.max_packet_size = static_cast<std::uint32_t>(std::stoul(parts[i].substr(16)));
    else if (parts[i] == "non_minimal_lengths_in_3_x") options.reject = strictness::non_minimal_lengths_in_3_x;
    else if (parts[i] == "disconnect_bad_authentication_method") options.allow = leniency::disconnect_bad_authentication_method;
    else ADD_FAILURE() << "unknown option " << parts[i];
  }
  return options;
}

std::vector<witness> packets() {
  std::vector<witness> out;
  for (const tsv_row& row : witnesses())
    if (row.at("expect") != "accept-only") out.push_back({row, hex(row.at("bytes")), version_named(row.at("version")), options_named(row.at("sender"))});
  return out;
}

std::size_t count_of(const char* version, bool numbered, const char* scope) {
  std::size_t n = 0;
  for (const tsv_row& row : statements())
    n += row.at("version") == version && row.at("id").starts_with("MQTT") == numbered && (!*scope || row.at("scope") == scope);
  return n;
}

TEST(spec_manifest, has_all_659_statements_of_which_289_are_the_codecs) {
  EXPECT_EQ(statements().size(), 659U);
  EXPECT_EQ(count_of("3.1.1", true, ""), 141U);
  EXPECT_EQ(count_of("5.0", true, ""), 251U);
  EXPECT_EQ(count_of("3.1", false, ""), 48U);
  EXPECT_EQ(count_of("3.1.1", false, ""), 46U);
  EXPECT_EQ(count_of("5.0", false, ""), 173U);
  EXPECT_EQ(count_of("3.1.1", true, "codec"), 48U);
  EXPECT_EQ(count_of("5.0", true, "codec"), 65U);
  EXPECT_EQ(count_of("3.1", false, "codec") + count_of("3.1.1", false, "codec") + count_of("5.0", false, "codec"), 176U);
}

TEST(spec_manifest, names_each_statement_once_with_known_words) {
  const std::set<std::string> scopes{"codec", "stream", "session", "network", "advisory"}, vectors{"-", "decode", "encode", "both"}, live{"yes", "no", "cond", "obs"};
  std::set<std::string> seen;
  for (const tsv_row& row : statements()) {
    const std::string name = qualified(row.at("version"), row.at("id"));
    EXPECT_TRUE(seen.insert(name).second) << name;
    EXPECT_TRUE(scopes.contains(row.at("scope"))) << name;
    EXPECT_TRUE(vectors.contains(row.at("vectors"))) << name;
    EXPECT_TRUE(live.contains(row.at("live_broker")) && live.contains(row.at("live_client"))) << name;
    EXPECT_FALSE(row.at("summary").empty()) << name;
    EXPECT_TRUE(row.at("scope") != "codec" || row.at("vectors") != "-") << name;
  }
}

TEST(spec_witnesses, cite_known_statements_and_rules_only) {
  std::size_t rows = 0;
  std::ifstream in(MQTTSPAN_WITNESSES);
  for (std::string line; std::getline(in, line);) ++rows;
  ASSERT_EQ(witnesses().size() + 1, rows) << "a row has the wrong number of columns";
  for (const tsv_row& row : witnesses()) {
    for (const char* column : {"statements", "also"})
      for (const std::string& id : words(row.at(column))) EXPECT_NE(statement_named(row.at("version"), id), nullptr) << row.at("version") << "/" << id;
    EXPECT_FALSE(words(row.at("statements")).empty()) << row.at("title");
    const std::string& expect = row.at("expect");
    if (expect.starts_with("ok") || expect == "accept-only") continue;
    EXPECT_NE(rule_named(expect.substr(0, expect.find('@'))), rule::none) << expect;
  }
}

TEST(spec_witnesses, show_every_statement_of_the_codec_by_a_good_packet_and_a_bad_one) {
  std::set<std::string> good, bad, accept_only;
  for (const tsv_row& row : witnesses()) {
    std::set<std::string>& kind = row.at("expect").starts_with("ok") ? good : row.at("expect") == "accept-only" ? accept_only : bad;
    for (const std::string& id : words(row.at("statements"))) kind.insert(qualified(row.at("version"), id));
  }
  std::size_t shown_by_both = 0;
  for (const tsv_row& row : statements()) {
    if (row.at("scope") != "codec") continue;
    const std::string name = qualified(row.at("version"), row.at("id"));
    EXPECT_TRUE(good.contains(name)) << name << " has no good packet";
    EXPECT_TRUE(bad.contains(name) || accept_only.contains(name)) << name << " has no bad packet, and no row says that it only permits";
    shown_by_both += good.contains(name) && bad.contains(name);
  }
  EXPECT_GE(shown_by_both, 289U - accept_only.size());
}

TEST(spec_witnesses, have_the_verdict_rule_and_offset_that_the_table_says) {
  for (const witness& w : packets()) EXPECT_EQ(verdict(w.wire, w.version, w.options), w.is_good() ? "ok" : w.expect()) << w.title();
}

TEST(spec_witnesses, mean_what_the_table_says) {
  std::size_t fields = 0;
  for (const witness& w : packets()) {
    if (!w.is_good() || w.expect() == "ok") continue;
    const auto read = parse(as_bytes(w.wire), w.version, w.options);
    ASSERT_TRUE(read) << w.title();
    for (const std::string& field : split(w.expect().substr(3), ';')) {
      const std::size_t equals = field.find('=');
      EXPECT_EQ(field_of(read->packet, field.substr(0, equals)), field.substr(equals + 1)) << w.title() << ": " << field;
      ++fields;
    }
  }
  EXPECT_GT(fields, 200U);
}

TEST(spec_witnesses, bad_ones_name_a_statement_that_the_packet_shows) {
  for (const witness& w : packets()) {
    if (w.is_good()) continue;
    const auto read = parse(as_bytes(w.wire), w.version, w.options);
    ASSERT_FALSE(read) << w.title();
    std::set<std::string> right = words(w.cell("statements"));
    right.merge(words(w.cell("also")));
    const std::string exact(statement_id(read.error(), w.version, as_bytes(w.wire)));
    const std::string by_rule(statement_id(read.error().violated, w.version, read.error().in));
    EXPECT_TRUE(right.contains(exact)) << w.title() << ": names " << exact;
    EXPECT_NE(statement_named(w.cell("version"), by_rule), nullptr) << w.title() << ": names " << by_rule;
  }
}

TEST(spec_witnesses, bad_ones_carry_a_reason_code_that_their_statement_allows) {
  for (const witness& w : packets()) {
    if (w.is_good() || w.version != protocol_version::v5) continue;
    const auto read = parse(as_bytes(w.wire), w.version, w.options);
    ASSERT_FALSE(read) << w.title();
    std::ostringstream code;
    code << "0x" << std::uppercase << std::hex << static_cast<unsigned>(read.error().reason);
    for (const std::string& id : words(w.cell("statements"))) {
      const std::string& allowed = statement_named("5.0", id)->at("v5_reason_code");
      EXPECT_TRUE(allowed == "-" || ("|" + allowed + "|").find("|" + code.str() + "|") != std::string::npos) << w.title() << ": " << code.str() << ", not " << allowed;
    }
  }
}

TEST(spec_witnesses, a_neighbour_behind_changes_nothing) {
  for (const witness& w : packets())
    for (const char* neighbour : {"C0 00", "00", "FF FF FF FF FF", "30 05 00"}) {
      const auto alone = parse(as_bytes(w.wire), w.version, w.options);
      const bytes both = w.wire + hex(neighbour);
      const auto beside = parse(as_bytes(both), w.version, w.options);
      ASSERT_EQ(alone.has_value(), beside.has_value()) << w.title();
      const bool same = alone ? alone->size == beside->size && alone->packet == beside->packet : alone.error() == beside.error();
      EXPECT_TRUE(same) << w.title();
    }
}

TEST(spec_witnesses, every_proper_prefix_of_a_good_one_is_incomplete) {
  for (const witness& w : packets()) {
    if (!w.is_good()) continue;
    for (std::size_t size = 0; size < w.wire.size(); ++size) {
      if (size == 256 && w.wire.size() > 4096) size = w.wire.size() - 256;  // the middle of the large ones is one run of a single byte
      const auto read = parse(as_bytes(std::string_view(w.wire).substr(0, size)), w.version, w.options);
      ASSERT_FALSE(read) << w.title() << " cut to " << size;
      ASSERT_EQ(read.error().code, errc::incomplete) << w.title() << " cut to " << size << ": " << verdict_of(read.error());
    }
  }
}

TEST(spec_witnesses, no_prefix_of_a_bad_one_is_a_packet_or_another_error) {
  for (const witness& w : packets()) {
    if (w.is_good() || w.wire.size() > 4096) continue;
    for (std::size_t size = 0; size < w.wire.size(); ++size) {
      const auto read = parse(as_bytes(std::string_view(w.wire).substr(0, size)), w.version, w.options);
      ASSERT_FALSE(read) << w.title() << " cut to " << size;
      EXPECT_TRUE(read.error().code == errc::incomplete || verdict_of(read.error()) == w.expect()) << w.title() << " cut to " << size << ": " << verdict_of(read.error());
    }
  }
}

TEST(spec_witnesses, golden_ones_are_what_generate_writes) {
  std::size_t golden = 0;
  for (const witness& w : packets()) {
    if (w.cell("direction") != "generate") continue;
    ++golden;
    const auto read = parse(as_bytes(w.wire), w.version, w.options);
    ASSERT_TRUE(read) << w.title();
    std::vector<std::byte> out(w.wire.size());
    const auto written = generate(read->packet, w.version, out, {.sender = w.options.sender});
    ASSERT_TRUE(written) << w.title() << ": " << verdict_of(written.error());
    EXPECT_EQ(to_hex(*written).substr(0, 200), to_hex(as_bytes(w.wire)).substr(0, 200)) << w.title();
    EXPECT_TRUE(as_text(*written) == w.wire) << w.title();
  }
  EXPECT_GT(golden, 100U);
}

}  // namespace
}  // namespace mqttspan::spec
