// The fuzzer's parts, without a peer: cases, expectations, scripts as text, ddmin, slopes.
#include <gtest/gtest.h>

#include <set>

#include "../case_source.hpp"
#include "../expectation.hpp"
#include "../memory.hpp"
#include "../minimise.hpp"
#include "../script.hpp"
#include "../target.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

using conformance::wire::hex;

constexpr protocol_version all_versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};
case_source source_of(std::uint64_t seed, std::vector<std::string> families = {}) { return {seed, {std::begin(all_versions), std::end(all_versions)}, families}; }

const std::string connect_3_1_1 = hex("10 0d 0004 4d515454 04 02 0000 0001 63");
const std::string connect_5 = hex("10 0e 0004 4d515454 05 02 0000 00 0001 63");

standing behind(std::initializer_list<std::string> packets, protocol_version version = protocol_version::v3_1_1) {
  stream_reader r(version);
  for (const std::string& p : packets) r.take(p);
  return r.standing();
}

TEST(cases, are_the_same_for_the_same_seed) {
  case_source a = source_of(5), b = source_of(5), c = source_of(6);
  for (int i = 0; i < 500; ++i) {
    const fuzz_case one = a.next(), two = b.next();
    EXPECT_EQ(one.steps, two.steps);
    c.next();
  }
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_NE(a.hash(), c.hash());
}

TEST(cases, come_of_every_family_and_version) {
  case_source all = source_of(1);
  std::set<std::pair<std::string, protocol_version>> seen;
  for (int i = 0; i < 500; ++i) {
    const fuzz_case c = all.next();
    seen.emplace(c.family, c.version);
  }
  EXPECT_EQ(seen.size(), family_names().size() * std::size(all_versions));
}

TEST(cases, of_the_malformed_family_are_mostly_so) {
  case_source some = source_of(1, {"malformed"});
  int ending = 0;
  for (int i = 0; i < 300; ++i) ending += some.next().is_last ? 1 : 0;
  EXPECT_GT(ending, 150);
}

TEST(cases, that_others_may_follow_are_good) {
  case_source some = source_of(3);
  for (int i = 0; i < 2000; ++i) {
    const fuzz_case c = some.next();
    if (!c.shares || c.is_last) continue;
    stream_reader r(c.version);
    r.take(c.version == protocol_version::v5 ? connect_5 : c.version == protocol_version::v3_1_1 ? connect_3_1_1 : hex("10 0f 0006 4d5149736470 03 02 0000 0001 63"));
    for (const step& s : c.steps) r.take(s.bytes);
    EXPECT_EQ(r.standing(), standing::open) << c.number;
  }
}

TEST(expectation, of_good_packets_is_an_answer) {
  EXPECT_EQ(behind({}), standing::fresh);
  EXPECT_EQ(behind({connect_3_1_1, hex("c000")}), standing::open);
  EXPECT_EQ(behind({connect_3_1_1, hex("c0")}), standing::torn);
  EXPECT_EQ(behind({connect_3_1_1, hex("c0"), hex("00")}), standing::open);
  EXPECT_EQ(behind({connect_3_1_1, hex("e000")}), standing::left);
}

TEST(expectation, of_broken_rules_is_an_end_where_a_statement_says_so) {
  EXPECT_EQ(behind({hex("c000")}), standing::must_close);                                                    // before CONNECT
  EXPECT_EQ(behind({connect_3_1_1, connect_3_1_1}), standing::must_close);                                   // the second one
  EXPECT_EQ(behind({connect_3_1_1, hex("36 05 0001 74 0001")}), standing::must_close);                       // QoS 3
  EXPECT_EQ(behind({connect_3_1_1, hex("30 04 0002 c080")}), standing::must_close);                          // ill-formed
  EXPECT_EQ(behind({connect_3_1_1, hex("82 02 0001")}), standing::must_close);                               // no filter
  EXPECT_EQ(behind({connect_5, hex("c0 8000")}, protocol_version::v5), standing::unsure);                    // nothing is said of receivers
  EXPECT_EQ(behind({hex("10 0f 0006 4d5149736470 03 02 0000 0001 63"), hex("36 05 0001 74 0001")}, protocol_version::v3_1), standing::unsure);  // 3.1 asks for nothing
  EXPECT_EQ(behind({connect_3_1_1, hex("30 ffffffffff")}), standing::must_close);
  EXPECT_EQ(behind({connect_3_1_1, hex("8a")}), standing::lost);  // nobody need have noticed yet
  EXPECT_EQ(behind({connect_3_1_1, hex("00")}), standing::lost);
  EXPECT_EQ(behind({connect_3_1_1, hex("0000")}), standing::must_close);
}

