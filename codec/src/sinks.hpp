// One layout, two sinks: `emit` describes a packet once; a size_sink counts, a write_sink checks and copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/packet.hpp>

#include "checks.hpp"
#include "property.hpp"
#include "text.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// What both sinks know of the packet at hand. Sixteen bytes: it travels in two registers, by value, and never needs an address.
struct encode_context {
  constexpr encode_context(protocol_version v, const generate_options& o) noexcept : options(o), version(v) {}

  const generate_options& options;
  std::uint32_t dropped = 0;  // properties that generate_within leaves out: bits as in properties.inc
  protocol_version version;

  bool is_v5() const noexcept { return detail::is_v5(version); }
  // Whether a field that the version does not know is left out, and not refused.
  bool leaves_out() const noexcept { return has(options.allow, leniency::fields_not_in_version); }
};

[[gnu::noinline]] bool has_other_than(std::uint32_t dropped, const property_list& list) noexcept;

// Whether anything of the list is going to be written.
[[gnu::always_inline]] inline bool writes(const encode_context& c, const property_list& list) noexcept {
  return c.dropped == 0 ? !list.empty() : has_other_than(c.dropped, list);
}

// The longest property block and packet that MQTT can say; sizes are counted in 64 bits and compared once.
struct property_block_size {
  std::uint64_t size = 0;
  rule violated = rule::none;
};
property_block_size size_of_properties(const property_list& list, encode_context c) noexcept;

// The end of what was written, or the first fault.
struct property_block_end {
  octet* at;
  fault failure;
};
// `length` is the block's length prefix, `at` its first property.
property_block_end write_properties(octet* packet, octet* length, octet* at, const property_list& list, property_place place,
                                    encode_context c) noexcept;

