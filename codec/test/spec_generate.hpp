// What generate must refuse, and what it must write where no packet value can express the breach: one case or more a statement.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/packet.hpp>

#include "spec_bytes.hpp"

namespace mqttspan::spec {

struct generate_case {
  const char* statements;
  protocol_version version;
  packet value;
  // "= 30 03 …": the bytes. "rule@offset": the rule that is broken, and where it would be in the packet. "rule|rule": without a place, and where the text leaves a choice.
  std::string_view expect;
  generate_options options{};
};

inline constexpr auto v3_1 = protocol_version::v3_1;
inline constexpr auto v3_1_1 = protocol_version::v3_1_1;
inline constexpr auto v5 = protocol_version::v5;
inline constexpr generate_options by_client{.sender = sender::client};
inline constexpr generate_options by_server{.sender = sender::server};

/// Keeps what packets borrow for as long as the program runs.
template <class T>
std::span<const T> keep(std::vector<T> items) {
  static std::deque<std::vector<T>> kept;
  return kept.emplace_back(std::move(items));
}
inline std::string_view keep(std::string text) {
  static std::deque<std::string> kept;
  return kept.emplace_back(std::move(text));
}
inline bytes_view binary(std::string text) { return as_bytes(keep(std::move(text))); }
inline std::string_view long_text(std::size_t size) { return keep(std::string(size, 'a')); }

std::vector<generate_case> connect_cases();
std::vector<generate_case> publish_cases();
std::vector<generate_case> control_cases();
std::vector<generate_case> property_cases();

}  // namespace mqttspan::spec
