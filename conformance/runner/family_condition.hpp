// What a family's cases are to be answered with: the first row of "expect" whose conditions hold.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "packet_template.hpp"
#include "test_vector.hpp"

namespace mqttspan::conformance {

/// What fills one hole.
struct filling {
  std::string name;
  std::string hex{};
  std::vector<std::string> words{};  ///< what conditions can ask for beside the name
  std::size_t at = 0;                ///< the first wrong byte in it, where it has one
};

using fillings = std::map<std::string, filling, std::less<>>;

/// Decides a case by rows of conditions, and fills in result, error, statements and canonical. False where no such case is to be.
/// Throws data_error where no row holds.
///
/// A condition names a hole, and what is in it: its name or one of its words, a range "00..0f" of names, "&c0=80" bits of its first byte,
/// "@template" one of its words is the template's name; "!" in front: not so. In an array one of them must hold.
bool decide(const nlohmann::json& rows, const fillings& holes, const filled_template& bytes, test_vector& out);

/// The statements that a row or a sweep has: a list, or an object with one for each version.
std::vector<std::string> statements_of(const nlohmann::json& from, const std::string& version);

}  // namespace mqttspan::conformance
