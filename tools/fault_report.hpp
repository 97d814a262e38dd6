// Faults in words, and the visitor that reports them on standard error.
#pragma once

#include <string>

#include "reading_options.hpp"

namespace mqttspan {

/// What is wrong and where, for one line: `offset 12, packet at 8: PUBLISH byte 4: topic name has a wildcard [MQTT-3.3.2-2], MQTT 3.1.1, rule
/// topic_name_has_wildcard`.
std::string fault_line(const sighting& seen, const error& e);

/// Reports faults on standard error, each in one line behind the input's name, and remembers that there was one. Packets are the derived visitor's.
class fault_reporter : public input_visitor {
 public:
  /// `connection`: the only one to report on, 0 for all.
  explicit fault_reporter(std::size_t connection) : only_(connection) {}

  bool found_fault() const { return found_fault_; }

  void begin_input(const std::string& name) override { name_ = name; }
  void bad_input(const std::string& what) override;
  void fault(const sighting& seen, const error& e) override;
  void version_assumed(const sighting& seen) override;
  void connection(std::size_t, const endpoint&, const endpoint&) override {}
  void not_mqtt(std::size_t number, const endpoint& a, const endpoint& b) override;
  void gap(const sighting& where, std::size_t held_back) override;

 protected:
  bool is_shown(std::size_t connection) const { return only_ == 0 || only_ == connection; }
  const std::string& input_name() const { return name_; }

 private:
  void complain(const std::string& line);
  void note(const std::string& line) const;

  std::size_t only_;
  std::string name_;
  bool found_fault_ = false;
};

}  // namespace mqttspan
