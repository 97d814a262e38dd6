#include "mutator.hpp"

#include <algorithm>
#include <array>

#include <mqttspan/codec/generate.hpp>

namespace mqttspan::fuzz {
namespace {

using test::entropy;
using packets = std::vector<loose_packet>;

std::size_t below(entropy& choices, std::size_t count) { return choices.below(static_cast<std::uint32_t>(count)); }

loose_packet* framed(packets& all, entropy& choices) {
  if (all.empty()) return nullptr;
  loose_packet& p = all[below(choices, all.size())];
  return p.first ? &p : nullptr;
}

// From then on its bytes stay as they are.
void freeze(loose_packet& p, std::string bytes) { p = {std::nullopt, std::move(bytes)}; }

// ---- Lengths

bool claim_other_length(packets& all, entropy& choices) {
  loose_packet* const p = framed(all, choices);
  if (!p) return false;
  const auto size = static_cast<std::uint32_t>(p->body.size());
  const std::uint32_t claims[] = {size + 1, size == 0 ? 1 : size - 1, 0, size + 127, 127, 128, 16'383, 16'384, 2'097'151, 2'097'152, 268'435'455};
  freeze(*p, static_cast<char>(*p->first) + varint_bytes(claims[below(choices, std::size(claims))]) + p->body);
  return true;
}

bool write_length_long(packets& all, entropy& choices) {
  loose_packet* const p = framed(all, choices);
  if (!p) return false;
  freeze(*p, static_cast<char>(*p->first) + varint_bytes(static_cast<std::uint32_t>(p->body.size()), 2 + below(choices, 4)) + p->body);
  return true;
}

// A 16-bit length within: one more, one less, none, all.
bool change_inner_length(packets& all, entropy& choices) {
  loose_packet* const p = framed(all, choices);
  if (!p || p->body.size() < 2) return false;
  const std::size_t at = below(choices, std::min<std::size_t>(p->body.size() - 1, 64));
  const unsigned old = static_cast<unsigned char>(p->body[at]) * 256u + static_cast<unsigned char>(p->body[at + 1]);
  const unsigned values[] = {old + 1, old - 1, 0, 0xFFFF, static_cast<unsigned>(p->body.size())};
  const unsigned value = values[below(choices, std::size(values))];
  p->body[at] = static_cast<char>(value >> 8);
  p->body[at + 1] = static_cast<char>(value);
  return true;
}

bool cut_or_extend_body(packets& all, entropy& choices) {
  loose_packet* const p = framed(all, choices);
  if (!p) return false;
  if (below(choices, 2) == 0 && !p->body.empty()) p->body.resize(below(choices, p->body.size()));
  else p->body += static_cast<char>(below(choices, 256));
  return true;
}

// ---- The first byte, versions

bool change_type(packets& all, entropy& choices) {
  loose_packet* const p = framed(all, choices);
  if (!p) return false;
  p->first = static_cast<unsigned char>((*p->first & 0x0F) | below(choices, 16) << 4);
  return true;
}

bool change_flags(packets& all, entropy& choices) {
  loose_packet* const p = framed(all, choices);
  if (!p) return false;
  p->first = static_cast<unsigned char>(*p->first ^ (1u << below(choices, 4)));
  return true;
}

// Of a CONNECT: name and level of another version, or a level that nobody speaks.
bool change_version(packets& all, entropy& choices) {
  using namespace std::string_view_literals;
  constexpr std::string_view heads[] = {"\0\6MQIsdp\3"sv, "\0\4MQTT\4"sv, "\0\4MQTT\5"sv, "\0\4MQTT\6"sv, "\0\4MQTT\0"sv, "\0\4MQTT\x83"sv, "\0\4mqtt\4"sv, "\0\6MQIsdp\4"sv};
  for (loose_packet& p : all) {
    if (!p.first || *p.first >> 4 != 1 || p.body.size() < 7) continue;
    const std::size_t old = p.body.starts_with("\0\6MQIsdp"sv) ? 9 : 7;
    p.body.replace(0, std::min(old, p.body.size()), heads[below(choices, std::size(heads))]);
    return true;
  }
  return false;
}

// ---- Properties

bool with_properties(packets& all, entropy& choices, bool (*change)(std::vector<std::string>& properties, entropy& choices)) {
  loose_packet* const p = framed(all, choices);
  const auto block = p ? properties_of(*p) : std::nullopt;
  if (!block) return false;
  const std::vector<std::size_t> bounds = property_bounds(*p, *block);
  std::vector<std::string> properties;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) properties.push_back(p->body.substr(bounds[i], bounds[i + 1] - bounds[i]));
  const std::string rest = p->body.substr(bounds.back(), block->end - bounds.back());
  if (!change(properties, choices)) return false;
  std::string content;
  for (const std::string& each : properties) content += each;
  set_properties(*p, *block, content + rest);
  return true;
}

std::string any_property(entropy& choices) {
  const detail::property_row& row = detail::rows[below(choices, detail::property_count)];
  std::string out(1, static_cast<char>(row.id));
  switch (row.type) {
    case property_type::byte: return out + static_cast<char>(below(choices, 3));
    case property_type::two_byte: return out + std::string(1, '\0') + static_cast<char>(below(choices, 3));
    case property_type::four_byte: return out + std::string(3, '\0') + static_cast<char>(below(choices, 3));
    case property_type::variable_byte: return out + varint_bytes(static_cast<std::uint32_t>(below(choices, 3)), 1 + below(choices, 4));
    case property_type::string_pair: return out + std::string("\0\1a\0\1b", 6);
    default: return out + std::string("\0\1a", 3);
  }
}

bool insert_property(packets& all, entropy& choices) {
  return with_properties(all, choices, [](std::vector<std::string>& list, entropy& from) {
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(below(from, list.size() + 1)), any_property(from));
    return true;
  });
}