TEST(expectation, knows_whether_a_question_would_be_understood) {
  stream_reader r(protocol_version::v3_1_1);
  r.take(connect_3_1_1);
  r.take(hex("62 03 bf00 01"));
  EXPECT_EQ(r.standing(), standing::must_close);
  EXPECT_FALSE(r.is_frame_lost());
  r.take(hex("00"));  // with PINGREQ behind it: type 0 and 64 bytes
  EXPECT_TRUE(r.is_frame_lost());
}

TEST(expectation, names_the_rule_and_the_statement) {
  stream_reader r(protocol_version::v3_1_1);
  r.take(connect_3_1_1);
  r.take(hex("36 05 0001 74 0001"));
  EXPECT_EQ(closing_id(r.what(), r.version()), "F-CLOSE/3.1.1/PUBLISH/qos_3");
  EXPECT_EQ(closing_statement(r.what(), r.version(), r.wrong(), r.self()), "MQTT-3.3.1-4");
}

TEST(expectation, holds_clients_to_what_3_1_1_says) {
  for (const auto& [version, wanted] : {std::pair(protocol_version::v3_1, standing::unsure), {protocol_version::v3_1_1, standing::must_close}, {protocol_version::v5, standing::unsure}}) {
    stream_reader r(version, sender::server);
    r.take(version == protocol_version::v5 ? hex("20 03 000000") : hex("20 02 0000"));
    r.take(hex("36 05 0001 74 0001"));
    EXPECT_EQ(r.standing(), wanted) << to_string(version);
    EXPECT_EQ(closing_statement(r.what(), r.version(), r.wrong(), r.self()), wanted == standing::must_close ? "MQTT-4.8.0-1" : "");
  }
}

TEST(reproducer, is_read_as_it_was_written) {
  const reproducer r{"F-CRASH/5.0/PINGREQ", "a \"title\"\n", {{protocol_version::v5, protocol_version::v3_1}, {{.bytes = connect_5}, {.party = 1, .bytes = hex("ff00")}, {.party = 1, .what = action::abort}, {.what = action::end}}}};
  const reproducer read = read_reproducer(to_text(r, sender::client));
  EXPECT_EQ(read.id, r.id);
  EXPECT_EQ(read.title, r.title);
  EXPECT_EQ(read.script, r.script);
}

TEST(reproducer, that_is_none_is_refused) {
  for (const char* text : {"", "[]", "{}", R"({"format":"mqttspan-fuzz-case/2","parties":[],"steps":[]})", R"({"format":"mqttspan-fuzz-case/1","parties":["4"],"steps":[]})",
                           R"({"format":"mqttspan-fuzz-case/1","parties":["5.0"],"steps":[{"party":1,"send":"c000"}]})", R"({"format":"mqttspan-fuzz-case/1","parties":["5.0"],"steps":[{"party":0,"send":"c"}]})",
                           R"({"format":"mqttspan-fuzz-case/1","parties":["5.0"],"steps":[{"party":0,"do":"dance"}]})"})
    EXPECT_THROW((void)read_reproducer(text), reproducer_error) << text;
}

