#include "wire_writer.hpp"

#include "tables.hpp"

namespace mqttspan::conformance::reference {

unsigned number(const json& value, std::uint32_t most) {
  if (value.is_null()) return 0;
  if (!value.is_number_integer()) throw not_encodable(value.dump() + " is no whole number");
  if (!value.is_number_unsigned() && value.get<std::int64_t>() < 0) throw not_encodable(value.dump() + " is negative");
  if (value.get<std::uint64_t>() > most) throw not_encodable(value.dump() + " is above " + std::to_string(most));
  return value.get<unsigned>();
}

bool flag(const json& value) {
  if (value.is_null()) return false;
  if (!value.is_boolean()) throw not_encodable(value.dump() + " is neither true nor false");
  return value.get<bool>();
}

std::string content(const json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object() || value.size() != 1 || !value.contains("hex") || !value.at("hex").is_string()) throw not_encodable(value.dump() + " is neither a string nor {\"hex\":…}");
  const std::string hex = value.at("hex").get<std::string>();
  if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) throw not_encodable(hex + " is not hexadecimal");
  std::string result;
  for (std::size_t i = 0; i < hex.size(); i += 2) result += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return result;
}

void wire_writer::integer(std::size_t size, unsigned value) {
  for (std::size_t i = size; i-- > 0;) result_.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xFF));
}

void wire_writer::variable(unsigned value) {
  do {
    const unsigned rest = value / 128;
    result_.push_back(static_cast<std::uint8_t>(value % 128 + (rest > 0 ? 128 : 0)));
    value = rest;
  } while (value > 0);
}

void wire_writer::counted(const std::string& text, const char* too_long) {
  if (text.size() > 0xFFFF) throw not_encodable("more than 65,535 bytes", make_fault(version_, too_long, result_.size() + 2));
  integer(2, static_cast<unsigned>(text.size()));
  raw(text);
}

void wire_writer::raw(const std::string& text) { result_.insert(result_.end(), text.begin(), text.end()); }
void wire_writer::append(const bytes& other) { result_.insert(result_.end(), other.begin(), other.end()); }

}  // namespace mqttspan::conformance::reference
