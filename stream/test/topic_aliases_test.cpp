#include <mqttspan/stream/topic_aliases.hpp>

#include <gtest/gtest.h>

#include <string>

namespace mqttspan {
namespace {

TEST(topic_aliases, has_none_before_reset) {
  topic_aliases none;
  EXPECT_EQ(none.maximum(), 0);
  EXPECT_FALSE(none.set(1, "a"));
  EXPECT_EQ(none.topic_of(1), "");
  EXPECT_EQ(none.alias_of("a"), 0);
  EXPECT_EQ(none.unused(), 0);
  EXPECT_EQ(none.least_recent(), 0);
}

TEST(topic_aliases, takes_1_to_the_maximum) {
  for (const unsigned most : {1U, 2U, 65'535U}) {
    topic_aliases t;
    ASSERT_TRUE(t.reset(static_cast<std::uint16_t>(most)));
    EXPECT_EQ(t.maximum(), most);
    EXPECT_FALSE(t.set(0, "a"));
    for (unsigned alias = 1; alias <= most; ++alias) ASSERT_TRUE(t.set(static_cast<std::uint16_t>(alias), std::to_string(alias)));
    for (unsigned alias = 1; alias <= most; ++alias) ASSERT_EQ(t.topic_of(static_cast<std::uint16_t>(alias)), std::to_string(alias));
    EXPECT_EQ(t.topic_of(0), "");
    if (most == 65'535) continue;
    EXPECT_FALSE(t.set(static_cast<std::uint16_t>(most + 1), "a"));
    EXPECT_EQ(t.topic_of(static_cast<std::uint16_t>(most + 1)), "");
  }
}

TEST(topic_aliases, replaces_longer_and_shorter_names) {
  topic_aliases t;
  ASSERT_TRUE(t.reset(2));
  for (const std::size_t size : {std::size_t{3}, std::size_t{100}, std::size_t{1}, std::size_t{100}, std::size_t{65'535}, std::size_t{7}}) {
    const std::string name(size, static_cast<char>('a' + size % 26));
    ASSERT_TRUE(t.set(1, name));
    EXPECT_EQ(t.topic_of(1), name);
    EXPECT_EQ(t.alias_of(name), 1);
  }
  EXPECT_EQ(t.topic_of(2), "");
  EXPECT_FALSE(t.set(2, std::string(65'536, 'x')));
  EXPECT_EQ(t.topic_of(1), std::string(7, 'a' + 7));
}

TEST(topic_aliases, copies_the_name) {
  topic_aliases t;
  ASSERT_TRUE(t.reset(1));
  std::string name = "before";
  ASSERT_TRUE(t.set(1, name));
  name = "behind";
  EXPECT_EQ(t.topic_of(1), "before");
}

TEST(topic_aliases, forgets_all_on_reset) {
  topic_aliases t;
  ASSERT_TRUE(t.reset(3));
  ASSERT_TRUE(t.set(2, "a"));
  ASSERT_TRUE(t.reset(3));
  EXPECT_EQ(t.topic_of(2), "");
  EXPECT_EQ(t.alias_of("a"), 0);
  EXPECT_EQ(t.unused(), 1);
  ASSERT_TRUE(t.reset(0));
  EXPECT_EQ(t.maximum(), 0);
  EXPECT_FALSE(t.set(1, "a"));
}

TEST(topic_aliases, finds_the_alias_of_a_whole_name_only) {
  topic_aliases t;
  ASSERT_TRUE(t.reset(3));
  ASSERT_TRUE(t.set(1, "ab"));
  ASSERT_TRUE(t.set(3, "abc"));
  EXPECT_EQ(t.alias_of("ab"), 1);
  EXPECT_EQ(t.alias_of("abc"), 3);
  EXPECT_EQ(t.alias_of("a"), 0);
  EXPECT_EQ(t.alias_of("abd"), 0);
  EXPECT_EQ(t.alias_of(""), 0);
}

TEST(topic_aliases, gives_unused_ones_and_then_none) {
  topic_aliases t;
  ASSERT_TRUE(t.reset(2));
  EXPECT_EQ(t.unused(), 1);
  EXPECT_EQ(t.least_recent(), 0);
  ASSERT_TRUE(t.set(1, "a"));
  EXPECT_EQ(t.unused(), 2);
  ASSERT_TRUE(t.set(2, "b"));
  EXPECT_EQ(t.unused(), 0);
}

TEST(topic_aliases, knows_which_was_used_longest_ago) {
  topic_aliases t;
  ASSERT_TRUE(t.reset(3));
  for (const std::uint16_t alias : {std::uint16_t{2}, std::uint16_t{3}, std::uint16_t{1}}) ASSERT_TRUE(t.set(alias, std::to_string(alias)));
  EXPECT_EQ(t.least_recent(), 2);
  EXPECT_EQ(t.alias_of("2"), 2);
  EXPECT_EQ(t.least_recent(), 3);
  EXPECT_EQ(t.alias_of("none"), 0);
  EXPECT_EQ(t.least_recent(), 3);
  ASSERT_TRUE(t.set(3, "new"));
  EXPECT_EQ(t.least_recent(), 1);
  EXPECT_EQ(t.topic_of(1), "1");  // a look is no use
  EXPECT_EQ(t.least_recent(), 1);
}

}  // namespace
}  // namespace mqttspan
