// Property blocks of 5.0, in each of the fourteen places, against the specification's table 2-4: identifiers, places, repetition, ranges, and that the list that is
// handed out has what stands there, in its order. The input: a byte for the place, then the block's content; a good packet is made around it.
#include <algorithm>
#include <optional>
#include <vector>

#include <mqttspan/codec/topic.hpp>

#include "packet_input.hpp"
#include "packet_views.hpp"
#include "spec_property_table.hpp"

namespace mqttspan::fuzz {
namespace {

using spec::bytes;

struct read_property {
  unsigned id;
  bytes value;  // as on the wire
};

std::size_t length_at(std::string_view in, std::size_t at) { return std::size_t{static_cast<unsigned char>(in[at])} << 8 | static_cast<unsigned char>(in[at + 1]); }

// The size of a value of that type at the front of `in`; nothing where it does not fit in.
std::optional<std::size_t> value_size(char type, std::string_view in) {
  const auto string_at = [in](std::size_t at) -> std::optional<std::size_t> {
    if (in.size() < at + 2) return std::nullopt;
    const std::size_t end = at + 2 + length_at(in, at);
    return in.size() < end ? std::nullopt : std::optional(end);
  };
  if (type == 's' || type == 'b') return string_at(0);
  if (type == 'p') {
    const auto name = string_at(0);
    return name ? string_at(*name) : std::nullopt;
  }
  if (type == 'v') {
    for (std::size_t size = 1; size <= std::min<std::size_t>(4, in.size()); ++size)
      if (static_cast<unsigned char>(in[size - 1]) < 0x80) return size > 1 && in[size - 1] == 0 ? std::nullopt : std::optional(size);
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(type - '0');
  return in.size() < size ? std::nullopt : std::optional(size);
}

bool is_good_text(std::string_view s) { return find_ill_formed_utf8(s) == std::string_view::npos && s.find('\0') == std::string_view::npos; }

bool is_good_value(const spec::property_spec& row, const bytes& value) {
  if (row.type == 'b') return true;
  if (row.type == 's') return is_good_text(std::string_view(value).substr(2)) && (row.id != 0x08 || validate_topic_name(std::string_view(value).substr(2)).has_value());
  if (row.type == 'p') {
    const std::size_t name = 2 + length_at(value, 0);
    return is_good_text(std::string_view(value).substr(2, name - 2)) && is_good_text(std::string_view(value).substr(name + 2));
  }
  const bool is_zero = std::all_of(value.begin(), value.end(), [](char c) { return c == 0; });
  const std::string_view range = row.values;
  return range == "0/1" ? value[0] == 0 || value[0] == 1 : range == "not 0" ? !is_zero : true;
}

// What stands in the block; nothing where it breaks a rule.
std::optional<std::vector<read_property>> read(char place, std::string_view in) {
  std::vector<read_property> all;
  while (!in.empty()) {
    const unsigned id = static_cast<unsigned char>(in.front());
    const spec::property_spec* row = spec::property_row(id);
    if (!row || !spec::allowed(*row, place)) return std::nullopt;
    const auto size = value_size(row->type, in.substr(1));
    if (!size) return std::nullopt;
    all.push_back({id, bytes(in.substr(1, *size))});
    const auto same = std::count_if(all.begin(), all.end(), [id](const read_property& p) { return p.id == id; });
    if (!is_good_value(*row, all.back().value) || (same > 1 && !spec::repeats(*row, place))) return std::nullopt;
    in.remove_prefix(1 + *size);
  }
  const auto has = [&all](unsigned id) { return std::any_of(all.begin(), all.end(), [id](const read_property& p) { return p.id == id; }); };
  if (place == 'A' && !has(0x15)) return std::nullopt;                 // [U5-3.15.2.2.2-a]
  if (place == 'C' && has(0x16) && !has(0x15)) return std::nullopt;  // [U5-3.1.2.11.10-a]
  return all;
}

bytes wire_value(const property& p) {
  switch (p.type()) {
    case property_type::byte: return spec::u8(p.integer());
    case property_type::two_byte: return spec::u16(p.integer());
    case property_type::four_byte: return spec::u32(p.integer());
    case property_type::variable_byte: return spec::vbi(p.integer());
    case property_type::string: return spec::str(p.text());
    case property_type::binary: return spec::str({reinterpret_cast<const char*>(p.binary().data()), p.binary().size()});
    default: return spec::str(p.name()) + spec::str(p.text());
  }
}

const property_list* list_in(const packet& p, char place) {
  const property_list* found = nullptr;
  std::visit([&](const auto& own) {
    if constexpr (requires { own.properties; }) found = &own.properties;
    if constexpr (requires { own.will; })
      if (place == 'W') found = &own.will->properties;
  }, p);
  return found;
}

void check(char place, std::string_view block) {
  const spec::placed made = spec::packet_with(place, bytes(block), true);
  const auto expected = read(place, block);
  const auto got = parse(as_bytes(made.wire), protocol_version::v5);
  require(got.has_value() == expected.has_value(), "a property block is good if each property is, by its row of the table");
  if (!got) return observe(got.error());
  std::size_t at = 0;
  for (const property& p : *list_in(got->packet, place)) {
    require(at < expected->size(), "the list has no more properties than the block");
    require(static_cast<unsigned>(p.id()) == (*expected)[at].id && wire_value(p) == (*expected)[at].value, "the list has what stands in the block, in its order");
    ++at;
  }
  require(at == expected->size(), "the list has all properties of the block");
  observe(at);
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return -1;
  mqttspan::fuzz::check(mqttspan::spec::places[data[0] % mqttspan::spec::places.size()], {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
