#include <mqttspan/stream/instant.hpp>

#include <gtest/gtest.h>

#include <type_traits>

namespace mqttspan {
namespace {

TEST(instant, counts_milliseconds) {
  constexpr instant begin{1'000};
  static_assert((begin + 500).milliseconds == 1'500);
  static_assert((begin + 500) - begin == 500);
  static_assert(begin - (begin + 500) == -500);
  static_assert(instant{}.milliseconds == 0);
  EXPECT_EQ(begin + std::int64_t{65'535} * 1'500, instant{98'303'500});
}

TEST(instant, is_ordered) {
  EXPECT_LT(instant{1}, instant{2});
  EXPECT_GE(instant{2}, instant{2});
  EXPECT_EQ(instant{2}, instant{2});
  EXPECT_LT(instant{-1}, instant{});
}

TEST(instant, is_no_number) {
  static_assert(!std::is_convertible_v<instant, std::int64_t> && !std::is_convertible_v<std::int64_t, instant>);
  static_assert(std::is_trivially_copyable_v<instant> && sizeof(instant) == 8);
}

}  // namespace
}  // namespace mqttspan
