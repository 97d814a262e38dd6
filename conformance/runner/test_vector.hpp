// One vector as all parts of the runner see it, whether a person wrote it or a family was expanded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "usage_error.hpp"

namespace mqttspan::conformance {

/// Vector and family files that cannot be used; the text names the file and the test.
struct data_error : usage_error {
  using usage_error::usage_error;
};

enum class expectation { valid, incomplete, malformed, protocol_error, unsupported, limit, policy, refused };

/// "valid" … "refused", as the files spell them.
std::string_view to_string(expectation result) noexcept;
std::optional<expectation> expectation_named(std::string_view name) noexcept;

struct expected_error {
  std::string rule;                  ///< empty: any will do
  std::optional<unsigned> offset{};  ///< from the packet's first byte
  std::vector<unsigned> codes{};
  std::vector<unsigned> also{};  ///< codes that count alike
};

/// Lengths from `from` to `to`, both included.
struct cut_range {
  std::size_t from;
  std::size_t to;
};

struct test_vector {
  std::string id;
  std::string group;  ///< "5.0/publish" for curated ones, else the family
  std::string title{};
  std::string version{};
  std::string packet{};
  std::string sender{};
  std::string hex{};  ///< the bytes; empty where `encode`
  expectation result{};
  bool encode = false;     ///< `value` is to be refused by an encoder
  bool of_family = false;
  bool canonical = false;  ///< what a decoder makes of the bytes is encoded as the bytes again
  bool disputed = false;   ///< the text contradicts itself
  bool open = false;       ///< the text asks nothing of a receiver
  std::optional<std::string> reencode{};  ///< hex of the canonical bytes where those differ
  nlohmann::json value{};                 ///< null where none is stated
  std::optional<expected_error> error{};
  std::vector<std::string> statements{};
  std::vector<std::string> flags{};
  std::vector<cut_range> cuts{};
};

/// Whether a decoder refuses it.
inline bool is_refusal(expectation result) noexcept {
  return result != expectation::valid && result != expectation::incomplete && result != expectation::policy;
}

/// Whether the text leaves it to a receiver, so that no answer fails. 3.1 says of no packet that it is to be refused.
inline bool is_open(const test_vector& v) noexcept {
  const bool choice = v.result == expectation::policy || v.result == expectation::limit;
  return choice || v.disputed || v.open || (v.version == "3.1" && is_refusal(v.result));
}

}  // namespace mqttspan::conformance
