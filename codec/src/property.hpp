// Property blocks: what may stand where, how often, with which values. Parse and generate ask the same questions here.
#pragma once

#include <cstdint>

#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/property.hpp>

#include "reader.hpp"

namespace mqttspan::detail {

// What a property block holds, or its first fault.
struct property_scan {
  fault failure;
  std::uint32_t ids = 0;  // bit per row of properties.inc
};

// Validates the properties in [p, end), which lie in the packet that begins at `packet`.
property_scan scan_properties(const octet* packet, const octet* p, const octet* end, property_place place, const parse_options& options) noexcept;

// properties<varint+n>
property_list read_properties(reader& in, property_place place) noexcept;

// Where the first property of that identifier stands in validated bytes; `end` where there is none.
const octet* find_property(const octet* p, const octet* end, property_id id) noexcept;

// Whether the identifier may stand there, given the ones before it. The caller adds its bit to `seen`.
rule check_presence(std::uint8_t id, property_place place, std::uint32_t seen, sender from) noexcept;

// Whether an integer is in the range of its property.
rule check_range(const property_row& row, std::uint32_t value) noexcept;

// Rules between properties, and between a property and the packet: what must be there, and what not alone. [U5-3.1.2.11.10-a] [U5-3.15.2.2.2-a]
rule check_combination(property_place place, std::uint32_t ids) noexcept;

constexpr text_kind kind_of(property_id id) noexcept {
  return id == property_id::response_topic ? text_kind::response_topic : text_kind::string;
}

}  // namespace mqttspan::detail
