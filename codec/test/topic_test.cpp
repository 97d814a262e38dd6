#include <mqttspan/codec/topic.hpp>

#include <gtest/gtest.h>

#include <string>

#include "rapidcheck_samples.hpp"

namespace mqttspan {
namespace {

using namespace std::string_view_literals;

constexpr auto v3_1 = protocol_version::v3_1;
constexpr auto v3_1_1 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

void ok_name(std::string_view name, protocol_version version = v5) {
  const auto got = validate_topic_name(name, version);
  EXPECT_TRUE(got.has_value()) << testing::PrintToString(name) << ' ' << to_string(got.error().violated);
}

void bad_name(std::string_view name, rule violated, std::size_t offset, protocol_version version = v5) {
  const auto got = validate_topic_name(name, version);
  ASSERT_FALSE(got.has_value()) << testing::PrintToString(name);
  EXPECT_EQ(to_string(got.error().violated), to_string(violated)) << testing::PrintToString(name);
  EXPECT_EQ(got.error().offset, offset) << testing::PrintToString(name);
}

void ok_filter(std::string_view filter, protocol_version version = v5) {
  const auto got = validate_topic_filter(filter, version);
  EXPECT_TRUE(got.has_value()) << testing::PrintToString(filter) << ' ' << to_string(got.error().violated);
}

void bad_filter(std::string_view filter, rule violated, std::size_t offset, protocol_version version = v5) {
  const auto got = validate_topic_filter(filter, version);
  ASSERT_FALSE(got.has_value()) << testing::PrintToString(filter);
  EXPECT_EQ(to_string(got.error().violated), to_string(violated)) << testing::PrintToString(filter);
  EXPECT_EQ(got.error().offset, offset) << testing::PrintToString(filter);
}

TEST(topic_name, may_be) {
  for (const auto version : {v3_1, v3_1_1, v5})
    for (const auto name : {"a"sv, "/"sv, "//"sv, "/a"sv, "a/"sv, "a/b"sv, " "sv, "$SYS/broker"sv, "$share/g/t"sv, "caf\u00E9/\U0001F600"sv, "\uFEFFa"sv, "a\x01"sv})
      ok_name(name, version);
}

TEST(topic_name, may_not_be) {
  for (const auto version : {v3_1, v3_1_1, v5}) {
    bad_name("", rule::topic_name_empty, 0, version);
    bad_name("+", rule::topic_name_has_wildcard, 0, version);
    bad_name("#", rule::topic_name_has_wildcard, 0, version);
    bad_name("a/+", rule::topic_name_has_wildcard, 2, version);
    bad_name("a/b#", rule::topic_name_has_wildcard, 3, version);
    bad_name("a\0b"sv, rule::utf8_has_null, 1, version);
    bad_name("a+\0"sv, rule::topic_name_has_wildcard, 1, version);
    bad_name("a\0+"sv, rule::utf8_has_null, 1, version);
  }
  for (const auto version : {v3_1_1, v5}) {
    bad_name("a\xC3", rule::utf8_ill_formed, 1, version);
    bad_name("\xED\xA0\x80", rule::utf8_ill_formed, 0, version);
    bad_name("a\xFF#", rule::utf8_ill_formed, 1, version);
    bad_name("a#\xFF", rule::topic_name_has_wildcard, 1, version);
  }
}

TEST(topic_name, of_3_1_has_no_rule_on_utf8_but_none_with_javas_null) {
  ok_name("a\xC3", v3_1);
  ok_name("\xED\xA0\x80", v3_1);
  bad_name("ab\xC0\x80", rule::utf8_has_null, 2, v3_1);
}

TEST(topic_name, has_a_greatest_length) {
  ok_name(std::string(65'535, 'a'));
  bad_name(std::string(65'536, 'a'), rule::string_too_long, 65'535);
  ok_name(std::string(65'535, 'a'), v3_1_1);
  ok_name(std::string(32'767, 'a'), v3_1);
  bad_name(std::string(32'768, 'a'), rule::topic_name_too_long, 32'767, v3_1);
  std::string wide;
  while (wide.size() < 65'534) wide += "\u00E9";
  ok_name(wide, v3_1);  // 32,767 characters
  bad_name(wide + "a", rule::topic_name_too_long, 65'534, v3_1);
  bad_name("+" + std::string(40'000, 'a'), rule::topic_name_has_wildcard, 0, v3_1);
}

TEST(topic_filter, may_be) {
  for (const auto version : {v3_1, v3_1_1, v5})
    for (const auto filter : {"a"sv, "/"sv, "#"sv, "+"sv, "/#"sv, "+/+"sv, "/+"sv, "+/"sv, "a/#"sv, "a/+/b"sv, "+/a/#"sv, "$SYS/#"sv, "$share"sv, "//"sv, "+//#"sv})
      ok_filter(filter, version);
}

TEST(topic_filter, may_not_be) {
  for (const auto version : {v3_1, v3_1_1, v5}) {
    bad_filter("", rule::topic_filter_empty, 0, version);
    bad_filter("a#", rule::multi_level_wildcard_misplaced, 1, version);
    bad_filter("#a", rule::multi_level_wildcard_misplaced, 0, version);
    bad_filter("#/", rule::multi_level_wildcard_misplaced, 0, version);
    bad_filter("a/#/b", rule::multi_level_wildcard_misplaced, 2, version);
    bad_filter("##", rule::multi_level_wildcard_misplaced, 0, version);
    bad_filter("a/b#", rule::multi_level_wildcard_misplaced, 3, version);
    bad_filter("a+", rule::single_level_wildcard_misplaced, 1, version);
    bad_filter("+a", rule::single_level_wildcard_misplaced, 0, version);
    bad_filter("a/+b", rule::single_level_wildcard_misplaced, 2, version);
    bad_filter("++", rule::single_level_wildcard_misplaced, 0, version);
    bad_filter("+#", rule::single_level_wildcard_misplaced, 0, version);
    bad_filter("a\0"sv, rule::utf8_has_null, 1, version);
  }
  bad_filter("a/\xFF/#", rule::utf8_ill_formed, 2);
  bad_filter("\xFF/a#", rule::utf8_ill_formed, 0);
  bad_filter(std::string(65'536, '/'), rule::string_too_long, 65'535);
}

TEST(shared_filter, may_be) {
  for (const auto filter : {"$share/g/t"sv, "$share/g//"sv, "$share/g/#"sv, "$share/g/+/a"sv, "$share/\u00E9/+"sv, "$share/$share/$share/a"sv}) ok_filter(filter);
}

TEST(shared_filter, may_not_be) {
  bad_filter("$share/", rule::share_name_empty, 7);
  bad_filter("$share//", rule::share_name_empty, 7);
  bad_filter("$share//t", rule::share_name_empty, 7);
  bad_filter("$share/g", rule::share_without_topic_filter, 8);
  bad_filter("$share/g/", rule::share_without_topic_filter, 8);
  bad_filter("$share/+/t", rule::share_name_has_wildcard, 7);
  bad_filter("$share/g#/t", rule::share_name_has_wildcard, 8);
  bad_filter("$share/g+", rule::share_name_has_wildcard, 8);
  bad_filter("$share/g/a#", rule::multi_level_wildcard_misplaced, 10);
  bad_filter("$share/g/+a", rule::single_level_wildcard_misplaced, 9);
}

TEST(shared_filter, is_an_ordinary_filter_in_3_x) {
  for (const auto version : {v3_1, v3_1_1}) {
    ok_filter("$share/g", version);
    ok_filter("$share//t", version);
    ok_filter("$share/+/t", version);
  }
}

TEST(split_share, takes_the_two_parts) {
  const auto parts = split_share("$share/group/a/+/#");
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->share_name, "group");
  EXPECT_EQ(parts->topic_filter, "a/+/#");
  EXPECT_EQ(split_share("$share/g//")->topic_filter, "/");
}

TEST(split_share, is_nothing_elsewhere) {
  for (const auto filter : {""sv, "a"sv, "$share"sv, "$share/"sv, "$share/g"sv, "$Share/g/t"sv, "a/$share/g/t"sv, "$shared/g/t"sv}) EXPECT_FALSE(split_share(filter).has_value()) << filter;
}

TEST(topic_levels, are_one_more_than_the_slashes) {
  EXPECT_EQ(topic_levels("a"), 1u);
  EXPECT_EQ(topic_levels("/"), 2u);
  EXPECT_EQ(topic_levels("a/b/c"), 3u);
  EXPECT_EQ(topic_levels(std::string(65'535, '/')), 65'536u);
}

struct match_row {
  std::string_view filter;
  std::string_view name;
};

TEST(matches, these) {
  constexpr match_row rows[] = {
      {"a", "a"}, {"a/b", "a/b"}, {"#", "a"}, {"#", "a/b/c"}, {"#", "/"}, {"+", "a"}, {"+/+", "/a"}, {"/+", "/a"}, {"+/+", "/"}, {"+/", "a/"}, {"a/#", "a"},
      {"a/#", "a/"}, {"a/#", "a/b/c"}, {"a/+/c", "a/b/c"}, {"a/+/c", "a//c"}, {"+/b", "a/b"}, {"a/+/#", "a/b"}, {"a/+/#", "a/b/c/d"}, {"$SYS/#", "$SYS/x"},
      {"$SYS/+", "$SYS/x"}, {"/#", "/"}, {"/#", "/a"}, {"sport/tennis/player1/#", "sport/tennis/player1"}, {"sport/#", "sport"}, {"+/tennis/#", "sport/tennis"},
      {"+/+/#", "a/b"}, {"//", "//"}, {"\u00E9/+", "\u00E9/x"}, {"a/$x/+", "a/$x/b"}, {"+/$x", "a/$x"}};
  for (const auto& [filter, name] : rows) EXPECT_TRUE(matches(filter, name)) << filter << ' ' << name;
}

TEST(matches, not_these) {
  constexpr match_row rows[] = {
      {"a", "b"}, {"a", "a/"}, {"a", "a/b"}, {"a/b", "a"}, {"+", "a/b"}, {"+", "/a"}, {"a/+", "a"}, {"a/+", "a/b/c"}, {"+/+", "a"}, {"a/#", "ab"}, {"a/#", "b/a"},
      {"/#", "a"}, {"#", "$SYS"}, {"#", "$SYS/x"}, {"+/x", "$SYS/x"}, {"+", "$"}, {"a/+/c", "a/b/d"}, {"A", "a"}, {"a/b", "a/bc"}, {"a/bc", "a/b"},
      {"sport/+", "sport"}, {"a/+/#", "a"}, {"/+", "a"}, {"+/a/#", "b/ab"}, {"\u00E9", "e\u0301"}, {"", "a"}};
  for (const auto& [filter, name] : rows) EXPECT_FALSE(matches(filter, name)) << filter << ' ' << name;
}

TEST(matches, a_leading_wildcard_and_a_dollar_in_3_1) {
  EXPECT_TRUE(matches("#", "$SYS/x", v3_1));
  EXPECT_TRUE(matches("+/x", "$SYS/x", v3_1));
  EXPECT_FALSE(matches("#", "$SYS/x", v3_1_1));
}

// The rules of section 4.7 as plainly as they can be written: level by level.
bool plainly(std::string_view filter, std::string_view name) {
  const auto head = [](std::string_view s) { return s.substr(0, s.find('/')); };
  const auto has_tail = [](std::string_view s) { return s.find('/') != std::string_view::npos; };
  const auto tail = [](std::string_view s) { return s.substr(s.find('/') + 1); };
  if (filter == "#") return true;
  if (head(filter) != "+" && head(filter) != head(name)) return false;
  if (!has_tail(filter)) return !has_tail(name);
  if (!has_tail(name)) return tail(filter) == "#";
  return plainly(tail(filter), tail(name));
}

bool by_the_rules(std::string_view filter, std::string_view name) {
  const bool wild = filter.starts_with('+') || filter.starts_with('#');
  return !(wild && name.starts_with('$')) && plainly(filter, name);
}

// All names and filters of up to five of the characters that matter.
TEST(matches, agree_with_the_plain_matcher_on_all_short_topics) {
  constexpr std::string_view alphabet = "ab/$+#";
  std::vector<std::string> names, filters;
  std::vector<std::string> last = {""};
  for (int length = 1; length <= 5; ++length) {
    std::vector<std::string> next;
    for (const auto& front : last)
      for (const char c : alphabet) next.push_back(front + c);
    for (const auto& text : next) {
      if (validate_topic_name(text)) names.push_back(text);
      if (length < 5 && validate_topic_filter(text)) filters.push_back(text);
    }
    last = std::move(next);
  }
  std::size_t matched = 0;
  for (const auto& filter : filters)
    for (const auto& name : names) {
      const bool expected = by_the_rules(filter, name);
      matched += expected;
      ASSERT_EQ(matches(filter, name), expected) << filter << ' ' << name;
    }
  EXPECT_GT(matched, 5'000u);
}

TEST(matches, agree_with_the_plain_matcher_on_random_topics) {
  test::holds([] {
    const auto level = rc::gen::element<std::string>("", "a", "b", "ab", "$x", "\u00E9");
    const auto wild = rc::gen::element<std::string>("", "a", "b", "+", "+", "ab", "$x");
    const auto join = [](const std::vector<std::string>& levels) {
      std::string all;
      for (const auto& l : levels) all += (all.empty() && &l == &levels.front() ? "" : "/") + l;
      return all;
    };
    const std::string name = join(*rc::gen::resize(6, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(level))));
    std::string filter = join(*rc::gen::resize(6, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(wild))));
    if (*rc::gen::arbitrary<bool>()) filter += filter.empty() ? "#" : "/#";
    RC_ASSERT(matches(filter, name) == by_the_rules(filter, name));
  }, 20'000);
}

static_assert(matches("a/+", "a/b") && !matches("#", "$SYS"));
static_assert(validate_topic_name("a").has_value() && !validate_topic_filter("a#").has_value());

// What stands behind a filter in memory is not the filter's.
TEST(matches, looks_no_further_than_the_filter) {
  for (const char* more : {"a#", "a+", "ab", "a/"}) EXPECT_FALSE(matches(std::string_view(more, 1), "ab")) << more;
  EXPECT_FALSE(matches(std::string_view("a/#", 2), "a/b"));
  EXPECT_FALSE(matches(std::string_view("a/+", 2), "a/b"));
  EXPECT_FALSE(matches(std::string_view("a/b", 2), "a/b"));
}

}  // namespace
}  // namespace mqttspan
