#include "dissect_words.hpp"

#include <array>
#include <cstdio>

#include <mqttspan/codec/reason_code.hpp>

#include "text.hpp"

namespace mqttspan {
namespace {

constexpr std::size_t text_limit = 60;

}  // namespace

std::string bit_pattern(unsigned byte, unsigned mask) {
  std::string out;
  for (unsigned bit = 0x80; bit != 0; bit >>= 1) {
    out += (mask & bit) == 0 ? '.' : (byte & bit) != 0 ? '1' : '0';
    if (bit == 0x10) out += ' ';
  }
  return out;
}

std::string words_of_text(std::string_view text) { return quote(text, text_limit); }

std::string words_of_binary(bytes_view bytes) {
  const std::string size = std::to_string(bytes.size()) + (bytes.size() == 1 ? " byte" : " bytes");
  return is_readable(bytes) ? size + ", " + quote(as_text(bytes), text_limit) : size;
}

std::string words_of_qos(unsigned qos) {
  constexpr const char* words[] = {"0, at most once", "1, at least once", "2, exactly once", "3, forbidden"};
  return words[qos & 3];
}

std::string words_of_level(unsigned level) {
  const std::string number = std::to_string(level);
  const unsigned spoken = level & 0x7F;
  if (spoken < 3 || spoken > 5) return number + ", unknown";
  return number + ", MQTT " + std::string(to_string(static_cast<protocol_version>(spoken))) + (spoken == level ? "" : ", from a bridge");
}

std::string words_of_reason(unsigned code, packet_type type, protocol_version version) {
  const std::string_view text = text_of(static_cast<reason_code>(code), type);
  if (version != protocol_version::v5 && code == 0x80) return hex_number(code) + ", failure";
  return hex_number(code) + ", " + (text.empty() ? "unknown" : std::string(text));
}

std::string words_of_return_code(unsigned code) {
  const auto meaning = from_return_code(static_cast<std::uint8_t>(code));
  return std::to_string(code) + ", " + (meaning ? std::string(text_of(*meaning, packet_type::connack)) : "reserved");
}

std::string words_of_retain_handling(unsigned handling) {
  constexpr const char* words[] = {"0, send retained messages", "1, send them if the subscription is new", "2, do not send them", "3, forbidden"};
  return words[handling & 3];
}

std::string words_of_property(unsigned identifier, std::string_view name) {
  if (name.empty()) return hex_number(identifier) + ", unknown";
  return hex_number(identifier) + ", " + std::string(name) + ", " +
         std::string(words_of_property_type(type_of(static_cast<property_id>(identifier))));
}

std::string words_of_property_number(property_id id, std::uint32_t number) {
  const std::string text = std::to_string(number);
  switch (id) {
    case property_id::payload_format_indicator: return text + (number == 0 ? ", unspecified bytes" : number == 1 ? ", UTF-8 text" : "");
    case property_id::session_expiry_interval: return number == 0xFFFF'FFFF ? text + ", never" : text + " s";
    case property_id::message_expiry_interval:
    case property_id::will_delay_interval:
    case property_id::server_keep_alive: return text + " s";
    case property_id::maximum_packet_size: return text + " bytes";
    case property_id::maximum_qos: return number <= 1 ? words_of_qos(number) : text;
    default: break;
  }
  if (type_of(id) != property_type::byte || number > 1) return text;
  return text + (number == 1 ? ", yes" : ", no");
}

std::string_view words_of_property_type(property_type type) {
  switch (type) {
    case property_type::byte: return "byte";
    case property_type::two_byte: return "two byte integer";
    case property_type::four_byte: return "four byte integer";
    case property_type::variable_byte: return "variable byte integer";
    case property_type::string: return "string";
    case property_type::binary: return "binary data";
    case property_type::string_pair: return "string pair";
  }
  return "";
}

std::string hex_number(unsigned number) {
  std::array<char, 12> out{};
  std::snprintf(out.data(), out.size(), "0x%02x", number);
  return out.data();
}

}  // namespace mqttspan
