#include "loose_packet.hpp"

#include <algorithm>
#include <cstdint>

#include <mqttspan/codec/property.hpp>

namespace mqttspan::fuzz {
namespace {

std::size_t octet(std::string_view in, std::size_t at) { return static_cast<unsigned char>(in[at]); }

struct length {
  std::size_t value = 0, size = 0;  // size 0: there is none
};

length length_at(std::string_view in, std::size_t at) {
  length found;
  for (std::size_t i = 0; i < 4 && at + i < in.size(); ++i) {
    found.value |= (octet(in, at + i) & 0x7F) << (7 * i);
    if (octet(in, at + i) < 0x80) return {found.value, i + 1};
  }
  return {};
}

std::size_t string_end(std::string_view in, std::size_t at) { return at + 2 > in.size() ? std::string_view::npos : at + 2 + (octet(in, at) << 8 | octet(in, at + 1)); }

// Where the property length of a packet of that type stands.
std::size_t block_at(unsigned char first, std::string_view body) {
  switch (first >> 4) {
    case 1: return body.size() < 2 ? body.size() : string_end(body, 0) + 4;
    case 3: return body.size() < 2 ? body.size() : string_end(body, 0) + ((first & 6) != 0 ? 2 : 0);
    case 4: case 5: case 6: case 7: return 3;
    case 14: case 15: return 1;
    default: return 2;
  }
}

// Behind the value of a property of that identifier; npos where it is not all there.
std::size_t value_end(std::string_view in, std::size_t at, property_id id) {
  switch (type_of(id)) {
    case property_type::byte: return at + 1;
    case property_type::two_byte: return at + 2;
    case property_type::four_byte: return at + 4;
    case property_type::variable_byte: return length_at(in, at).size == 0 ? std::string_view::npos : at + length_at(in, at).size;
    case property_type::string:
    case property_type::binary: return string_end(in, at);
    case property_type::string_pair: return string_end(in, at) > in.size() ? std::string_view::npos : string_end(in, string_end(in, at));
  }
  return std::string_view::npos;
}

}  // namespace

std::string varint_bytes(std::uint32_t value, std::size_t size) {
  std::string out;
  do {
    out += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  } while (value != 0 || out.size() < size);
  out.back() = static_cast<char>(out.back() & 0x7F);
  return out;
}

std::vector<loose_packet> taken_apart(std::string_view bytes) {
  std::vector<loose_packet> all;
  while (!bytes.empty()) {
    const length body = length_at(bytes, 1);
    const std::size_t head = 1 + body.size;
    if (body.size == 0 || bytes.size() - head < body.value) {
      all.push_back({std::nullopt, std::string(bytes)});
      break;
    }
    all.push_back({static_cast<unsigned char>(bytes[0]), std::string(bytes.substr(head, body.value))});
    bytes.remove_prefix(head + body.value);
  }
  return all;
}

std::string joined(const std::vector<loose_packet>& packets) {
  std::string out;
  for (const loose_packet& p : packets) {
    if (p.first) out += static_cast<char>(*p.first) + varint_bytes(static_cast<std::uint32_t>(p.body.size()));
    out += p.body;
  }
  return out;
}

std::optional<property_block> properties_of(const loose_packet& p) {
  if (!p.first) return std::nullopt;
  const std::size_t at = block_at(*p.first, p.body);
  if (at >= p.body.size()) return std::nullopt;
  const length found = length_at(p.body, at);
  if (found.size == 0 || at + found.size + found.value > p.body.size()) return std::nullopt;
  return property_block{at, at + found.size, at + found.size + found.value};
}

std::vector<std::size_t> property_bounds(const loose_packet& p, const property_block& block) {
  const std::string_view in = std::string_view(p.body).substr(0, block.end);
  std::vector<std::size_t> bounds{block.begin};
  for (std::size_t at = block.begin; at < block.end; bounds.push_back(at)) {
    at = value_end(in, at + 1, static_cast<property_id>(octet(in, at)));
    if (at > block.end) break;
  }
  return bounds;
}

void set_properties(loose_packet& p, const property_block& block, std::string_view content) {
  p.body.replace(block.length_at, block.end - block.length_at, varint_bytes(static_cast<std::uint32_t>(content.size())) + std::string(content));
}

}  // namespace mqttspan::fuzz
