// A cursor over exactly one packet: nothing inside can see past its end, and the first fault sticks, so that a decoder reads field after field
// and asks once. All of it is inlined into the decoder, and what is out of line takes values: then the cursor lives in registers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/varint.hpp>

#include "text.hpp"

namespace mqttspan::detail {

// A violated rule and its offset in the packet; `rule::none` where all is well. Eight bytes: travels in a register.
struct fault {
  rule violated = rule::none;
  std::uint32_t offset = 0;
};

inline bytes_view to_bytes(const octet* p, std::size_t n) noexcept { return {reinterpret_cast<const std::byte*>(p), n}; }
inline std::string_view to_text(const octet* p, std::size_t n) noexcept { return {reinterpret_cast<const char*>(p), n}; }
inline std::uint32_t load_be16(const octet* p) noexcept { return static_cast<std::uint32_t>(p[0] << 8 | p[1]); }
inline std::uint32_t load_be32(const octet* p) noexcept { return load_be16(p) << 16 | load_be16(p + 2); }

inline fault fault_at(rule violated, const octet* packet, const octet* where) noexcept {
  return {violated, static_cast<std::uint32_t>(where - packet)};
}

// Judges a text whose length prefix is at `field`: an empty one is at fault as a field, another at its first wrong byte.
[[gnu::noinline]] fault judge_text(text_kind kind, const octet* packet, const octet* field, protocol_version version,
                                   const parse_options& options) noexcept;

// A variable byte integer of more than one byte, or its fault; `at` is behind it.
struct varint_read {
  std::uint32_t value;
  rule violated;
  std::uint8_t size;
};
[[gnu::noinline]] varint_read read_long_varint(const octet* at, const octet* end, bool minimal) noexcept;

// Whether texts need judging even where they are plain.
constexpr bool asks_more_of_text(const parse_options& options) noexcept {
  return options.reject != strictness::none || options.max_topic_levels != unlimited;
}

class reader {
 public:
  // `packet` is the first byte of the fixed header, which offsets count from.
  reader(const octet* packet, const octet* body, const octet* end, protocol_version version, const parse_options& options) noexcept
      : packet_(packet), at_(body), end_(end), options_(&options), version_(version), picky_(asks_more_of_text(options)) {}

  protocol_version version() const noexcept { return version_; }
  void adopt(protocol_version version) noexcept { version_ = version; }
  const parse_options& options() const noexcept { return *options_; }
  bool is_v5() const noexcept { return version_ == protocol_version::v5; }
  // 3.1, and not to be read as 3.1.1: unused bits are not looked at
  bool is_lax_v3_1() const noexcept { return version_ == protocol_version::v3_1 && !has(options_->reject, strictness::v3_1_as_v3_1_1); }

  const octet* packet() const noexcept { return packet_; }
  const octet* at() const noexcept { return at_; }
  const octet* end() const noexcept { return end_; }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  bool failed() const noexcept { return fault_.violated != rule::none; }
  fault result() const noexcept { return fault_; }

  // Keeps the first fault and makes every further read fail.
  [[gnu::always_inline]] void fail(fault f) noexcept {
    if (!failed()) fault_ = f;
    at_ = end_;
  }
  [[gnu::always_inline]] void fail(rule violated, const octet* where) noexcept { fail(fault_at(violated, packet_, where)); }
  [[gnu::always_inline]] void check(rule violated, const octet* where) noexcept {
    if (violated != rule::none) [[unlikely]] fail(violated, where);
  }

  [[gnu::always_inline]] std::uint8_t byte() noexcept {
    if (left() < 1) [[unlikely]] return fail(rule::field_past_end, at_), std::uint8_t{0};
    return *at_++;
  }
  [[gnu::always_inline]] std::uint16_t two_byte() noexcept {
    if (left() < 2) [[unlikely]] return fail(rule::field_past_end, at_), std::uint16_t{0};
    at_ += 2;
    return static_cast<std::uint16_t>(load_be16(at_ - 2));
  }
  // packet identifier: not 0. [MQTT-2.3.1-1] [U5-2.2.1-a] [U31-2.4-a]
  [[gnu::always_inline]] std::uint16_t packet_id() noexcept {
    const octet* const field = at_;
    const std::uint16_t id = two_byte();
    if (id == 0) [[unlikely]] fail(rule::packet_id_is_zero, field);
    return id;
  }
  // bytes<2+n>
  [[gnu::always_inline]] bytes_view binary() noexcept {
    const octet* const field = at_;
    if (left() < 2 || left() - 2 < load_be16(field)) [[unlikely]] return fail(rule::field_past_end, field), bytes_view();
    const std::size_t size = load_be16(field);
    at_ = field + 2 + size;
    return to_bytes(field + 2, size);
  }
  // text<2+n>
  template <text_kind Kind>
  [[gnu::always_inline]] std::string_view text() noexcept {
    const octet* const field = at_;
    if (left() < 2 || left() - 2 < load_be16(field)) [[unlikely]] return fail(rule::field_past_end, field), std::string_view();
    const std::size_t size = load_be16(field);
    at_ = field + 2 + size;
    if (!is_plain<Kind>(field + 2, size, end_) || picky_ || is_long_for_v3_1(Kind, size, version_)) [[unlikely]]
      if (const fault f = judge_text(Kind, packet_, field, version_, *options_); f.violated != rule::none) fail(f);
    return to_text(field + 2, size);
  }
  // variable byte integer<1..4>; minimal in 5.0. [MQTT-1.5.5-1] [U5-1.5.5-a]
  [[gnu::always_inline]] std::uint32_t variable_byte() noexcept {
    if (left() > 0 && *at_ < 0x80) [[likely]] return *at_++;
    const varint_read v = read_long_varint(at_, end_, !has(options_->allow, leniency::non_minimal_lengths));
    if (v.violated != rule::none) return fail(v.violated, at_), 0;
    at_ += v.size;
    return v.value;
  }
  void skip_to(const octet* p) noexcept { at_ = p; }
  // [U5-2.1.4-a] [U311-2.2.3-c]
  [[gnu::always_inline]] void expect_end() noexcept {
    if (at_ != end_) [[unlikely]] fail(rule::bytes_left_over, at_);
  }

 private:
  const octet* packet_;
  const octet* at_;
  const octet* end_;
  const parse_options* options_;
  protocol_version version_;
  bool picky_;
  fault fault_;
};

}  // namespace mqttspan::detail
