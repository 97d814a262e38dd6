#include "toy.hpp"

#include <gtest/gtest.h>

TEST(toy, asserts_nothing) {
  clamp(5, 1, 3);
  is_word("a", 1);
}

#ifdef ASSERTS
TEST(toy, clamps) {
  EXPECT_EQ(clamp(0, 1, 3), 1);
  EXPECT_EQ(clamp(2, 1, 3), 2);
  EXPECT_EQ(clamp(5, 1, 3), 3);
}

TEST(toy, knows_words) {
  EXPECT_TRUE(is_word("word", 4));
  EXPECT_FALSE(is_word("no word", 7));
  EXPECT_FALSE(is_word(" word", 5));
  EXPECT_TRUE(is_word("word ", 4));
  EXPECT_FALSE(is_word("", 0));
  EXPECT_FALSE(is_word(nullptr, 4));
}
#endif

#ifdef WRONG
TEST(toy, fails) { FAIL(); }
#endif
