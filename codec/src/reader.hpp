// Cursors over exactly one packet: nothing inside can see past its end, and the first fault sticks, so that a decoder reads field after field
// and asks once. One layout, two readers: `decode` describes a packet once, and is built for both. All of it is inlined into the decoder, and
// what is out of line takes values: then the cursor lives in registers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/varint.hpp>

#include "speed.hpp"
#include "text.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

inline const octet* octets(const std::byte* p) noexcept { return reinterpret_cast<const octet*>(p); }
inline const std::byte* bytes(const octet* p) noexcept { return reinterpret_cast<const std::byte*>(p); }
inline bytes_view to_bytes(const octet* p, std::size_t n) noexcept { return {reinterpret_cast<const std::byte*>(p), n}; }
inline std::string_view to_text(const octet* p, std::size_t n) noexcept { return {reinterpret_cast<const char*>(p), n}; }
inline std::size_t load_be16(const octet* p) noexcept {
  const auto value = load<std::uint16_t>(p);
  return std::endian::native == std::endian::little ? static_cast<std::uint16_t>(value << 8 | value >> 8) : value;
}
inline std::uint32_t load_be32(const octet* p) noexcept { return static_cast<std::uint32_t>(load_be16(p) << 16 | load_be16(p + 2)); }

inline fault fault_at(rule violated, const octet* packet, const octet* where) noexcept {
  return {violated, static_cast<std::uint32_t>(where - packet)};
}

#ifdef MQTTSPAN_BUILT_FOR_SIZE
// make_error, out of line and with a smaller table; no error for rule::none.
error error_of(rule violated, std::size_t offset, packet_type in) noexcept;
#else
constexpr error error_of(rule violated, std::size_t offset, packet_type in) noexcept { return make_error(violated, offset, in); }
#endif

// Judges a text whose length prefix is at `field`: an empty one is at fault as a field, another at its first wrong byte.
[[gnu::noinline]] fault judge_text(text_kind kind, const octet* packet, const octet* field, protocol_version version,
                                   const parse_options& options) noexcept;

// A variable byte integer of more than one byte, or its fault; `at` is behind it.
struct varint_read {
  std::uint32_t value;
  rule violated;
  std::uint8_t size;
};
#ifdef MQTTSPAN_BUILT_FOR_SIZE
// In one word, which comes back in a register: the size on top of the value; where the size is 0, the rule.
inline constexpr unsigned varint_size_shift = 28;
[[gnu::noinline]] std::uint32_t read_varint(const octet* at, const octet* end, bool minimal) noexcept;
inline varint_read read_long_varint(const octet* at, const octet* end, bool minimal) noexcept {
  const std::uint32_t read = read_varint(at, end, minimal), size = read >> varint_size_shift;
  return {read & max_remaining_length, size == 0 ? static_cast<rule>(read) : rule::none, static_cast<std::uint8_t>(size)};
}
#else
[[gnu::noinline]] varint_read read_long_varint(const octet* at, const octet* end, bool minimal) noexcept;
#endif

// Whether texts need judging even where they are plain.
constexpr bool asks_more_of_text(const parse_options& options) noexcept {
  return options.reject != strictness::none || options.max_topic_levels != unlimited;
}

// What all readers can do. `Self` says what becomes of a fault, and which texts are judged although they are plain.
template <class Self>
class basic_reader {
 public:
  protocol_version version() const noexcept { return version_; }
  void adopt(protocol_version version) noexcept { version_ = version; }
  const parse_options& options() const noexcept { return *options_; }
  bool is_v5() const noexcept { return detail::is_v5(version_); }

  const octet* packet() const noexcept { return packet_; }
  const octet* at() const noexcept { return at_; }
  const octet* end() const noexcept { return at_ + left_; }
  std::size_t left() const noexcept { return left_; }

  MQTTSPAN_CALL_FOR_SIZE void check(rule violated, const octet* where) noexcept {
    if (violated != rule::none) [[unlikely]] self().fail(violated, where);
  }
  MQTTSPAN_CALL_FOR_SIZE std::uint8_t byte() noexcept {
    if (left_ < 1) [[unlikely]] return self().fail(rule::field_past_end, at_), std::uint8_t{0};
    --left_;
    return *at_++;
  }
  MQTTSPAN_CALL_FOR_SIZE std::uint16_t two_byte() noexcept {
    if (left_ < 2) [[unlikely]] return self().fail(rule::field_past_end, at_), std::uint16_t{0};
    skip(2);
    return static_cast<std::uint16_t>(load_be16(at_ - 2));
  }
  MQTTSPAN_INLINE_FOR_SPEED std::uint32_t four_byte() noexcept {
    if (left_ < 4) [[unlikely]] return self().fail(rule::field_past_end, at_), 0;
    skip(4);
    return load_be32(at_ - 4);
  }
#ifdef MQTTSPAN_BUILT_FOR_SIZE
  // An integer of that many bytes.
  std::uint32_t number(unsigned bytes) noexcept {
    if (left_ < bytes) return self().fail(rule::field_past_end, at_), 0;
    std::uint32_t value = 0;
    for (; bytes != 0; --bytes) value = value << 8 | byte();
    return value;
  }
#endif
  // packet identifier: not 0. [MQTT-2.3.1-1] [U5-2.2.1-a] [U31-2.4-a]
  MQTTSPAN_CALL_FOR_SIZE std::uint16_t packet_id() noexcept {
    const octet* const field = at_;
    const std::uint16_t id = two_byte();
    if (id == 0) [[unlikely]] self().fail(rule::packet_id_is_zero, field);
    return id;
  }
  // bytes<2+n>
  MQTTSPAN_CALL_FOR_SIZE bytes_view binary() noexcept {
    const octet* const field = at_;
    if (left_ < 2 || left_ - 2 < load_be16(field)) [[unlikely]] return self().fail(rule::field_past_end, field), bytes_view();
    const std::size_t size = load_be16(field);
    skip(2 + size);
    return to_bytes(field + 2, size);
  }
  // text<2+n>
  template <text_kind Kind>
  MQTTSPAN_INLINE_FOR_SPEED std::string_view text() noexcept {
    if constexpr (!is_built_for_speed) return self().judged_text(Kind);
    const octet* const field = at_;
    if (left_ < 2 || left_ - 2 < load_be16(field)) [[unlikely]] return self().fail(rule::field_past_end, field), std::string_view();
    const std::size_t size = load_be16(field), readable = left_ - 2;
    skip(2 + size);
    if (!is_plain<Kind>(field + 2, size, field + 2 + readable) || self().is_picky() || is_long_for_v3_1(Kind, size, version_)) [[unlikely]] self().judge(Kind, field);
    return to_text(field + 2, size);
  }
  void skip(std::size_t n) noexcept {
    at_ += n;
    left_ -= n;
  }
  void skip_to(const octet* p) noexcept { skip(static_cast<std::size_t>(p - at_)); }
  // [U5-2.1.4-a] [U311-2.2.3-c]
  MQTTSPAN_INLINE_FOR_SPEED void expect_end() noexcept {
    if (left_ != 0) [[unlikely]] self().fail(rule::bytes_left_over, at_);
  }

