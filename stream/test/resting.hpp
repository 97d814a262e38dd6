// Connections that share memory and rest whenever they may, where MQTTSPAN_RESTS is in the environment; else such with memory of their own.
#pragma once

#include <cstdlib>

#include <gtest/gtest.h>

#include <mqttspan/stream/connection.hpp>

namespace mqttspan::test {

inline bool connections_rest() {
  static const bool is_asked_for = std::getenv("MQTTSPAN_RESTS") != nullptr;
  return is_asked_for;
}

inline std::size_t& rests_seen() {
  static std::size_t seen = 0;
  return seen;
}

/// `shared` is used where they rest; its options are those of the connection.
inline connection make_connection(sender self, instant now, connection_memory& shared) {
  return connections_rest() ? connection(self, now, shared) : connection(self, now, shared.options());
}

/// Wherever the last event is not looked at any more.
inline void rest_if_asked(connection& line) {
  if (!connections_rest()) return;
  line.rest();
  rests_seen() += line.is_resting();
}

/// A run in which they should rest fails where none ever does.
class some_connection_rested : public testing::Environment {
  void TearDown() override { EXPECT_EQ(rests_seen() != 0, connections_rest()); }
};

}  // namespace mqttspan::test
