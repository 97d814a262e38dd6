#include <mqttspan/stream/packet_ids.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <vector>

#include "rapidcheck_samples.hpp"

namespace mqttspan {
namespace {

struct table {
  explicit table(std::size_t count) : memory(packet_ids::places_for(count)), ids(memory) {}
  std::vector<packet_ids::entry> memory;
  packet_ids ids;
};

// How many places `find` looks at.
std::size_t probes_for(const packet_ids& ids, std::uint16_t id) {
  const std::size_t mask = ids.places().size() - 1;
  std::size_t at = ids.home(id), probes = 1;
  while (ids.places()[at].id != 0 && ids.places()[at].id != id) at = (at + 1) & mask, ++probes;
  return probes;
}

// The invariant of the class: no free place between home and place.
bool is_sound(const packet_ids& ids) {
  const std::size_t mask = ids.places().size() - 1;
  for (std::size_t place = 0; place <= mask; ++place) {
    const std::uint16_t id = ids.places()[place].id;
    for (std::size_t at = ids.home(id); id != 0 && at != place; at = (at + 1) & mask)
      if (ids.places()[at].id == 0) return false;
  }
  return true;
}

TEST(packet_ids, places_for_is_a_power_of_two_of_at_least_twice_as_many) {
  for (std::size_t count = 0; count <= 66'000; ++count) {
    const std::size_t places = packet_ids::places_for(count);
    ASSERT_EQ(places & (places - 1), 0U);
    ASSERT_GE(places, 2 * std::min<std::size_t>(count, 65'535));
    ASSERT_TRUE(places <= 4 || places / 2 < 2 * count) << count;
  }
}

TEST(packet_ids, without_memory_holds_none) {
  packet_ids none;
  EXPECT_EQ(none.next_free(), 0);
  EXPECT_EQ(none.insert(1, exchange::publish_1), nullptr);
  EXPECT_EQ(none.find(1), nullptr);
  none.erase(1);
  none.clear();
  EXPECT_EQ(none.capacity(), 0U);
}

TEST(packet_ids, of_messages_are_four_states) {
  for (unsigned e = 0; e < exchange_count; ++e) EXPECT_EQ(is_message(static_cast<exchange>(e)), e >= 1 && e <= 4);
}

TEST(packet_ids, begins_with_1_and_wraps_behind_65535) {
  table t(4);
  for (unsigned round = 0; round < 2; ++round)
    for (unsigned id = 1; id <= 65'535; ++id) ASSERT_EQ(t.ids.next_free(), id);
  EXPECT_EQ(t.ids.next_free(), 1);
}

TEST(packet_ids, zero_is_never_one) {
  table t(4);
  EXPECT_EQ(t.ids.insert(0, exchange::publish_1), nullptr);
  EXPECT_EQ(t.ids.find(0), nullptr);
  t.ids.erase(0);
  EXPECT_EQ(t.ids.size(), 0U);
}

TEST(packet_ids, holds_as_many_as_it_says_and_no_more) {
  table t(4);
  for (std::uint16_t id = 1; id <= t.ids.capacity(); ++id) ASSERT_TRUE(t.ids.insert(id, exchange::publish_1));
  EXPECT_EQ(t.ids.insert(999, exchange::publish_1), nullptr);
  EXPECT_EQ(t.ids.next_free(), 0);
  t.ids.erase(1);
  EXPECT_NE(t.ids.next_free(), 0);
  EXPECT_TRUE(t.ids.insert(999, exchange::publish_1));
}

TEST(packet_ids, all_65535_can_be_in_use) {
  table t(65'535);
  for (unsigned i = 1; i <= 65'535; ++i) {
    const std::uint16_t id = t.ids.next_free();
    ASSERT_EQ(id, i);
    ASSERT_TRUE(t.ids.insert(id, exchange::publish_2));
  }
  EXPECT_EQ(t.ids.next_free(), 0);
  EXPECT_EQ(t.ids.size(), 65'535U);
  for (const std::uint16_t id : {std::uint16_t{1}, std::uint16_t{30'000}, std::uint16_t{65'535}}) {
    t.ids.erase(id);
    EXPECT_EQ(t.ids.next_free(), id);
    EXPECT_TRUE(t.ids.insert(id, exchange::publish_1));
  }
}

TEST(packet_ids, remembers_state_and_order) {
  table t(8);
  for (const std::uint16_t id : {std::uint16_t{9}, std::uint16_t{3}, std::uint16_t{25}}) ASSERT_TRUE(t.ids.insert(id, exchange::subscribe));
  EXPECT_LT(t.ids.find(9)->order, t.ids.find(3)->order);
  EXPECT_LT(t.ids.find(3)->order, t.ids.find(25)->order);
  EXPECT_EQ(t.ids.find(25)->state, exchange::subscribe);
  EXPECT_FALSE(t.ids.find(25)->is_resumed);
  t.ids.clear();
  EXPECT_EQ(t.ids.size(), 0U);
  for (const std::uint16_t id : {std::uint16_t{9}, std::uint16_t{3}, std::uint16_t{25}}) EXPECT_EQ(t.ids.find(id), nullptr);
}

TEST(packet_ids, erases_from_every_place_of_a_chain_that_wraps_around) {
  for (std::uint16_t gone = 0; gone < 6; ++gone) {
    table t(8);  // 16 places
    std::vector<std::uint16_t> chain;
    for (const std::size_t home : {14U, 14U, 14U, 15U, 0U, 15U}) {
      std::uint16_t id = 1;
      while (t.ids.home(id) != home || std::find(chain.begin(), chain.end(), id) != chain.end()) ++id;
      chain.push_back(id);
    }
    for (const std::uint16_t id : chain) ASSERT_TRUE(t.ids.insert(id, exchange::publish_1));
    t.ids.erase(chain[gone]);
    EXPECT_TRUE(is_sound(t.ids));
    for (std::uint16_t i = 0; i < 6; ++i) EXPECT_EQ(t.ids.find(chain[i]) != nullptr, i != gone) << chain[i] << " after " << chain[gone];
  }
}

// A model: the map that it stands for.
TEST(packet_ids, does_as_a_map_does) {
  test::holds([] {
    table t(*rc::gen::inRange<std::size_t>(1, 40));
    std::map<std::uint16_t, exchange> model;
    const auto base = *rc::gen::element<unsigned>(1, 250, 65'500);
    const auto stride = *rc::gen::element<unsigned>(1, 16, 64, 128);
    for (const auto& [what, which] : *rc::gen::container<std::vector<std::pair<unsigned, unsigned>>>(rc::gen::pair(rc::gen::inRange(0U, 4U), rc::gen::inRange(0U, 60U)))) {
      auto id = static_cast<std::uint16_t>(base + which * stride);
      if (what == 0) {
        t.ids.erase(id);
        model.erase(id);
      } else if (what == 1) {
        const std::uint16_t next = t.ids.next_free();
        RC_ASSERT((next == 0) == (model.size() >= t.ids.capacity()));
        RC_ASSERT(!model.contains(next));
        id = next;
      }
      if (what != 0 && !model.contains(id)) {
        const auto state = static_cast<exchange>(1 + which % 6);
        if (t.ids.insert(id, state)) model[id] = state;
        else RC_ASSERT(id == 0 || model.size() >= t.ids.capacity());
      }
      RC_ASSERT(t.ids.size() == model.size());
      RC_ASSERT(is_sound(t.ids));
      for (const auto& [in_use, state] : model) {
        const packet_ids::entry* const e = t.ids.find(in_use);
        RC_ASSERT(e && e->id == in_use && e->state == state);
      }
      const std::size_t used = static_cast<std::size_t>(std::count_if(t.ids.places().begin(), t.ids.places().end(), [](const auto& e) { return e.id != 0; }));
      RC_ASSERT(used == model.size());
    }
  });
}

// Identifiers that are handed out in turn lie side by side: one look finds each, however long some of them last.
TEST(packet_ids, finds_in_constant_time) {
  for (const std::size_t count : {std::size_t{16}, std::size_t{256}, std::size_t{16'384}}) {
    table t(count);
    std::vector<std::uint16_t> in_flight;
    std::size_t looks = 0, steps = 0;
    for (std::size_t step = 0; step < 3 * 65'536; ++step) {
      if (in_flight.size() == count) {
        const std::size_t leaves = (step * 7) % (count / 2);
        t.ids.erase(in_flight[leaves]);
        in_flight.erase(in_flight.begin() + static_cast<std::ptrdiff_t>(leaves));
      }
      const std::uint16_t id = t.ids.next_free();
      ASSERT_TRUE(t.ids.insert(id, exchange::publish_1));
      in_flight.push_back(id);
      looks += probes_for(t.ids, id);
      ++steps;
    }
    EXPECT_LT(looks, 4 * steps) << count;
  }
}

TEST(packet_ids, go_on_in_larger_memory_and_leave_the_old_one_clean) {
  table small(8);
  while (small.ids.size() < small.ids.capacity()) {
    packet_ids::entry* const e = small.ids.insert(small.ids.next_free(), exchange::received);
    e->is_resumed = e->id % 2 == 0;
    e->answers = e->id;
  }
  small.ids.erase(3);
  const std::size_t before = small.ids.size();
  std::vector<packet_ids::entry> larger(2 * small.memory.size());
  small.ids.grow_into(larger);
  EXPECT_TRUE(std::all_of(small.memory.begin(), small.memory.end(), [](const packet_ids::entry& e) { return e.id == 0 && e.state == exchange::none && e.answers == 0; }));
  EXPECT_EQ(small.ids.size(), before);
  EXPECT_EQ(small.ids.capacity(), larger.size() / 2);
  EXPECT_TRUE(is_sound(small.ids));
  EXPECT_EQ(small.ids.find(3), nullptr);
  for (std::uint16_t id = 1; id <= before + 1; ++id) {
    const packet_ids::entry* const e = small.ids.find(id);
    if (id == 3) continue;
    ASSERT_TRUE(e) << id;
    EXPECT_TRUE(e->state == exchange::received && e->is_resumed == (id % 2 == 0) && e->answers == id && e->order == id - 1u) << id;
  }
  EXPECT_EQ(small.ids.next_free(), before + 2) << "the numbers go on";
  while (small.ids.size() < small.ids.capacity()) ASSERT_TRUE(small.ids.insert(small.ids.next_free(), exchange::received));
}

}  // namespace
}  // namespace mqttspan
