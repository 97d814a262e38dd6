// A peer that sends anything at any time, and an application that is no better: the connection answers by the rules or ends.
#include <ostream>

#include <gtest/gtest.h>

#include "hostile.hpp"
#include "sanitized.hpp"

namespace mqttspan::test {
namespace {

constexpr std::uint64_t sessions = MQTTSPAN_SANITIZED ? 1'000 : 10'000;

class hostile : public testing::TestWithParam<std::tuple<sender, protocol_version>> {
 protected:
  script make(transport takes, std::uint64_t seed) const { return make_script(std::get<0>(GetParam()), std::get<1>(GetParam()), takes, seed); }
};

TEST_P(hostile, peer_gets_a_legal_answer_or_the_end) {
  std::size_t connected = 0, ended = 0, read = 0, written = 0;
  for (std::uint64_t seed = 1; seed <= sessions; ++seed) {
    const script s = make(static_cast<transport>(seed % 3), seed);
    const performance p = play(s, 0);
    ASSERT_EQ(p.fault, "") << "seed " << seed << '\n' << p.events;
    connected += p.was_connected;
    ended += p.has_ended;
    read += p.packets_read;
    written += p.packets_written;
  }
  // The scripts get somewhere, and not all of them to the same place.
  EXPECT_GT(connected, sessions / 3);
  EXPECT_GT(ended, sessions / 3);
  EXPECT_GT(read, sessions * 3 / 2);
  EXPECT_GT(written, sessions);
}

TEST_P(hostile, same_bytes_and_times_give_the_same) {
  for (std::uint64_t seed = 1; seed <= sessions; seed += 5) {
    const script s = make(static_cast<transport>(seed % 3), seed);
    const performance first = play(s, 0), second = play(s, 0);
    ASSERT_EQ(first.events, second.events) << "seed " << seed;
    ASSERT_EQ(first.output, second.output) << "seed " << seed;
  }
}

TEST_P(hostile, chunks_make_no_difference) {
  for (std::uint64_t seed = 1; seed <= sessions; ++seed) {
    const script s = make(seed % 2 ? transport::takes_all : transport::takes_some, seed);
    const performance whole = play(s, 0);
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}}) {
      if (chunk == 7 && seed % 4 != 0) continue;
      const performance cut = play(s, chunk);
      ASSERT_EQ(whole.events, cut.events) << "seed " << seed << " chunk " << chunk;
      ASSERT_EQ(whole.output, cut.output) << "seed " << seed << " chunk " << chunk << '\n' << whole.events;
      ASSERT_EQ(cut.fault, "") << "seed " << seed << " chunk " << chunk;
    }
  }
}

// Each script twice in the same memory: the second finds it as the first has left it, whatever state that was destroyed in.
TEST_P(hostile, resting_makes_no_difference) {
  std::size_t rests = 0;
  for (std::uint64_t seed = 1; seed <= sessions; ++seed) {
    const script s = make(seed % 2 ? transport::takes_all : transport::takes_some, seed);
    const performance awake = play(s, 0);
    connection_memory shared(s.options, 1);
    for (const std::size_t chunk : {std::size_t{0}, std::size_t{5}}) {
      const performance resting = play(s, chunk, &shared);
      ASSERT_EQ(awake.events, resting.events) << "seed " << seed << " chunk " << chunk;
      ASSERT_EQ(awake.output, resting.output) << "seed " << seed << " chunk " << chunk << '\n' << awake.events;
      ASSERT_EQ(resting.fault, "") << "seed " << seed << " chunk " << chunk;
      ASSERT_EQ(shared.lent(), 0u);
      ASSERT_LE(shared.kept(), 1u);
      rests += resting.rests;
    }
  }
  EXPECT_GT(rests, sessions);
}

INSTANTIATE_TEST_SUITE_P(all, hostile,
                         testing::Combine(testing::Values(sender::client, sender::server), testing::Values(protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5)),
                         [](const auto& of) {
                           std::string name = std::string(to_string(std::get<0>(of.param))) + '_' + std::string(to_string(std::get<1>(of.param)));
                           for (char& c : name)
                             if (c == '.') c = '_';
                           return name;
                         });

}  // namespace
}  // namespace mqttspan::test
