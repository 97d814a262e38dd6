// What values mean, in the words of a dissection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <mqttspan/codec/property.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan {

/// "0011 ....": the bits under the mask, dots elsewhere.
std::string bit_pattern(unsigned byte, unsigned mask);

std::string words_of_text(std::string_view text);
std::string words_of_binary(bytes_view bytes);
/// "1, at least once"; 3 is forbidden.
std::string words_of_qos(unsigned qos);
std::string words_of_level(unsigned level);
/// "0x87, not authorized".
std::string words_of_reason(unsigned code, packet_type type, protocol_version version);
/// CONNACK in 3.x.
std::string words_of_return_code(unsigned code);
std::string words_of_retain_handling(unsigned handling);
/// "0x23, topic_alias, two byte integer".
std::string words_of_property(unsigned identifier, std::string_view name);
std::string words_of_property_number(property_id id, std::uint32_t number);
/// "two byte integer".
std::string_view words_of_property_type(property_type type);
/// "0x23".
std::string hex_number(unsigned number);

}  // namespace mqttspan
