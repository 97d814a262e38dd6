// One layout, two sinks: `emit` describes a packet once; a size_sink counts, a write_sink checks and copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/varint.hpp>

#include "checks.hpp"
#include "frame.hpp"
#include "property.hpp"
#include "text.hpp"

namespace mqttspan::detail {

// What both sinks know of the packet at hand.
struct encode_context {
  protocol_version version;
  const generate_options& options;
  std::uint32_t dropped = 0;  // properties that generate_within leaves out: bits as in properties.inc

  bool is_v5() const noexcept { return version == protocol_version::v5; }
  // Whether a field that the version does not know is left out, and not refused.
  bool leaves_out() const noexcept { return has(options.allow, leniency::fields_not_in_version); }
  // Whether anything of the list is going to be written.
  bool writes(const property_list& list) const noexcept;
};

// The longest property block and packet that MQTT can say; sizes are counted in 64 bits and compared once.
struct property_block_size {
  std::uint64_t size = 0;
  rule violated = rule::none;
};
property_block_size size_of_properties(const property_list& list, const encode_context& c) noexcept;

// The end of what was written, or the first fault.
struct property_block_end {
  octet* at;
  fault failure;
};
// `length` is the block's length prefix, `at` its first property.
property_block_end write_properties(octet* packet, octet* length, octet* at, const property_list& list, property_place place,
                                    const encode_context& c) noexcept;

constexpr std::uint32_t length_size(std::uint64_t value) noexcept { return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20'0000 ? 3 : 4; }

// What is wrong with a text that was written behind the length prefix at `field`.
[[gnu::noinline]] fault judge_written(text_kind kind, std::string_view text, const octet* packet, const octet* field, const encode_context& c) noexcept;

class size_sink {
 public:
  explicit size_sink(const encode_context& c) noexcept : context_(c) {}

  const encode_context& context() const noexcept { return context_; }
  bool is_v5() const noexcept { return context_.is_v5(); }
  std::uint64_t size() const noexcept { return size_; }
  rule violated() const noexcept { return violated_; }
  const std::uint32_t* blocks() const noexcept { return blocks_; }

  void byte(unsigned) noexcept { ++size_; }
  void two_byte(unsigned) noexcept { size_ += 2; }
  void packet_id(std::uint16_t) noexcept { size_ += 2; }
  template <std::size_t N>
  void bytes(const octet (&)[N]) noexcept {
    size_ += N;
  }
  template <text_kind Kind>
  void text(std::string_view s) noexcept {
    size_ += 2 + s.size();
    if (s.size() > 0xFFFF) violated_ = rule::string_too_long;  // [U5-1.5.4-d] [MQTT-4.7.3-3]
  }
  void binary(bytes_view b) noexcept {
    size_ += 2 + b.size();
    if (b.size() > 0xFFFF) violated_ = rule::binary_too_long;  // [U5-1.5.6-a]
  }
  [[gnu::always_inline]] void properties(const property_list& list, property_place) noexcept {
    if (!is_v5()) return;
    const property_block_size block = list.empty() ? property_block_size{} : size_of_properties(list, context_);
    if (block.violated != rule::none) violated_ = block.violated;
    blocks_[block_++] = static_cast<std::uint32_t>(block.size < max_packet_length ? block.size : max_packet_length);
    size_ += length_size(block.size) + block.size;
  }
  void payload(bytes_view b) noexcept { size_ += b.size(); }
  void check_text_payload(std::string_view, const property_list&) noexcept {}
  void require(bool, rule) noexcept {}
  void require_in_version(bool) noexcept {}
  void check(rule, std::size_t = 0) noexcept {}

 private:
  const encode_context& context_;
  std::uint64_t size_ = 0;
  std::uint32_t blocks_[2] = {};  // the lengths of property blocks, in the order of writing
  std::uint8_t block_ = 0;
  rule violated_ = rule::none;
};

// Everything is inlined into the packet's encoder, and what is out of line takes values: the cursor lives in registers.
class write_sink {
 public:
  // `at` has room for all that the size_sink counted; offsets count from `packet`.
  write_sink(const encode_context& c, octet* packet, octet* at, const std::uint32_t* blocks) noexcept
      : context_(c), packet_(packet), at_(at), blocks_(blocks) {}

  const encode_context& context() const noexcept { return context_; }
  bool is_v5() const noexcept { return context_.is_v5(); }
  fault result() const noexcept { return fault_; }
  bool failed() const noexcept { return fault_.violated != rule::none; }
  octet* at() const noexcept { return at_; }

  [[gnu::always_inline]] void fail(fault f) noexcept {
    if (!failed()) fault_ = f;
  }
  [[gnu::always_inline]] void check(rule r, std::size_t offset = 0) noexcept {
    if (r != rule::none) [[unlikely]] fail(fault_at(r, packet_, at_ + offset));
  }
  [[gnu::always_inline]] void require(bool good, rule r) noexcept {
    if (!good) [[unlikely]] fail(fault_at(r, packet_, at_));
  }
  // `absent`: the field that this version does not know is at its default.
  [[gnu::always_inline]] void require_in_version(bool absent) noexcept { require(absent || context_.leaves_out(), rule::field_not_in_version); }

  [[gnu::always_inline]] void byte(unsigned value) noexcept { *at_++ = static_cast<octet>(value); }
  [[gnu::always_inline]] void two_byte(unsigned value) noexcept {
    at_[0] = static_cast<octet>(value >> 8);
    at_[1] = static_cast<octet>(value);
    at_ += 2;
  }
  [[gnu::always_inline]] void four_byte(std::uint32_t value) noexcept {
    two_byte(value >> 16);
    two_byte(value);
  }
  [[gnu::always_inline]] void variable_byte(std::uint32_t value) noexcept {
    while (value >= 0x80) {
      *at_++ = static_cast<octet>(value | 0x80);
      value >>= 7;
    }
    *at_++ = static_cast<octet>(value);
  }
  [[gnu::always_inline]] void packet_id(std::uint16_t id) noexcept {
    require(id != 0, rule::packet_id_is_zero);  // [MQTT-2.3.1-1] [U5-2.2.1-a] [U31-2.4-a]
    two_byte(id);
  }
  template <std::size_t N>
  [[gnu::always_inline]] void bytes(const octet (&b)[N]) noexcept {
    std::memcpy(at_, b, N);
    at_ += N;
  }
  template <text_kind Kind>
  [[gnu::always_inline]] void text(std::string_view s) noexcept {
    octet* const field = at_;
    two_byte(static_cast<unsigned>(s.size()));
    const bool plain = copy_plain<Kind>(at_, reinterpret_cast<const octet*>(s.data()), s.size());
    at_ += s.size();
    if (!plain || context_.options.reject != strictness::none || is_long_for_v3_1(Kind, s.size(), context_.version)) [[unlikely]]
      if (const fault f = judge_written(Kind, s, packet_, field, context_); f.violated != rule::none) fail(f);
  }
  [[gnu::always_inline]] void binary(bytes_view b) noexcept {
    two_byte(static_cast<unsigned>(b.size()));
    copy(at_, b.data(), b.size());
    at_ += b.size();
  }
  [[gnu::always_inline]] void properties(const property_list& list, property_place place) noexcept {
    if (!is_v5()) return require_in_version(list.empty());
    const std::uint32_t size = *blocks_++;
    octet* const length = at_;
    if (list.empty()) check(check_combination(place, 0));
    variable_byte(size);
    if (list.empty()) return;
    const property_block_end end = write_properties(packet_, length, at_, list, place, context_);
    if (end.failure.violated != rule::none) [[unlikely]] fail(end.failure);
    at_ += size;
  }
  [[gnu::always_inline]] void payload(bytes_view b) noexcept {
    copy(at_, b.data(), b.size());
    at_ += b.size();
  }
  // The payload that is going to stand here.
  [[gnu::always_inline]] void check_text_payload(std::string_view s, const property_list& properties) noexcept {
    if (!is_v5() || !properties.contains(property_id::payload_format_indicator)) [[likely]] return;
    const finding f = check_payload(s, properties, context_.options.allow);
    check(f.violated, f.offset);
  }

 private:
  const encode_context& context_;
  octet* packet_;
  octet* at_;
  const std::uint32_t* blocks_;
  fault fault_;
};

// The version that a packet is written in: CONNECT names its own.
template <class P>
constexpr protocol_version version_of(const P&, protocol_version version) noexcept {
  return version;
}
constexpr protocol_version version_of(const connect& p, protocol_version) noexcept { return p.version; }

// First bytes and what they must not say. Most packets have constants there.
template <class P>
constexpr unsigned first_byte(const P&, const encode_context&) noexcept {
  return usual_first_byte(P::type);
}
template <class P>
constexpr rule check_header(const P&, const encode_context&) noexcept {
  return rule::none;
}

inline error caller_error(rule r, std::size_t offset, packet_type type) noexcept {
  error e = make_error(r, offset, type);
  if (r != rule::packet_too_large) e.code = errc::invalid_argument;
  return e;
}

// The whole packet's size, or why it has none.
inline error packet_size(const size_sink& sizes, packet_type type, std::size_t& out) noexcept {
  if (sizes.violated() != rule::none) return caller_error(sizes.violated(), 0, type);
  if (sizes.size() > max_remaining_length) return caller_error(rule::packet_too_large, 1, type);
  out = static_cast<std::size_t>(1 + length_size(sizes.size()) + sizes.size());
  if (out > sizes.context().options.max_packet_size) return caller_error(rule::packet_too_large, 1, type);  // [U5-2.1.4-b]
  return {};
}

template <class P>
rule check_packet(const P& p, const encode_context& c) noexcept {
  if (P::type == packet_type::auth && !c.is_v5()) return rule::packet_not_in_version;
  if (!may_send(c.options.sender, P::type, c.version)) return rule::packet_from_wrong_side;  // [U5-2.1.2-b]
  return check_header(p, c);
}

template <class P>
result<std::size_t> sized(const P& p, const encode_context& c) noexcept {
  size_sink sizes(c);
  emit(sizes, p);
  std::size_t size = 0;
  if (const error e = packet_size(sizes, P::type, size); e.code != errc{}) return e;
  return size;
}

// What is written: all that is sized, or all but the payload, which the caller sends himself.
enum class extent : bool { packet, head };

// Size, room, first byte, length, fields.
template <extent Extent, class P>
[[gnu::always_inline]] inline result<std::span<std::byte>> encode(const P& p, const encode_context& c, std::span<std::byte> out) noexcept {
  size_sink sizes(c);
  emit(sizes, p);
  std::size_t size = 0;
  if (const error e = packet_size(sizes, P::type, size); e.code != errc{}) [[unlikely]] return e;
  if constexpr (Extent == extent::head) size -= p.payload.size();
  if (out.size() < size) [[unlikely]] return error{.code = errc::no_space, .in = P::type};
  if (const rule r = check_packet(p, c); r != rule::none) [[unlikely]] return caller_error(r, 0, P::type);
  auto* const begin = reinterpret_cast<octet*>(out.data());
  write_sink sink(c, begin, begin, sizes.blocks());
  sink.byte(first_byte(p, c));
  sink.variable_byte(static_cast<std::uint32_t>(sizes.size()));
  if constexpr (Extent == extent::head) emit_head(sink, p);
  else emit(sink, p);
  if (sink.result().violated != rule::none) [[unlikely]] return caller_error(sink.result().violated, sink.result().offset, P::type);
  return out.first(size);
}

template <class P>
[[gnu::noinline]] result<std::span<std::byte>> encode_packet(const P& p, const encode_context& c, std::span<std::byte> out) noexcept {
  return encode<extent::packet>(p, c, out);
}

// Whether the specification wants Reason String and User Properties left out of this packet where they do not fit.
constexpr bool may_drop_properties(packet_type type) noexcept {
  switch (type) {
    case packet_type::connect:
    case packet_type::publish:
    case packet_type::subscribe:
    case packet_type::unsubscribe:
    case packet_type::pingreq:
    case packet_type::pingresp: return false;
    default: return true;
  }
}

// Whole, then without Reason String, then without User Properties as well. [MQTT-3.2.2-19] [MQTT-3.2.2-20] and their sixteen siblings
template <class P>
result<fitted> encode_within(const P& p, encode_context c, std::span<std::byte> out) noexcept {
  constexpr std::uint32_t reason_string = property_bit(property_id::reason_string), user = property_bit(property_id::user_property);
  const auto attempt = [&](std::uint32_t dropped) {
    c.dropped = dropped;
    return encode_packet(p, c, out);
  };
  auto bytes = attempt(0);
  if constexpr (may_drop_properties(P::type)) {
    const auto is_too_large = [&bytes] { return !bytes && bytes.error().code == errc::packet_too_large; };
    if (is_too_large()) bytes = attempt(reason_string);
    if (is_too_large()) bytes = attempt(reason_string | user);
    const auto lacks = [&](std::uint32_t bit, property_id id) { return (c.dropped & bit) != 0 && p.properties.contains(id); };
    if (bytes) return fitted{*bytes, lacks(reason_string, property_id::reason_string), lacks(user, property_id::user_property)};
  } else if (bytes) {
    return fitted{*bytes, false, false};
  }
  return bytes.error();
}

}  // namespace mqttspan::detail
