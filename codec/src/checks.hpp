// Rules that parse and generate both ask, each in one place.
#pragma once

#include <cstdint>
#include <string_view>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/rule.hpp>
#include <mqttspan/codec/strictness.hpp>
#include <mqttspan/codec/topic.hpp>

#include "speed.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// Whether bits that 3.1 leaves unused are not looked at.
constexpr bool is_lax(protocol_version version, strictness reject) noexcept {
  return is_v3_1(version) && !has(reject, strictness::v3_1_as_v3_1_1);
}

#ifdef MQTTSPAN_BUILT_FOR_SIZE

// Which reason codes a packet may carry: the table is asked for each code.
bool is_code_of(std::uint8_t code, packet_type type, sender from, leniency allow) noexcept;
struct code_set {
  packet_type type;
  sender from;
  leniency allow;

  bool has(std::uint8_t code) const noexcept { return is_code_of(code, type, from, allow); }
};
inline code_set codes_of(packet_type type, sender from, leniency allow) noexcept { return {type, from, allow}; }

#else

// Which reason codes a packet may carry: bit per code from 0x00 and from 0x80.
struct code_set {
  std::uint32_t low = 0;
  std::uint64_t high = 0;

  constexpr void add(std::uint8_t code) noexcept {
    if (code < 0x80) low |= 1u << code;
    else high |= std::uint64_t{1} << (code - 0x80);
  }
  constexpr void add(const code_set& other) noexcept {
    low |= other.low;
    high |= other.high;
  }
  constexpr bool has(std::uint8_t code) const noexcept {
    if (code < 32) return (low >> code & 1) != 0;
    return code >= 0x80 && code < 0x80 + 64 && (high >> (code - 0x80) & 1) != 0;
  }
};

// The 5.0 reason codes of a packet from that side. [MQTT-3.2.2-8] [MQTT-3.4.2-1] … [MQTT-3.15.2-1], sides: [U5-3.14.2.1-b] and siblings
[[gnu::noinline]] code_set codes_of(packet_type type, sender from, leniency allow) noexcept;

#endif

// The rule that forbids a code which is not in the set: of no such packet, or not from this side.
[[gnu::noinline]] rule why_not(std::uint8_t code, packet_type type) noexcept;

// One 5.0 reason code. Success is everybody's, but in CONNACK, SUBACK, UNSUBACK and AUTH not the client's.
MQTTSPAN_INLINE_FOR_SPEED rule check_reason_code(std::uint8_t code, packet_type type, sender from, leniency allow) noexcept {
  if (code == 0 && from != sender::client) [[likely]] return rule::none;
  return codes_of(type, from, allow).has(code) ? rule::none : why_not(code, type);
}

// SUBACK's codes in 3.x: 0, 1, 2 and 0x80; 3.1 looks at two bits. [MQTT-3.9.3-2] [U31-3.9-a]
constexpr bool is_return_code_of_suback(std::uint8_t code, bool lax) noexcept { return code == 0x80 || (lax ? (code & 3) != 3 : code < 3); }

// CONNECT's flag byte: user name, password, will retain, will QoS (2), will, clean start, reserved.
namespace connect_flag {
inline constexpr unsigned reserved = 1, clean_start = 2, will = 4, will_qos_shift = 3, will_retain = 0x20, password = 0x40, user_name = 0x80;
}
constexpr rule judge_connect_flags(unsigned flags, protocol_version version, bool lax) noexcept {
  const unsigned will_qos = flags >> connect_flag::will_qos_shift & 3;
  if ((flags & connect_flag::reserved) && !lax) return rule::connect_flag_reserved;                        // [MQTT-3.1.2-3]
  if (flags & connect_flag::will) {
    if (will_qos == 3) return rule::will_qos_3;                                                            // [MQTT-3.1.2-12]
  } else if (!lax) {                                                                                       // [U31-3.1-e]
    if (will_qos != 0) return rule::will_qos_without_will;                                                 // [MQTT-3.1.2-11]
    if (flags & connect_flag::will_retain) return rule::will_retain_without_will;                          // [MQTT-3.1.2-13]
  }
  if ((flags & connect_flag::password) && !(flags & connect_flag::user_name) && !is_v5(version))
    return rule::password_without_user_name;                                                               // [3.1.1/MQTT-3.1.2-22] [U31-3.1-d]
  return rule::none;
}