TEST(script, is_joined_and_compacted) {
  const script a{{protocol_version::v5}, {{.bytes = "a"}}}, b{{protocol_version::v3_1, protocol_version::v3_1_1}, {{.party = 1, .bytes = "b"}}};
  const script both = joined(a, b);
  EXPECT_EQ(both.parties.size(), 3u);
  EXPECT_EQ(both.steps.back().party, 2);
  EXPECT_EQ(compacted(both), (script{{protocol_version::v5, protocol_version::v3_1_1}, {{.bytes = "a"}, {.party = 1, .bytes = "b"}}}));
}

TEST(ddmin, leaves_what_is_needed_and_nothing_else) {
  for (const std::set<int>& needed : {std::set<int>{}, {0}, {99}, {3, 50}, {1, 2, 3, 97, 98}}) {
    std::vector<int> all(100);
    for (int i = 0; i < 100; ++i) all[static_cast<std::size_t>(i)] = i;
    const auto left = minimised<int>(all, [&](const std::vector<int>& some) {
      return std::all_of(needed.begin(), needed.end(), [&](int n) { return std::find(some.begin(), some.end(), n) != some.end(); });
    });
    EXPECT_EQ(left, std::vector<int>(needed.begin(), needed.end()));
  }
}

TEST(minimised, goes_by_packets_fields_and_bytes) {
  const std::string message = hex("32 0c 0003 612f62 1234 6869686968");  // QoS 1, "a/b", a payload
  const script s{{protocol_version::v3_1_1, protocol_version::v3_1_1}, {{.party = 1, .bytes = connect_3_1_1}, {.bytes = connect_3_1_1}, {.bytes = hex("c000")}, {.bytes = message}, {.bytes = hex("c000")}}};
  const script least = minimised(s, [](const script& some) { return std::any_of(some.steps.begin(), some.steps.end(), [](const step& each) { return !each.bytes.empty() && (each.bytes[0] & '\xF0') == '\x30'; }); },
                                 std::chrono::seconds(10));
  ASSERT_EQ(least.steps.size(), 1u);
  EXPECT_EQ(least.parties.size(), 1u);
  EXPECT_EQ(least.steps.front().bytes, hex("30 00"));
}

TEST(minimised, offers_simpler_fields_only) {
  for (const std::string& simpler : simpler_fields(hex("30 09 0003 612f62 68696869"), protocol_version::v3_1_1)) EXPECT_LE(simpler.size(), 11u);
  EXPECT_TRUE(simpler_fields(hex("36 05 0001 74 0001"), protocol_version::v3_1_1).empty());
}

TEST(memory, slope_is_not_bent_by_outliers) {
  std::vector<memory_sample> samples;
  for (int i = 0; i < 50; ++i) samples.push_back({i * 100.0, 1000.0 + i * 50.0 + (i % 10 == 0 ? 5000.0 : 0.0)});
  EXPECT_NEAR(theil_sen(samples), 0.5, 0.05);
  EXPECT_EQ(theil_sen({}), 0);
}

TEST(memory, that_reaches_a_plateau_does_not_grow) {
  memory_watch grows, flattens, caches;
  for (int i = 0; i < 1000; ++i) {
    grows.take({i * 100.0, 1000.0 + i * 100.0});
    flattens.take({i * 100.0, 1000.0 + std::min(i, 400) * 100.0});
    caches.take({i * 100.0, 1000.0 + i});
  }
  EXPECT_TRUE(grows.grows(16'384));
  EXPECT_FALSE(flattens.grows(16'384));
  EXPECT_FALSE(caches.grows(16'384));
}

TEST(complaint, is_the_telling_line_without_what_changes) {
  EXPECT_EQ(complaint_in("listening\n==12==ERROR: AddressSanitizer: heap-use-after-free on address 0x60b0 at pc 0x5\nmore"), "ERROR: AddressSanitizer: heap-use-after-free on address 0x… at pc 0x…");
  EXPECT_EQ(complaint_in("a.cpp:1:2: runtime error: signed integer overflow\n"), "a.cpp:1:2: runtime error: signed integer overflow");
  EXPECT_EQ(complaint_in("1: New connection\n"), "");
}

}  // namespace
}  // namespace mqttspan::fuzz
