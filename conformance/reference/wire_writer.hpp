// Integers, strings and binary data as bytes, and the JSON values that they are made from. What does not fit throws not_encodable.
#pragma once

#include <string>

#include "reference.hpp"

namespace mqttspan::conformance::reference {

/// A whole number up to `most`; 0 where the key is absent.
unsigned number(const json& value, std::uint32_t most);
/// False where the key is absent.
bool flag(const json& value);
/// A string, or the bytes of {"hex":…}; empty where the key is absent.
std::string content(const json& value);

class wire_writer {
 public:
  explicit wire_writer(protocol version) : version_(version) {}

  void integer(std::size_t size, unsigned value);
  void variable(unsigned value);
  void counted(const std::string& text, const char* too_long);  ///< length and bytes; more than 65,535 break the rule `too_long`
  void raw(const std::string& text);
  void append(const bytes& other);

  const bytes& result() const { return result_; }

 private:
  protocol version_;
  bytes result_;
};

}  // namespace mqttspan::conformance::reference