bool remove_property(packets& all, entropy& choices) {
  return with_properties(all, choices, [](std::vector<std::string>& list, entropy& from) {
    if (list.empty()) return false;
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(below(from, list.size())));
    return true;
  });
}

bool repeat_property(packets& all, entropy& choices) {
  return with_properties(all, choices, [](std::vector<std::string>& list, entropy& from) {
    if (list.empty()) return false;
    list.push_back(list[below(from, list.size())]);
    return true;
  });
}

bool move_property(packets& all, entropy& choices) {
  return with_properties(all, choices, [](std::vector<std::string>& list, entropy& from) {
    if (list.size() < 2) return false;
    std::swap(list[below(from, list.size())], list[below(from, list.size())]);
    return true;
  });
}

// ---- Values

bool put_telling_text(packets& all, entropy& choices) {
  using namespace std::string_view_literals;
  constexpr std::string_view texts[] = {"\0"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF0\x80\x80\x80"sv, "\xEF\xBB\xBF"sv, "\xEF\xBF\xBF"sv,
                                        "\xC3"sv, "\xFF"sv, "#"sv, "+"sv, "/"sv, "a/#"sv, "$share/"sv, "$share/g/"sv, "$share//a"sv, "$SYS"sv, "\x01"sv, "\x7F"sv, "\xC2\x80"sv};
  loose_packet* const p = framed(all, choices);
  if (!p || p->body.size() < 3) return false;
  const std::string_view text = texts[below(choices, std::size(texts))];
  const std::size_t at = 2 + below(choices, p->body.size() - 2);
  p->body.replace(at, std::min(text.size(), p->body.size() - at), text.substr(0, p->body.size() - at));
  return true;
}