// The flag bytes that no version objects to: bit per byte.
struct flag_byte_set {
  std::uint32_t words[8];

  constexpr bool has(unsigned byte) const noexcept { return (words[byte >> 5] >> (byte & 31) & 1) != 0; }
};
inline constexpr flag_byte_set usual_connect_flags = [] {
  flag_byte_set set{};
  for (unsigned byte = 0; byte < 256; ++byte)
    if (judge_connect_flags(byte, protocol_version::v3_1_1, false) == rule::none) set.words[byte >> 5] |= 1u << (byte & 31);
  return set;
}();
constexpr rule check_connect_flags(unsigned flags, protocol_version version, bool lax) noexcept {
  return is_built_for_speed && usual_connect_flags.has(flags) ? rule::none : judge_connect_flags(flags, version, lax);
}

// 3.1: 1 to 23 characters [U31-3.1-f]; 3.1.1: empty only with clean session [MQTT-3.1.3-7]; 5.0: anything [U5-3.1.3.1-a]
constexpr rule check_client_id(std::string_view id, bool clean_start, protocol_version version, leniency allow) noexcept {
  if (is_v3_1(version) && !has(allow, leniency::client_id_length)) {
    std::size_t characters = 0;
    for (const char c : id) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (id.empty() || characters > 23) return rule::client_id_length;
  }
  if (is_v3_1_1(version) && id.empty() && !clean_start && !has(allow, leniency::client_id_empty_without_clean_session))
    return rule::client_id_empty_without_clean_session;
  return rule::none;
}

// A payload that calls itself text is well-formed UTF-8; U+0000 is fine there. [U5-3.3.2.3.2-a] [U5-3.1.3.2.3-b]
finding check_payload(std::string_view payload, const property_list& properties, leniency allow) noexcept;

// The same for a will; 3.1's will message is 7-bit ASCII. [U31-3.1-h]
[[gnu::noinline]] finding check_will_payload(std::string_view payload, protocol_version version, const property_list& properties, leniency allow) noexcept;

// Session Present only beside success. [MQTT-3.2.2-4] [MQTT-3.2.2-6]
constexpr bool is_session_present_wrong(bool session_present, std::uint8_t code) noexcept { return session_present && code != 0; }

// Whether the filter is a shared subscription's, in 5.0. [MQTT-4.8.2-1]
#ifdef MQTTSPAN_BUILT_FOR_SIZE
bool is_shared(std::string_view filter) noexcept;
#else
[[gnu::always_inline]] constexpr bool is_shared(const std::string_view& filter) noexcept { return filter.starts_with("$share/"); }
#endif

// One entry's options byte: reserved (2), retain handling (2), retain as published, no local, QoS (2). 3.x has the QoS only.
inline rule check_subscription_options(unsigned options, std::string_view filter, protocol_version version, bool lax) noexcept {
  if (options < 3) [[likely]] return rule::none;  // a QoS and nothing else
  const unsigned reserved = is_v5(version) ? 0xC0 : 0xFC;
  if ((options & reserved) && !lax) return rule::subscription_options_reserved;     // [MQTT-3.8.3-5] [3.1.1/MQTT-3.8.3-4]
  if (!is_v5(version)) return (options & 3) == 3 ? rule::subscription_qos_reserved : rule::none;  // [3.1.1/MQTT-3.8.3-4] [U31-3.8-a]
  if ((options & 3) == 3) return rule::subscription_qos_3;                          // [U5-3.8.3.1-a]
  if ((options >> 4 & 3) == 3) return rule::retain_handling_3;                      // [U5-3.8.3.1-b]
  if ((options & 4) && is_shared(filter)) return rule::no_local_on_shared;                     // [5.0/MQTT-3.8.3-4]
  return rule::none;
}

}  // namespace mqttspan::detail