 protected:
  // `packet` is the first byte of the fixed header, which offsets count from.
  basic_reader(const octet* packet, const octet* body, const octet* end, protocol_version version, const parse_options& options) noexcept
      : packet_(packet), at_(body), left_(static_cast<std::size_t>(end - body)), options_(&options), version_(version) {}

  const octet* packet_;
  const octet* at_;
  std::size_t left_;
  const parse_options* options_;
  protocol_version version_;

 private:
  Self& self() noexcept { return static_cast<Self&>(*this); }
};

// Judges by every rule, and keeps the first fault.
class reader : public basic_reader<reader> {
 public:
  MQTTSPAN_INLINE_FOR_SPEED reader(const octet* packet, const octet* body, const octet* end, protocol_version version, const parse_options& options) noexcept
      : basic_reader(packet, body, end, version, options), picky_(is_built_for_speed && asks_more_of_text(options)) {}

  bool failed() const noexcept { return fault_.violated != rule::none; }
  fault result() const noexcept { return fault_; }

  // Keeps the first fault and makes every further read fail.
  MQTTSPAN_INLINE_FOR_SPEED void fail(fault f) noexcept {
    if (!failed()) fault_ = f;
    left_ = 0;
  }
  MQTTSPAN_CALL_FOR_SIZE void fail(rule violated, const octet* where) noexcept { fail(fault_at(violated, packet_, where)); }

  // variable byte integer<1..4>; minimal in 5.0. [MQTT-1.5.5-1] [U5-1.5.5-a]
  MQTTSPAN_CALL_FOR_SIZE std::uint32_t variable_byte() noexcept {
    if (left_ > 0 && *at_ < 0x80) [[likely]] return byte();
    const varint_read v = read_long_varint(at_, end(), !has(options_->allow, leniency::non_minimal_lengths));
    if (v.violated != rule::none) return fail(v.violated, at_), 0;
    skip(v.size);
    return v.value;
  }

  // What is left ends there from now on: for parts with a length of their own.
  void end_at(const octet* end) noexcept { left_ = static_cast<std::size_t>(end - at_); }
  // A fault that has a name of its own where we are.
  void rename(rule from, rule to) noexcept {
    if (fault_.violated == from) fault_.violated = to;
  }

  // 3.1, and not to be read as 3.1.1: unused bits are not looked at
  bool is_lax_v3_1() const noexcept { return is_v3_1(version_) && !has(options_->reject, strictness::v3_1_as_v3_1_1); }
  bool is_picky() const noexcept { return picky_; }
  // A text of any kind, judged even where it is plain.
#ifdef MQTTSPAN_BUILT_FOR_SIZE
  std::string_view judged_text(text_kind kind) noexcept;
#else
  MQTTSPAN_INLINE_FOR_SPEED std::string_view judged_text(text_kind kind) noexcept {
    const octet* const field = at_;
    const bytes_view text = binary();
    if (!failed()) judge(kind, field);
    return as_text(text);
  }
#endif
  MQTTSPAN_INLINE_FOR_SPEED void judge(text_kind kind, const octet* field) noexcept {
    if (const fault f = judge_text(kind, packet_, field, version_, *options_); f.violated != rule::none) fail(f);
  }

 private:
  bool picky_;
  fault fault_;
};

// Only accepts: for speed, where nothing is unusual. It knows no rule of its own and no name for a fault; what it does not accept is read again
// by a reader. Not for options that ask more of text.
class quick_reader : public basic_reader<quick_reader> {
 public:
  quick_reader(const octet* packet, const octet* body, const octet* end, protocol_version version, const parse_options& options) noexcept
      : basic_reader(packet, body, end, version, options) {}

  bool failed() const noexcept { return failed_; }

  MQTTSPAN_INLINE_FOR_SPEED void fail(rule, const octet*) noexcept {
    failed_ = true;
    left_ = 0;
  }
  MQTTSPAN_INLINE_FOR_SPEED void judge(text_kind, const octet*) noexcept { fail(rule::none, at_); }
  static constexpr bool is_lax_v3_1() noexcept { return false; }  // what 3.1 alone forgives is unusual
  static constexpr bool is_picky() noexcept { return false; }

 private:
  bool failed_ = false;
};

}  // namespace mqttspan::detail
