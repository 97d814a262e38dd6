// Properties of MQTT 5.0 from a command line: -D COMMAND NAME VALUE, as mosquitto's tools have it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include <mqttspan/codec/property.hpp>

namespace CLI {
class App;
}

namespace mqttspan {

/// What was asked for, by the packet that it goes into; owns the texts.
class property_arguments {
 public:
  /// The names are those of the specification, with - or _ between the words; User Property has two values. Throws usage_error.
  void add(const std::string& command, const std::string& name, const std::vector<std::string>& values);
  /// The same for a number, unless it has been named already.
  void add_default(property_place place, property_id id, std::uint32_t value);

  bool empty() const { return all_.empty(); }
  /// The properties for that place, in their order. Good as long as this object, which must not be moved.
  const std::vector<property>& in(property_place place) const { return lists_[static_cast<std::size_t>(place)]; }

 private:
  const std::string& keep(const std::string& text) { return all_.emplace_back(text); }
  property made_of(property_id id, const std::string& name, const std::vector<std::string>& values);

  std::deque<std::string> all_;  // a deque: short strings must not move
  std::vector<property> lists_[16];
};

/// Takes every `-D COMMAND NAME VALUE [VALUE]` (also `--property`) out of the arguments; the program's other options must be known to `app`. Throws usage_error.
std::vector<std::string> take_properties(const CLI::App& app, const std::vector<std::string>& arguments, property_arguments& into);

}  // namespace mqttspan
