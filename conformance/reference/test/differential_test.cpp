// The codec beside the reference decoder: every disagreement is settled by a statement, never by what either of them does.
#include <map>

#include <gtest/gtest.h>

#include "comparison.hpp"
#include "mutation.hpp"
#include "sample_packets.hpp"

namespace mqttspan::conformance::reference {
namespace {

// Counts questions and keeps the first disagreements of each kind.
class jury {
 public:
  void ask(const question& asked) {
    ++asked_;
    const std::string found = disagreement(asked);
    if (found.empty()) return;
    ++disagreed_;
    if (shown_ < 20) ADD_FAILURE() << found;
    ++shown_;
  }
  ~jury() {
    EXPECT_EQ(disagreed_, 0U) << "of " << asked_ << " packets";
    ::testing::Test::RecordProperty("packets", std::to_string(asked_));
  }

 private:
  std::size_t asked_ = 0;
  std::size_t disagreed_ = 0;
  std::size_t shown_ = 0;
};

constexpr protocol versions[] = {protocol::v3_1, protocol::v3_1_1, protocol::v5};
constexpr origin senders[] = {origin::client, origin::server, origin::any};

TEST(differential, agrees_on_every_sample_in_every_version_from_every_sender) {
  jury both;
  for (const sample& s : sample_packets()) {
    for (const protocol version : versions) {
      for (const origin sender : senders) both.ask({version, sender, from_hex(s.hex)});
    }
  }
}

TEST(differential, agrees_on_every_byte_of_every_sample) {
  jury both;
  for (const sample& s : sample_packets()) {
    const bytes good = from_hex(s.hex);
    for (std::size_t at = 0; at < good.size(); ++at) {
      bytes changed = good;
      for (unsigned value = 0; value < 256; ++value) {
        changed[at] = static_cast<std::uint8_t>(value);
        both.ask({s.version, origin::any, changed});
      }
    }
  }
}

TEST(differential, agrees_on_every_cut_and_every_byte_more) {
  jury both;
  for (const sample& s : sample_packets()) {
    const bytes good = from_hex(s.hex);
    const bytes body = body_of(good);
    for (std::size_t size = 0; size <= body.size(); ++size) {
      const bytes cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
      for (const origin sender : senders) {
        both.ask({s.version, sender, with_length(good[0], cut)});
        both.ask({s.version, sender, bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))});
      }
    }
    for (unsigned value = 0; value < 256; ++value) {
      bytes more = body;
      more.push_back(static_cast<std::uint8_t>(value));
      both.ask({s.version, origin::any, with_length(good[0], more)});
    }
  }
}

TEST(differential, agrees_on_random_changes) {
  jury both;
  mutator random(20261122);
  for (int i = 0; i < 300'000; ++i) {
    const sample& s = sample_packets()[random.below(sample_packets().size())];
    const protocol version = random.below(16) == 0 ? versions[random.below(3)] : s.version;
    both.ask({version, senders[random.below(3)], random.mutated(from_hex(s.hex))});
  }
}

}  // namespace
}  // namespace mqttspan::conformance::reference
