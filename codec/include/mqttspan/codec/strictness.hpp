// What parse and generate may be told to forgive, and what more they may be told to refuse: one flag a rule.
#pragma once

#include <cstdint>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// Rules that a program may switch off, one flag each, joined with |. All are off (strict) unless asked for.
enum class leniency : std::uint32_t {
  none = 0,  ///< every rule
  /// CONNECT levels 0x83 and 0x84, the mark of a bridge: `connect.bridge`. No specification knows them;
  /// loop detection is then the broker's duty.
  bridge_levels = 1u << 0,
  /// Variable byte integers longer than need be in 5.0. Two spellings of one packet defeat byte comparison and filters in between. [MQTT-1.5.5-1]
  non_minimal_lengths = 1u << 1,
  /// Ill-formed UTF-8 in strings. Whoever prints, compares or forwards the text must cope with it. U+0000 stays forbidden. [MQTT-1.5.4-1]
  ill_formed_utf8 = 1u << 2,
  /// A CONNACK in the shape of 3.1.1 (no property length) where 5.0 is spoken, as servers without 5.0 send it; its return code is mapped. [U5-7.1-a]
  connack_3_1_1_shape = 1u << 3,
  /// DUP with QoS 0. Harmless to read, but no such packet is legal to send. [MQTT-3.3.1-2]
  dup_with_qos_0 = 1u << 4,
  /// A payload that is not UTF-8 though its Payload Format Indicator says so. The consumer must check it. [U5-3.3.2.3.2-a]
  payload_not_utf8 = 1u << 5,
  /// 3.1: a will message that is not 7-bit ASCII. Most clients of 3.1 send binary wills. [U31-3.1-h]
  will_message_not_ascii = 1u << 6,
  /// 3.1: a client identifier of other than 1 to 23 characters. [U31-3.1-f]
  client_id_length = 1u << 7,
  /// 3.1.1: an empty client identifier without clean session; the server still owes return code 2. [MQTT-3.1.3-7]
  client_id_empty_without_clean_session = 1u << 8,
  /// 5.0: reason code 0x8C in DISCONNECT, which table 2-6 lists and table 3-10 does not. [U5-3.14.2.1-c]
  disconnect_bad_authentication_method = 1u << 9,
  /// Generate: a field that the version does not know is left out instead of refused, for bridges between versions; what it said is lost.
  /// Refusals (reason codes of 0x80 and above, and 0x04) that the older version cannot say stay refused. [U311-7.1-a]
  fields_not_in_version = 1u << 10,
};

/// Rules beyond the default that a program may switch on, one flag each, joined with |: the specs' MAY rules, and stricter readings of 3.x.
enum class strictness : std::uint32_t {
  none = 0,  ///< every rule
  /// Refuse U+0001 to U+001F and U+007F to U+009F in strings. [U5-1.5.4-c] [U311-1.5.3-b]
  control_characters = 1u << 0,
  /// Refuse Unicode noncharacters (U+FDD0 to U+FDEF, U+xxFFFE, U+xxFFFF) in strings. [U5-1.5.4-c] [U311-1.5.3-b]
  noncharacters = 1u << 1,
  /// Read 3.1 as strictly as 3.1.1: unused bits are 0, strings are well-formed UTF-8, announced credentials are there.
  /// DUP on PUBREL, SUBSCRIBE and UNSUBSCRIBE stays legal: 3.1 gives it a meaning.
  v3_1_as_v3_1_1 = 1u << 2,
  /// Refuse non-minimal Remaining Lengths in 3.1 and 3.1.1 too. [U311-2.2.3-b]
  non_minimal_lengths_in_3_x = 1u << 3,
};

/// Both.
constexpr leniency operator|(leniency a, leniency b) noexcept {
  return static_cast<leniency>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
/// Both.
constexpr strictness operator|(strictness a, strictness b) noexcept {
  return static_cast<strictness>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
/// Whether `set` has the flag; never, where the build leaves options out (MQTTSPAN_OPTIONS).
constexpr bool has(leniency set, leniency flag) noexcept { return MQTTSPAN_HAS_OPTIONS && (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(flag)) != 0; }
/// Whether `set` has the flag.
constexpr bool has(strictness set, strictness flag) noexcept { return MQTTSPAN_HAS_OPTIONS && (static_cast<std::uint32_t>(set) & static_cast<std::uint32_t>(flag)) != 0; }
#if MQTTSPAN_HAS_OPTIONS
/// What an option holds that a build may leave out (MQTTSPAN_OPTIONS): anything where it does not.
template <class T, T Default> using setting = T;
#else
/// What an option holds that this build leaves out: its default, and another does not compile. So nothing that was asked for is passed over in silence.
template <class T, T Default>
class setting {
 public:
  /// The default.
  constexpr setting() noexcept = default;
  /// The same, spelled out.
  consteval setting(T value) noexcept {
    if (value != Default) this_build_has_no_options();
  }
  /// The default.
  constexpr operator T() const noexcept { return Default; }

 private:
  static void this_build_has_no_options();  // no constant expression: compilers name it where they stop
};
#endif

/// The largest Remaining Length that four bytes can say. @spec 5.0 §2.1.4
inline constexpr std::uint32_t max_remaining_length = 268'435'455;
/// The largest packet: first byte, four bytes of length, and what they count.
inline constexpr std::uint32_t max_packet_length = max_remaining_length + 5;
/// No limit.
inline constexpr std::uint32_t unlimited = 0xFFFF'FFFF;

}  // namespace mqttspan
