// What is built for size: one parse and one generate for all packets, which are told a packet's own `decode` and `emit` by their addresses. So a
// packet costs its layout once a direction and a few instructions an entry point, and the linker drops the packets that nobody names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

#include "checks.hpp"
#include "frame.hpp"
#include "reader.hpp"
#include "sinks.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// `decode`, of a packet that it makes at its default.
using decoder = void (*)(reader&, void* out) noexcept;
template <class P>
void decode_by_address(reader& in, void* out) noexcept;

// The fields of a frame, and nothing behind them.
fault decode_frame(const frame& f, protocol_version version, const parse_options& options, void* out, decoder decode) noexcept;
// The packet of that type, at its default, inside the variant.
struct constructed {
  void* packet;
  decoder decode;
};
constructed construct(packet_type type, packet& out) noexcept;
// parse_as. The packet's size; or 0, and then `out`, which must have room for either, is the error.
std::size_t parse_one(void* out, const bytes_view& input, protocol_version version, const parse_options& options, packet_type type,
                      decoder decode) noexcept;

// Counts while it has no memory, and then writes; so `emit` is there once. Whoever gives it memory knows that there is room.
class compact_sink {
 public:
  explicit compact_sink(const encode_context& c) noexcept : context_(c) {}

  // Counts no more, and begins again, in front of the fixed header.
  void write_to(octet* packet) noexcept {
    packet_ = packet;
    size_ = 0;
  }

  const encode_context& context() const noexcept { return context_; }
  bool is_v5() const noexcept { return context_.is_v5(); }
  packet_type type() const noexcept { return static_cast<packet_type>(first_ >> 4); }
  unsigned first() const noexcept { return first_; }
  rule header() const noexcept { return header_; }
  std::uint32_t ids() const noexcept { return ids_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t apart() const noexcept { return apart_; }
  fault result() const noexcept { return fault_; }
  rule violated() const noexcept { return fault_.violated; }

  // In front of the fields: the first byte, what it must not say, and which properties there are.
  void begin(unsigned first, rule header, std::uint32_t ids) noexcept {
    first_ = static_cast<octet>(first);
    header_ = header;
    ids_ = ids;
  }

  void byte(unsigned value) noexcept;
  void two_byte(unsigned value) noexcept;
  void variable_byte(std::uint32_t value) noexcept;
  void packet_id(std::uint16_t id) noexcept;
  template <std::size_t N>
  void bytes(const octet (&b)[N]) noexcept {
    append(b, N);
  }
  template <text_kind Kind>
  void text(std::string_view s) noexcept {
    text(Kind, s);
  }
  void text(text_kind kind, std::string_view s) noexcept;
  void binary(bytes_view b, rule too_long = rule::binary_too_long) noexcept;
  void payload(bytes_view b) noexcept { append(b.data(), b.size()); }
  // One that the caller sends himself.
  void payload_apart(bytes_view b) noexcept {
    apart_ = b.size();
    if (counts()) append(nullptr, b.size());
  }
  void properties(const property_list& list, property_place place) noexcept;
  void check_text_payload(std::string_view s, const property_list& properties) noexcept;

  void check(rule r, std::size_t offset = 0) noexcept;
  void require(bool good, rule r) noexcept { check(good ? rule::none : r); }
  void require_in_version(bool absent) noexcept { require(absent || context_.leaves_out(), rule::field_not_in_version); }

 private:
  bool counts() const noexcept { return packet_ == nullptr; }
  void append(const void* bytes, std::size_t n) noexcept;
  void check_at(rule r, std::size_t offset) noexcept;
  void each_property(const property_list& list, property_place place, std::size_t length) noexcept;
  void value(const property_fields& p) noexcept;

  const encode_context& context_;
  octet* packet_ = nullptr;
  std::size_t size_ = 0;  // above max_packet_length, any number stands for too much
  fault fault_;
  std::uint32_t ids_ = 0;
  std::size_t apart_ = 0;
  octet first_ = 0;
  rule header_ = rule::none;
};

// First byte and `emit` of a packet.
using emitter = void (*)(compact_sink&, const void* p) noexcept;
template <class P>
void emit_by_address(compact_sink& out, const void* p) noexcept;
void emit_head_by_address(compact_sink& out, const void* p) noexcept;

// The packet inside the variant, and the version that it is written in; without an emitter where the variant has no value.
struct addressed {
  const void* packet;
  emitter emit;
  protocol_version version;
};
addressed address_of(const packet& p, protocol_version version) noexcept;

#define MQTTSPAN_PACKET(P)                                           \
  template <>                                                        \
  void decode_by_address<P>(reader& in, void* out) noexcept;      \
  template <>                                                        \
  void emit_by_address<P>(compact_sink& out, const void* p) noexcept;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

// The properties that a packet has of its own, as bits.
template <class P>
std::uint32_t ids_of(const P& p) noexcept {
  if constexpr (requires { p.properties; }) return ids_of(p.properties);
  else return 0;
}

result<std::size_t> size_one(const void* p, protocol_version version, const generate_options& options, emitter emit) noexcept;
// The span by reference: a caller has it in memory, and need not copy it there again.
result<std::span<std::byte>> generate_one(const void* p, protocol_version version, const std::span<std::byte>& out, const generate_options& options,
                                          emitter emit) noexcept;
result<fitted> generate_one_within(const void* p, protocol_version version, const std::span<std::byte>& out, const generate_options& options,
                                   emitter emit) noexcept;

// First byte and fields.
template <class P>
void emit_packet(compact_sink& out, const P& p) noexcept {
  out.begin(first_byte(p, out.context()), check_header(p, out.context()), ids_of(p));
  emit(out, p);
}

}  // namespace mqttspan::detail

#ifdef MQTTSPAN_BUILT_FOR_SIZE
#define MQTTSPAN_BY_ADDRESS(P)                                                          \
  template <>                                                                           \
  void detail::decode_by_address<P>(reader& in, void* out) noexcept {                \
    decode(in, *std::construct_at(static_cast<P*>(out)));                               \
  }                                                                                     \
  template <>                                                                           \
  void detail::emit_by_address<P>(compact_sink& out, const void* p) noexcept {          \
    emit_packet(out, *static_cast<const P*>(p));                                        \
  }
#else
#define MQTTSPAN_BY_ADDRESS(P)
#endif
