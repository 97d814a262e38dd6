// A cursor over exactly one packet: nothing inside can see past its end, and the first fault sticks, so that a decoder reads field after field
// and asks once.
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

class reader {
 public:
  // `packet` is the first byte of the fixed header, which offsets count from.
  reader(const octet* packet, const octet* body, const octet* end, protocol_version version, const parse_options& options) noexcept
      : packet_(packet), at_(body), end_(end), options_(&options), version_(version),
        picky_(asks_more_of_text(options) || options.max_topic_levels != unlimited) {}

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
  void fail(rule violated, const octet* where) noexcept {
    if (!failed()) fault_ = {violated, static_cast<std::uint32_t>(where - packet_)};
    at_ = end_;
  }

  void fail(fault f) noexcept { fail(f.violated, packet_ + f.offset); }

  std::uint8_t byte() noexcept {
    if (left() < 1) return fail(rule::field_past_end, at_), std::uint8_t{0};
    return *at_++;
  }
  std::uint16_t two_byte() noexcept {
    if (left() < 2) return fail(rule::field_past_end, at_), std::uint16_t{0};
    at_ += 2;
    return static_cast<std::uint16_t>(load_be16(at_ - 2));
  }
  // packet identifier: not 0. [MQTT-2.3.1-1] [U5-2.2.1-a] [U31-2.4-a]
  std::uint16_t packet_id() noexcept {
    const octet* const field = at_;
    const std::uint16_t id = two_byte();
    if (id == 0) fail(rule::packet_id_is_zero, field);
    return id;
  }
  // binary<2+n>
  bytes_view binary() noexcept {
    const octet* const field = at_;
    const std::size_t size = two_byte();
    if (left() < size) return fail(rule::field_past_end, field), bytes_view();
    at_ += size;
    return to_bytes(at_ - size, size);
  }
  // text<2+n>
  template <text_kind Kind>
  [[gnu::always_inline]] std::string_view text() noexcept {
    const octet* const field = at_;
    if (left() < 2) return fail(rule::field_past_end, field), std::string_view();
    const std::size_t size = load_be16(field);
    if (left() - 2 < size) return fail(rule::field_past_end, field), std::string_view();
    at_ += 2 + size;
    if (!is_plain<Kind>(field + 2, size) || picky_) [[unlikely]] judge(Kind, field, size);
    return to_text(field + 2, size);
  }
  // Judges a text whose length prefix is at `field`.
  void judge(text_kind kind, const octet* field, std::size_t size) noexcept {
    const finding f = check_text(kind, to_text(field + 2, size), {version_, options_->allow, options_->reject, options_->max_topic_levels});
    if (f.violated != rule::none) fail(f.violated, size == 0 ? field : field + 2 + f.offset);
  }
  // variable byte integer<1..4>; minimal in 5.0. [MQTT-1.5.5-1] [U5-1.5.5-a]
  std::uint32_t variable_byte() noexcept {
    if (left() > 0 && *at_ < 0x80) return *at_++;
    const octet* const field = at_;
    const auto v = decode_varint(to_bytes(at_, left()));
    if (!v) return fail(v.error().code == errc::incomplete ? rule::field_past_end : v.error().violated, field), 0;
    if (!v->is_minimal() && !has(options_->allow, leniency::non_minimal_lengths)) fail(rule::variable_byte_integer_not_minimal, field);
    else at_ += v->size;
    return v->value;
  }
  void skip_to(const octet* p) noexcept { at_ = p; }
  // [U5-2.1.4-a] [U311-2.2.3-c]
  void expect_end() noexcept {
    if (at_ != end_) fail(rule::bytes_left_over, at_);
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
