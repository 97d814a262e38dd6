// What each kind of text must be, by version and options.
#pragma once

#include <cstdint>
#include <string_view>

#include <mqttspan/codec/strictness.hpp>
#include <mqttspan/codec/topic.hpp>
#include <mqttspan/codec/version.hpp>

#include "scan.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// The kinds of text that a packet may hold, by what they must be.
enum class text_kind : std::uint8_t { string, topic_name, topic_name_or_alias, will_topic, response_topic, topic_filter };

// What decides how strictly a text is judged.
struct text_rules {
  protocol_version version;
  setting<leniency, leniency::none> allow;
  setting<strictness, strictness::none> reject;
  setting<std::uint32_t, unlimited> max_topic_levels;
};

// The first violation in a text, by any rule. Out of line: plain text never comes here.
[[gnu::noinline]] finding check_text(text_kind kind, std::string_view text, const text_rules& rules) noexcept;

// find_ill_formed_utf8, once for all.
[[gnu::noinline]] std::size_t find_ill_formed(std::string_view text) noexcept;

// A topic name that may have more than the 32,767 characters of 3.1: to be judged. [U31-3.3-a]
inline constexpr std::size_t longest_name_of_v3_1 = 32'767;
constexpr bool is_long_for_v3_1(text_kind kind, std::size_t n, protocol_version version) noexcept {
  return n > longest_name_of_v3_1 && is_v3_1(version) && kind != text_kind::string && kind != text_kind::topic_filter;
}

// Whether the text has no byte that could break a rule of its kind in any version under default options. Bytes up to `end` may be read.
template <text_kind Kind>
[[gnu::always_inline]] inline bool is_plain(const octet* p, std::size_t n, const octet* end) noexcept {
  if constexpr (Kind == text_kind::string) return is_plain_text(p, n, end);
  else if constexpr (Kind == text_kind::topic_filter) return is_plain_filter(p, n, end);
  else return is_plain_name(p, n, end);
}

// The same while copying.
template <text_kind Kind>
[[gnu::always_inline]] inline bool copy_plain(octet* to, const octet* p, std::size_t n) noexcept {
  if constexpr (Kind == text_kind::string) {
    return copy_all_of(to, p, n, [](block b) { return b.ascii(); });
  } else if constexpr (Kind == text_kind::topic_filter) {
    copy(to, p, n);
    return is_plain_filter(p, n, p + n);
  } else {
    return copy_all_of(to, p, n, [](block b) { return b.name(); }) && n != 0;
  }
}

}  // namespace mqttspan::detail