bool put_telling_byte(packets& all, entropy& choices) {
  constexpr unsigned char bytes[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x11, 0x30, 0x18, 0x19, 0x7F, 0x80, 0x81, 0x82, 0x87, 0x93, 0x9E, 0xA2, 0xFE, 0xFF};
  loose_packet* const p = framed(all, choices);
  if (!p || p->body.empty()) return false;
  p->body[below(choices, std::min<std::size_t>(p->body.size(), 32))] = static_cast<char>(bytes[below(choices, std::size(bytes))]);
  return true;
}

// ---- Packets as wholes

bool repeat_packet(packets& all, entropy& choices) {
  if (all.empty()) return false;
  const loose_packet copy = all[below(choices, all.size())];
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(below(choices, all.size() + 1)), copy);
  return true;
}

bool remove_packet(packets& all, entropy& choices) {
  if (all.size() < 2) return false;
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(below(choices, all.size())));
  return true;
}

bool swap_packets(packets& all, entropy& choices) {
  if (all.size() < 2) return false;
  std::swap(all[below(choices, all.size())], all[below(choices, all.size())]);
  return true;
}

bool split_packet(packets& all, entropy& choices) {
  loose_packet* const p = framed(all, choices);
  if (!p || p->body.size() < 2) return false;
  const std::size_t at = 1 + below(choices, p->body.size() - 1);
  const loose_packet second{p->first, p->body.substr(at)};
  p->body.resize(at);
  all.push_back(second);
  return true;
}

bool join_packets(packets& all, entropy& choices) {
  if (all.size() < 2) return false;
  const std::size_t at = below(choices, all.size() - 1);
  all[at].body += all[at + 1].body;
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  return true;
}

bool add_good_packet(packets& all, entropy& choices);

constexpr std::array table{
    mutation{"claim another length", claim_other_length}, mutation{"write a length long", write_length_long},
    mutation{"change an inner length", change_inner_length}, mutation{"cut or extend a body", cut_or_extend_body},
    mutation{"change a type", change_type}, mutation{"change flags", change_flags},
    mutation{"change the version", change_version}, mutation{"insert a property", insert_property},
    mutation{"remove a property", remove_property}, mutation{"repeat a property", repeat_property},
    mutation{"move a property", move_property}, mutation{"put a telling text", put_telling_text},
    mutation{"put a telling byte", put_telling_byte}, mutation{"repeat a packet", repeat_packet},
    mutation{"remove a packet", remove_packet}, mutation{"swap packets", swap_packets},
    mutation{"split a packet", split_packet}, mutation{"join packets", join_packets},
    mutation{"add a good packet", add_good_packet},
};

bool add_good_packet(packets& all, entropy& choices) {
  const test::sample s = test::packet_source(choices, 40).next();
  std::vector<std::byte> bytes(encoded_size(s.packet, s.version).value_or(0));
  if (!generate(s.packet, s.version, bytes)) return false;
  const packets made = taken_apart({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(below(choices, all.size() + 1)), made.begin(), made.end());
  return true;
}

}  // namespace

std::span<const mutation> mutations() { return table; }

std::string mutated(std::string_view stream, entropy& choices) {
  packets all = taken_apart(stream);
  for (unsigned tries = 0; tries < 8; ++tries)
    if (table[below(choices, table.size())].apply(all, choices)) break;
  return joined(all);
}

std::string crossed(std::string_view a, std::string_view b, entropy& choices) {
  const packets left = taken_apart(a), right = taken_apart(b);
  packets all;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const bool both = i < left.size() && i < right.size();
    if (both && below(choices, 4) == 3) {
      const std::string& head = left[i].body;
      const std::string& tail = right[i].body;
      all.push_back({left[i].first, head.substr(0, below(choices, head.size() + 1)) + tail.substr(below(choices, tail.size() + 1))});
      continue;
    }
    if (i < left.size() && below(choices, 3) != 2) all.push_back(left[i]);
    if (i < right.size() && below(choices, 3) != 2) all.push_back(right[i]);
  }
  return joined(all);
}

}  // namespace mqttspan::fuzz
