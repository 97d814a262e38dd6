#include <mqttspan/codec/wire_list.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <type_traits>
#include <vector>

#include "hex.hpp"

namespace mqttspan {
namespace {

using test::hex;

const std::vector<subscription> three = {{.topic_filter = "a", .qos = qos::at_least_once},
                                         {.topic_filter = "b/#", .no_local = true, .retain_handling = retain_handling::do_not_send},
                                         {.topic_filter = "$share/g/+", .qos = qos::exactly_once, .retain_as_published = true}};
// the same three as 5.0 writes them
const auto wire = hex("0001 61 01  0003 622f23 24  000a 2473686172652f672f2b 0a");

wire_list<subscription> on_the_wire() { return wire_list<subscription>::from_validated(wire.data(), 3, protocol_version::v5); }

template <class T>
std::vector<T> items(const wire_list<T>& list) {
  std::vector<T> all;
  for (const T& item : list) all.push_back(item);
  return all;
}

TEST(wire_list, of_the_callers_items_iterates_in_order) {
  const wire_list<subscription> list = three;
  EXPECT_EQ(items(list), three);
  EXPECT_EQ(list.size(), 3u);
  EXPECT_FALSE(list.empty());
  EXPECT_EQ(list.front(), three.front());
}

TEST(wire_list, on_the_wire_reads_subscriptions_of_5_0) {
  EXPECT_EQ(items(on_the_wire()), three);
  EXPECT_EQ(on_the_wire().size(), 3u);
}

TEST(wire_list, on_the_wire_reads_only_the_qos_in_3_x) {
  const auto old = hex("0001 61 02 0001 62 fd");  // 3.1 leaves the upper six bits unused
  const auto list = items(wire_list<subscription>::from_validated(old.data(), 2, protocol_version::v3_1));
  const std::vector<subscription> expected = {{.topic_filter = "a", .qos = qos::exactly_once}, {.topic_filter = "b", .qos = qos::at_least_once}};
  EXPECT_EQ(list, expected);
}

TEST(wire_list, on_the_wire_reads_filters) {
  const auto bytes = hex("0001 61 0003 622f23");
  const auto list = wire_list<std::string_view>::from_validated(bytes.data(), 2, protocol_version::v3_1_1);
  EXPECT_EQ(items(list), (std::vector<std::string_view>{"a", "b/#"}));
}

TEST(wire_list, on_the_wire_reads_reason_codes) {
  const auto bytes = hex("00 01 02 80 83");
  const auto list = wire_list<reason_code>::from_validated(bytes.data(), 5, protocol_version::v5);
  using enum reason_code;
  EXPECT_EQ(items(list), (std::vector<reason_code>{granted_qos_0, granted_qos_1, granted_qos_2, unspecified_error, implementation_specific_error}));
}

TEST(wire_list, ignores_the_unused_bits_of_a_3_1_suback_but_keeps_failure) {
  const auto bytes = hex("80 fd 42 01");
  const auto list = wire_list<reason_code>::from_validated(bytes.data(), 4, protocol_version::v3_1);
  using enum reason_code;
  EXPECT_EQ(items(list), (std::vector<reason_code>{unspecified_error, granted_qos_1, granted_qos_2, granted_qos_1}));
}

TEST(wire_list, compares_by_items_wherever_they_are_kept) {
  EXPECT_TRUE(wire_list<subscription>(three) == on_the_wire());
  std::vector<subscription> other = three;
  other[1].no_local = false;
  EXPECT_FALSE(wire_list<subscription>(other) == on_the_wire());
  other = three;
  other.pop_back();
  EXPECT_FALSE(wire_list<subscription>(other) == on_the_wire());
  EXPECT_TRUE(wire_list<subscription>() == wire_list<subscription>());
}

TEST(wire_list, empty_has_nothing) {
  const wire_list<reason_code> none{};
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0u);
  EXPECT_TRUE(none.begin() == none.end());
  EXPECT_TRUE(decltype(none.begin())() == std::default_sentinel);
}

TEST(wire_list, iterators_step_and_compare) {
  const auto list = on_the_wire();
  auto it = list.begin();
  auto before = it++;
  EXPECT_EQ((*before).topic_filter, "a");
  EXPECT_EQ((*it).topic_filter, "b/#");
  EXPECT_TRUE(++before == it);
  EXPECT_FALSE(it == list.begin());
}

TEST(granted, is_the_code_of_the_qos) {
  EXPECT_EQ(granted(qos::at_most_once), reason_code::granted_qos_0);
  EXPECT_EQ(granted(qos::at_least_once), reason_code::granted_qos_1);
  EXPECT_EQ(granted(qos::exactly_once), reason_code::granted_qos_2);
}

TEST(subscription, compares_every_field) {
  const subscription s{.topic_filter = "a"};
  const std::vector<subscription> others = {{.topic_filter = "b"},
                                            {.topic_filter = "a", .qos = qos::at_least_once},
                                            {.topic_filter = "a", .no_local = true},
                                            {.topic_filter = "a", .retain_as_published = true},
                                            {.topic_filter = "a", .retain_handling = retain_handling::send_if_new}};
  EXPECT_EQ(s, subscription{.topic_filter = "a"});
  for (const subscription& other : others) EXPECT_NE(s, other);
}

TEST(wire_list, borrows_arrays) {
  const reason_code codes[] = {reason_code::success, reason_code::not_authorized};
  const wire_list<reason_code> list = codes;
  EXPECT_EQ(list.size(), 2u);
  EXPECT_EQ(*++list.begin(), reason_code::not_authorized);
}

// A temporary container would leave the list dangling.
using filters = wire_list<std::string_view>;
static_assert(std::is_constructible_v<filters, std::vector<std::string_view>&>);
static_assert(std::is_constructible_v<filters, const std::vector<std::string_view>&>);
static_assert(std::is_constructible_v<filters, std::string_view (&)[2]>);
static_assert(std::is_constructible_v<filters, const std::array<std::string_view, 2>&>);
static_assert(std::is_constructible_v<filters, std::span<const std::string_view>>);
static_assert(!std::is_constructible_v<filters, std::vector<std::string_view>>);
static_assert(!std::is_constructible_v<filters, const std::vector<std::string_view>>);
static_assert(!std::is_constructible_v<filters, std::array<std::string_view, 2>>);
static_assert(!std::is_constructible_v<filters, std::string_view (&&)[2]>);
static_assert(!std::is_constructible_v<filters, const std::string_view (&&)[2]>);
static_assert(!std::is_constructible_v<filters, std::initializer_list<std::string_view>>);
static_assert(!std::is_constructible_v<wire_list<subscription>, std::vector<subscription>>);
static_assert(!std::is_constructible_v<wire_list<reason_code>, std::vector<reason_code>>);
static_assert(!std::is_constructible_v<filters, const std::vector<std::string>&>);

}  // namespace
}  // namespace mqttspan