constexpr std::uint32_t length_size(std::uint64_t value) noexcept { return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20'0000 ? 3 : 4; }

// What is wrong with a text that was written behind the length prefix at `field`.
[[gnu::noinline]] fault judge_written(text_kind kind, std::string_view text, const octet* packet, const octet* field, encode_context c) noexcept;

// The lengths of a packet's property blocks.
struct property_blocks {
  std::uint32_t packet = 0;
  std::uint32_t will = 0;

  constexpr std::uint32_t& of(property_place place) noexcept { return place == property_place::will ? will : packet; }
};

class size_sink {
 public:
  explicit size_sink(encode_context c) noexcept : context_(c) {}

  encode_context context() const noexcept { return context_; }
  bool is_v5() const noexcept { return context_.is_v5(); }
  std::uint64_t size() const noexcept { return size_; }
  rule violated() const noexcept { return violated_; }
  property_blocks blocks() const noexcept { return blocks_; }

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
  [[gnu::always_inline]] void properties(const property_list& list, property_place place) noexcept {
    if (!is_v5()) return;
    if (list.empty()) return byte(0);
    const property_block_size block = size_of_properties(list, context_);
    if (block.violated != rule::none) violated_ = block.violated;
    blocks_.of(place) = static_cast<std::uint32_t>(block.size < max_packet_length ? block.size : max_packet_length);
    size_ += length_size(block.size) + block.size;
  }
  void payload(bytes_view b) noexcept { size_ += b.size(); }
  void check_text_payload(std::string_view, const property_list&) noexcept {}
  void require(bool, rule) noexcept {}
  void require_in_version(bool) noexcept {}
  void check(rule, std::size_t = 0) noexcept {}

 private:
  encode_context context_;
  std::uint64_t size_ = 0;
  property_blocks blocks_;
  rule violated_ = rule::none;
};

// A cursor that writes; whoever moves it knows that there is room. Everything is inlined into the packet's encoder, and what is out of line
// takes values: the cursor lives in a register.
class octet_writer {
 public:
  explicit octet_writer(octet* at) noexcept : at_(at) {}

  octet* at() const noexcept { return at_; }

  [[gnu::always_inline]] void byte(unsigned value) noexcept { *at_++ = static_cast<octet>(value); }
  [[gnu::always_inline]] void two_byte(unsigned value) noexcept {
    store_be16(at_, value);
    at_ += 2;
  }
  [[gnu::always_inline]] void four_byte(std::uint32_t value) noexcept {
    store_be32(at_, value);
    at_ += 4;
  }
  [[gnu::always_inline]] void variable_byte(std::uint32_t value) noexcept {
    for (; value >= 0x80; value >>= 7) byte(value | 0x80);
    byte(value);
  }
  template <std::size_t N>
  [[gnu::always_inline]] void bytes(const octet (&b)[N]) noexcept {
    std::memcpy(at_, b, N);
    at_ += N;
  }
  [[gnu::always_inline]] void binary(bytes_view b) noexcept {
    two_byte(static_cast<unsigned>(b.size()));
    payload(b);
  }
  [[gnu::always_inline]] void payload(bytes_view b) noexcept {
    copy(at_, b.data(), b.size());
    at_ += b.size();
  }
  // text<2+n>; whether it is plain
  template <text_kind Kind>
  [[gnu::always_inline]] bool plain_text(std::string_view s) noexcept {
    two_byte(static_cast<unsigned>(s.size()));
    const bool plain = copy_plain<Kind>(at_, reinterpret_cast<const octet*>(s.data()), s.size());
    at_ += s.size();
    return plain;
  }
  void skip(std::size_t size) noexcept { at_ += size; }

 private:
  octet* at_;
};

// Writes, and names the first fault.
class write_sink : public octet_writer {
 public:
  // `at` has room for all that the size_sink counted; offsets count from `packet`.
  write_sink(encode_context c, octet* packet, octet* at, property_blocks blocks = {}) noexcept
      : octet_writer(at), context_(c), packet_(packet), blocks_(blocks) {}

  encode_context context() const noexcept { return context_; }
  bool is_v5() const noexcept { return context_.is_v5(); }
  fault result() const noexcept { return fault_; }
  bool failed() const noexcept { return fault_.violated != rule::none; }

  [[gnu::always_inline]] void fail(fault f) noexcept {
    if (!failed()) fault_ = f;
  }
  [[gnu::always_inline]] void check(rule r, std::size_t offset = 0) noexcept {
    if (r != rule::none) [[unlikely]] fail(fault_at(r, packet_, at() + offset));
  }
  [[gnu::always_inline]] void require(bool good, rule r) noexcept {
    if (!good) [[unlikely]] fail(fault_at(r, packet_, at()));
  }
  // `absent`: the field that this version does not know is at its default.
  [[gnu::always_inline]] void require_in_version(bool absent) noexcept { require(absent || context_.leaves_out(), rule::field_not_in_version); }

  [[gnu::always_inline]] void packet_id(std::uint16_t id) noexcept {
    require(id != 0, rule::packet_id_is_zero);  // [MQTT-2.3.1-1] [U5-2.2.1-a] [U31-2.4-a]
    two_byte(id);
  }
  template <text_kind Kind>
  [[gnu::always_inline]] void text(std::string_view s) noexcept {
    octet* const field = at();
    if (!plain_text<Kind>(s) || context_.options.reject != strictness::none || is_long_for_v3_1(Kind, s.size(), context_.version)) [[unlikely]]
      if (const fault f = judge_written(Kind, s, packet_, field, context_); f.violated != rule::none) fail(f);
  }
  [[gnu::always_inline]] void properties(const property_list& list, property_place place) noexcept {
    if (!is_v5()) return require_in_version(list.empty());
    const std::uint32_t size = blocks_.of(place);
    octet* const length = at();
    if (list.empty()) check(check_combination(place, 0));
    variable_byte(size);
    if (list.empty()) return;
    const property_block_end end = write_properties(packet_, length, at(), list, place, context_);
    if (end.failure.violated != rule::none) [[unlikely]] fail(end.failure);
    skip(size);
  }
  // The payload that is going to stand here.
  [[gnu::always_inline]] void check_text_payload(std::string_view s, const property_list& properties) noexcept {
    if (!is_v5() || !properties.contains(property_id::payload_format_indicator)) [[likely]] return;
    const finding f = check_payload(s, properties, context_.options.allow);
    check(f.violated, f.offset);
  }

 private:
  encode_context context_;
  octet* packet_;
  property_blocks blocks_;
  fault fault_;
};

}  // namespace mqttspan::detail
