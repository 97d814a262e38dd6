// What was found while one packet was read: the faults, and what the text leaves open.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tables.hpp"

namespace mqttspan::conformance::reference {

/// Thrown where what follows a fault can no longer be read.
struct unreadable {};

class findings {
 public:
  explicit findings(protocol version) : version_(version) {}

  /// CONNECT tells its own version in the middle: faults found from then on are that version's.
  void version_is(protocol version) { version_ = version; }
  void add(std::string_view rule, std::size_t offset, bool policy = false) { faults_.push_back(make_fault(version_, rule, offset, policy)); }
  /// A fault at `offset` that only the byte at `known` gives away.
  void add_late(std::string_view rule, std::size_t offset, std::size_t known) {
    add(rule, offset);
    faults_.back().known = known;
  }
  [[noreturn]] void add_and_stop(std::string_view rule, std::size_t offset, bool policy = false) {
    add(rule, offset, policy);
    throw unreadable{};
  }
  /// Notes that a receiver may refuse what was accepted, and why.
  void open(std::string why) { policies_.push_back(std::move(why)); }

  protocol version() const { return version_; }
  const std::vector<fault>& faults() const { return faults_; }
  const std::vector<std::string>& policies() const { return policies_; }

 private:
  protocol version_;
  std::vector<fault> faults_;
  std::vector<std::string> policies_;
};

}  // namespace mqttspan::conformance::reference
