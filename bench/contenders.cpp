#include "contenders.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/owned.hpp>
#include <mqttspan/codec/parse.hpp>

#include "fields.hpp"
#include "stream_contenders.hpp"

namespace mqttspan::bench {
namespace {

bool add(checksum& sum, const packet& p) noexcept {
  switch (type_of(p)) {
    case packet_type::connect: add(sum, *std::get_if<connect>(&p)); return true;
    case packet_type::publish: add(sum, *std::get_if<publish>(&p)); return true;
    case packet_type::puback: add(sum, *std::get_if<puback>(&p)); return true;
    case packet_type::subscribe: add(sum, *std::get_if<subscribe>(&p)); return true;
    case packet_type::suback: add(sum, *std::get_if<suback>(&p)); return true;
    case packet_type::pingresp: return true;
    default: return false;
  }
}

std::uint64_t parse_all(subject& s) {
  checksum sum;
  for (bytes_view rest = s.work.bytes; !rest.empty();) {
    const auto got = parse(rest, s.work.version);
    if (!got || !add(sum, got->packet)) return refused;
    rest = rest.subspan(got->size);
  }
  return sum.value();
}

template <class P, const parse_options& options = strict>
std::uint64_t parse_all_as(subject& s) {
  checksum sum;
  for (bytes_view rest = s.work.bytes; !rest.empty();) {
    const auto got = parse_as<P>(rest, s.work.version, options);
    if (!got) return refused;
    add(sum, got->packet);
    rest = rest.subspan(got->size);
  }
  return sum.value();
}

// More than the defaults ask: every packet is judged by every rule, one after the other, as those are that have something wrong or out of the ordinary in them.
constexpr parse_options judging{.reject = strictness::control_characters};
template <class P>
std::uint64_t judge_all_as(subject& s) {
  return parse_all_as<P, judging>(s);
}

// Parses one packet of a known type; answers with its size, 0 where it is refused.
template <class P>
std::size_t step(checksum& sum, bytes_view input, protocol_version version) noexcept {
  const auto got = parse_as<P>(input, version);
  if (!got) return 0;
  add(sum, got->packet);
  return got->size;
}

std::uint64_t parse_mixed_as(subject& s) {
  checksum sum;
  const auto version = s.work.version;
  for (bytes_view rest = s.work.bytes; !rest.empty();) {
    std::size_t size = 0;
    switch (static_cast<packet_type>(rest.front() >> 4)) {
      case packet_type::publish: size = step<publish>(sum, rest, version); break;
      case packet_type::puback: size = step<puback>(sum, rest, version); break;
      case packet_type::suback: size = step<suback>(sum, rest, version); break;
      case packet_type::pingresp: size = step<pingresp>(sum, rest, version); break;
      default: break;
    }
    if (size == 0) return refused;
    rest = rest.subspan(size);
  }
  return sum.value();
}

template <class Packets>
std::uint64_t generate_each(const Packets& packets, subject& s) {
  std::span<std::byte> rest = s.out;
  for (const auto& p : packets) {
    const auto written = generate(p, s.work.version, rest);
    if (!written) return refused;
    rest = rest.subspan(written->size());
  }
  return s.out.size() - rest.size();
}

template <class Packets>
std::uint64_t size_each(const Packets& packets, subject& s) {
  std::uint64_t sum = 0;
  for (const auto& p : packets) {
    const auto size = encoded_size(p, s.work.version);
    if (!size) return refused;
    sum += *size;
  }
  return sum;
}

template <class P>
std::uint64_t generate_all_as(subject& s) {
  return generate_each(std::get<std::vector<P>>(s.typed), s);
}
template <class P>
std::uint64_t size_all_as(subject& s) {
  return size_each(std::get<std::vector<P>>(s.typed), s);
}
std::uint64_t generate_all(subject& s) { return generate_each(s.packets, s); }
std::uint64_t size_all(subject& s) { return size_each(s.packets, s); }

// Heads back to back, and the payloads only counted: writev would send them from where they are.
std::uint64_t generate_heads(subject& s) {
  std::span<std::byte> rest = s.out;
  std::size_t payloads = 0;
  for (const publish& p : std::get<std::vector<publish>>(s.typed)) {
    const auto written = generate_head(p, s.work.version, rest);
    if (!written) return refused;
    rest = rest.subspan(written->size());
    payloads += p.payload.size();
  }
  return s.out.size() - rest.size() + payloads;
}

// The one packet type of the subject; nothing where it is a mix.
std::optional<packet_type> only_type(const subject& s) {
  const packet_type first = type_of(s.packets.front());
  for (const packet& p : s.packets)
    if (type_of(p) != first) return std::nullopt;
  return first;
}

#define BENCH_EACH_TYPE(of)                                     \
  switch (only_type(s).value_or(packet_type{})) {               \
    case packet_type::connect: return of<connect>;              \
    case packet_type::publish: return of<publish>;              \
    case packet_type::puback: return of<puback>;                \
    case packet_type::subscribe: return of<subscribe>;          \
    case packet_type::suback: return of<suback>;                \
    default: break;                                             \
  }

pass parse_as_pass(const subject& s) {
  BENCH_EACH_TYPE(parse_all_as)
  return parse_mixed_as;
}
pass judge_pass(const subject& s) {
  BENCH_EACH_TYPE(judge_all_as)
  return nullptr;
}
pass generate_pass(const subject& s) {
  BENCH_EACH_TYPE(generate_all_as)
  return generate_all;
}
pass size_pass(const subject& s) {
  BENCH_EACH_TYPE(size_all_as)
  return size_all;
}
#undef BENCH_EACH_TYPE

pass head_pass(const subject& s) { return only_type(s) == packet_type::publish ? generate_heads : nullptr; }

// The owning twin of each packet, and away with it.
std::uint64_t parse_copies(subject& s) {
  checksum sum;
  for (bytes_view rest = s.work.bytes; !rest.empty();) {
    const auto twin = owned<publish>::parse_copy(rest, s.work.version);
    if (!twin) return refused;
    add(sum, **twin.operator->());
    rest = rest.subspan(twin->bytes().size());
  }
  return sum.value();
}
pass copy_pass_as_own(const subject& s) { return only_type(s) == packet_type::publish ? parse_copies : nullptr; }

std::uint64_t frame_pass(subject& s) { return frame(s.work); }
std::uint64_t copy_pass(subject& s) { return copy(s.work, s.out); }
std::uint64_t decode_pass(subject& s) { return decode(s.work); }
std::uint64_t assemble_pass(subject& s) { return assemble(s.parts, s.out); }

constexpr contender table[] = {
    {"framing floor", direction::read, [](const subject&) -> pass { return frame_pass; }},
    {"parse_as", direction::read, parse_as_pass},
    {"parse", direction::read, [](const subject&) -> pass { return parse_all; }},
    {"parse_as judging", direction::read, judge_pass},
    {"for_each", direction::read, for_each_pass},
    {"next", direction::read, next_pass},
    {"for_each 1460", direction::read, for_each_1460_pass, decode_1460},
    {"for_each 1-64", direction::read, for_each_1_to_64_pass, decode_1_to_64},
    {"for_each 1", direction::read, for_each_1_pass, decode_1},
    {"for_each pieces", direction::read, for_each_piece_pass},
    {"connection", direction::read, receive_pass},
    {"parse_copy", direction::read, copy_pass_as_own},
    {"memcpy", direction::write, [](const subject&) -> pass { return copy_pass; }},
    {"generate", direction::write, generate_pass},
    {"generate_head", direction::write, head_pass},
    {"encoded_size", direction::write, size_pass},
};

// What generate_heads has to write: every piece but the payload.
std::vector<std::byte> heads(const subject& s) {
  std::vector<std::byte> all;
  for (const pieces& packet : s.parts)
    for (std::size_t i = 0; i + 1 < packet.count; ++i) all.insert(all.end(), packet.piece[i].begin(), packet.piece[i].end());
  return all;
}

// Lists that parse found in the packet's bytes, copied to arrays of the caller's: generate's usual input.
template <class List, class Item>
List owned_by_caller(const List& list, std::vector<std::vector<Item>>& arrays) {
  auto& items = arrays.emplace_back();
  for (const Item& item : list) items.push_back(item);
  return List(std::as_const(items));
}

template <class P, class Tuple>
inline constexpr bool has_vector = false;
template <class P, class... Vectors>
inline constexpr bool has_vector<P, std::tuple<Vectors...>> = (std::is_same_v<std::vector<P>, Vectors> || ...);

template <class P>
void hand_over(subject& s, P p) {
  if constexpr (requires { p.properties; }) p.properties = owned_by_caller(p.properties, s.properties);
  if constexpr (requires { p.will; })
    if (p.will) p.will->properties = owned_by_caller(p.will->properties, s.properties);
  if constexpr (requires { p.subscriptions; }) p.subscriptions = owned_by_caller(p.subscriptions, s.subscriptions);
  if constexpr (requires { p.reason_codes; }) p.reason_codes = owned_by_caller(p.reason_codes, s.reason_codes);
  if constexpr (has_vector<P, decltype(s.typed)>) std::get<std::vector<P>>(s.typed).push_back(p);
  s.packets.emplace_back(p);
}

// Half a page out of step with what is read: a load and an earlier store at the same place of their pages would wait for each other, by luck of the heap.
std::span<std::byte> place_out(std::vector<std::byte>& memory, const std::vector<std::byte>& bytes) {
  constexpr std::size_t page = 4096;
  memory.resize(bytes.size() + page);
  const auto place = [](const std::byte* p) { return reinterpret_cast<std::uintptr_t>(p) % page; };
  const std::size_t shift = (place(bytes.data()) + page + page / 2 - place(memory.data())) % page;
  return std::span(memory).subspan(shift, bytes.size());
}

}  // namespace

subject::subject(workload w) : work(std::move(w)), parts(take_apart(work)) {
  out = place_out(memory, work.bytes);
  for (bytes_view rest = work.bytes; !rest.empty();) {
    const auto got = parse(rest, work.version);
    if (!got) break;  // `agrees` will say so
    std::visit([this](const auto& p) { hand_over(*this, p); }, got->packet);
    rest = rest.subspan(got->size);
  }
}

std::span<const contender> contenders() { return table; }

pass floor_of(const contender& c) { return c.floor ? c.floor : floor_of(c.way); }

pass floor_of(direction way) { return way == direction::read ? decode_pass : assemble_pass; }

bool agrees(const contender& c, subject& s) {
  const pass run = c.pass_for(s);
  if (!run) return true;
  const bool decodes = run != frame_pass && c.way == direction::read;
  if (c.floor && c.floor(s) != decode(s.work)) return false;
  if (decodes) return decode(s.work) != refused && run(s) == decode(s.work);
  std::ranges::fill(s.out, std::byte{0xA5});
  if (run(s) != s.work.bytes.size()) return false;
  if (run == generate_heads) return std::ranges::equal(heads(s), s.out.first(heads(s).size()));
  return (c.operation != "generate" && c.operation != "memcpy") || std::ranges::equal(s.out, s.work.bytes);
}

}  // namespace mqttspan::bench
