// The codec beside the reference decoder: every disagreement is settled by a statement, never by what either of them does.
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>

#include "comparison.hpp"
#include "mutation.hpp"
#include "reference/tables.hpp"
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

// A longer run, or another: MQTTSPAN_DIFFERENTIAL_ROUNDS and MQTTSPAN_DIFFERENTIAL_SEED.
unsigned long setting(const char* name, unsigned long otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::stoul(value);
}
unsigned long rounds() { return setting("MQTTSPAN_DIFFERENTIAL_ROUNDS", 300'000); }
unsigned long seed() { return setting("MQTTSPAN_DIFFERENTIAL_SEED", 20261122); }

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
  mutator random(seed());
  for (unsigned long i = 0; i < rounds(); ++i) {
    const sample& s = sample_packets()[random.below(sample_packets().size())];
    const protocol version = random.below(16) == 0 ? versions[random.below(3)] : s.version;
    both.ask({version, senders[random.below(3)], random.mutated(from_hex(s.hex))});
  }
}

// Around the bounds: 23 characters of a client identifier and 32,767 of a topic in 3.1.
TEST(differential, agrees_on_long_texts) {
  jury both;
  for (const std::string& character : {std::string("a"), std::string("\xC3\xA9"), std::string("\x80")}) {
    for (const std::size_t size : {0U, 1U, 22U, 23U, 24U, 255U, 16383U, 32766U, 32767U, 32768U, 65535U}) {
      bytes text;
      for (std::size_t i = 0; i < size && text.size() + character.size() <= 65535; ++i) text.insert(text.end(), character.begin(), character.end());
      const bytes length = {static_cast<std::uint8_t>(text.size() / 256), static_cast<std::uint8_t>(text.size() % 256)};
      for (const char* const before : {"", "0001", "0006 4d5149736470 03 02 0000", "0006 4d5149736470 03 06 0000 0001 61", "0004 4d515454 04 02 0000"}) {
        bytes body = from_hex(before);
        body.insert(body.end(), length.begin(), length.end());
        body.insert(body.end(), text.begin(), text.end());
        for (const std::uint8_t first : std::initializer_list<std::uint8_t>{0x10, 0x30, 0x82, 0xa2}) {
          for (const protocol version : versions) both.ask({version, origin::any, with_length(first, body)});
        }
      }
    }
  }
}

// Agreement means little where nothing was asked: every rule of a decoder was broken.
TEST(differential, has_asked_about_every_rule) {
  const std::set<std::string> of_encoders = {"string_too_long", "binary_too_long", "packet_id_with_qos_0", "field_not_in_version", "packet_not_in_version", "packet_too_large"};
  for (const rule_row& row : rule_table()) {
    EXPECT_NE(broken_rules().contains(row.name), of_encoders.contains(row.name)) << row.name;
  }
}

}  // namespace
}  // namespace mqttspan::conformance::reference
