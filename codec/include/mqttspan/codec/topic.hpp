// Topic names, topic filters and shared subscriptions: validate, match, split. All constexpr, linear, without allocation.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/utf8.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// The two parts of `$share/<share name>/<topic filter>`. Views point into the filter that was split.
struct shared_filter {
  std::string_view share_name;    ///< whose members share the messages
  std::string_view topic_filter;  ///< which messages
};

/// Splits a shared subscription's filter; nothing where the filter does not begin with "$share/" and have both parts.
/// 5.0 only: in 3.x such a filter is an ordinary one. @spec [MQTT-4.8.2-1]
constexpr std::optional<shared_filter> split_share(std::string_view filter) noexcept {
  constexpr std::string_view prefix = "$share/";
  if (!filter.starts_with(prefix)) return std::nullopt;
  const std::string_view rest = detail::from(filter, prefix.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return shared_filter{{rest.data(), slash}, detail::from(rest, slash + 1)};
}

/// How many levels a topic name or filter has: one more than it has slashes.
constexpr std::size_t topic_levels(std::string_view topic) noexcept {
  std::size_t levels = 1;
  for (const char c : topic) levels += c == '/';
  return levels;
}

namespace detail {

/// A violated rule and where, from the start of what was looked at; `rule::none` where all is well.
struct finding {
  rule violated = rule::none;
  std::size_t offset = 0;
};

constexpr finding earlier(finding a, finding b) noexcept {
  if (a.violated == rule::none) return b;
  if (b.violated == rule::none) return a;
  return b.offset < a.offset ? b : a;
}

constexpr finding find_if_there(rule violated, std::size_t offset) noexcept {
  return offset == std::string_view::npos ? finding{} : finding{violated, offset};
}

// What holds for names and filters alike. 3.1 has no rule on ill-formed UTF-8, and writes U+0000 as C0 80, like Java. [U31-2.5-a] [U31-A-b]
constexpr finding check_topic_text(std::string_view text, protocol_version version) noexcept {
  using namespace std::string_view_literals;
  const finding null = find_if_there(rule::utf8_has_null, text.find('\0'));
  if (detail::is_v3_1(version)) return earlier(null, find_if_there(rule::utf8_has_null, text.find("\xC0\x80"sv)));
  return earlier(null, find_if_there(rule::utf8_ill_formed, find_ill_formed_utf8(text)));
}

// The first wildcard from there on. find_first_of would look each character up in a list.
constexpr std::size_t find_wildcard(std::string_view text, std::size_t at = 0) noexcept {
  while (at < text.size() && text[at] != '#' && text[at] != '+') ++at;
  return at < text.size() ? at : std::string_view::npos;
}

constexpr finding check_wildcards(std::string_view filter) noexcept {
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] != '#' && filter[i] != '+') continue;
    const bool opens = i == 0 || filter[i - 1] == '/';
    const bool last = i + 1 == filter.size();
    if (filter[i] == '#' && !(opens && last)) return {rule::multi_level_wildcard_misplaced, i};                       // [MQTT-4.7.1-1]
    if (filter[i] == '+' && !(opens && (last || filter[i + 1] == '/'))) return {rule::single_level_wildcard_misplaced, i};  // [MQTT-4.7.1-2]
  }
  return {};
}

// $share/<share name>/<topic filter>: [MQTT-4.8.2-1] [MQTT-4.8.2-2]
constexpr finding check_shared_filter(std::string_view filter) noexcept {
  constexpr std::size_t start = 7;  // behind "$share/"
  std::size_t end = filter.find('/', start);
  if (end == std::string_view::npos) end = filter.size();
  if (end == start) return {rule::share_name_empty, start};
  const std::size_t wildcard = find_wildcard(std::string_view(filter.data(), end), start);
  if (wildcard != std::string_view::npos) return {rule::share_name_has_wildcard, wildcard};
  if (end + 1 >= filter.size()) return {rule::share_without_topic_filter, end};
  finding inner = check_wildcards(from(filter, end + 1));
  inner.offset += end + 1;
  return inner;
}

constexpr finding check_filter_grammar(std::string_view filter, protocol_version version) noexcept {
  if (filter.empty()) return {rule::topic_filter_empty, 0};  // [MQTT-4.7.3-1]
  const bool shared = detail::is_v5(version) && filter.starts_with("$share/");
  return shared ? check_shared_filter(filter) : check_wildcards(filter);
}

// Where the characters end that a topic name of 3.1 may have; npos where it has no more. [U31-3.3-a]
constexpr std::size_t end_of_longest_name(std::string_view name) noexcept {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    characters += (static_cast<unsigned char>(name[i]) & 0xC0) != 0x80;
    if (characters > 32'767) return i;
  }
  return std::string_view::npos;
}

constexpr finding check_name_grammar(std::string_view name, protocol_version version) noexcept {
  if (name.empty()) return {rule::topic_name_empty, 0};  // [MQTT-4.7.3-1]
  const finding wildcard = find_if_there(rule::topic_name_has_wildcard, find_wildcard(name));  // [MQTT-3.3.2-2]
  if (!detail::is_v3_1(version)) return wildcard;
  return earlier(find_if_there(rule::topic_name_too_long, end_of_longest_name(name)), wildcard);
}

constexpr result<void> to_result(finding f, std::size_t size) noexcept {
  if (size > 0xFFFF) f = earlier(f, {rule::string_too_long, 0xFFFF});  // [MQTT-4.7.3-3]
  if (f.violated == rule::none) return {};
  return make_error(f.violated, f.offset);
}

}  // namespace detail

/// Whether `name` may be the topic of a PUBLISH or a will: 1 to 65,535 bytes, no wildcards, no U+0000, well-formed (3.1 asks less).
/// The error's offset counts from the name's first byte. @spec [MQTT-3.3.2-2] [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-4.7.3-3]
constexpr result<void> validate_topic_name(std::string_view name, protocol_version version = protocol_version::v5) noexcept {
  return detail::to_result(detail::earlier(detail::check_name_grammar(name, version), detail::check_topic_text(name, version)), name.size());
}

/// Whether `filter` may stand in SUBSCRIBE and UNSUBSCRIBE. In 5.0 filters that begin with "$share/" have the grammar of shared subscriptions.
/// The error's offset counts from the filter's first byte. @spec [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1] [MQTT-4.8.2-1] [MQTT-4.8.2-2]
constexpr result<void> validate_topic_filter(std::string_view filter, protocol_version version = protocol_version::v5) noexcept {
  return detail::to_result(detail::earlier(detail::check_filter_grammar(filter, version), detail::check_topic_text(filter, version)), filter.size());
}

/// Whether a valid topic name matches a valid topic filter. "#" also covers its parent level, "+" exactly one level, which may be empty;
/// a filter that begins with a wildcard does not match a name that begins with "$" (3.1 has no such rule).
/// A shared subscription's filter is split first: match `split_share(filter)->topic_filter`.
/// Linear in the lengths. @spec [MQTT-4.7.1-2] [MQTT-4.7.2-1] [MQTT-4.7.3-4]
constexpr bool matches(std::string_view filter, std::string_view name, protocol_version version = protocol_version::v5) noexcept {
  const bool wild = !filter.empty() && (filter.front() == '+' || filter.front() == '#');
  if (wild && name.starts_with('$') && !detail::is_v3_1(version)) return false;
  std::size_t f = 0, n = 0;
  for (;;) {
    if (f < filter.size() && filter[f] == '#') return true;
    if (f < filter.size() && filter[f] == '+') {
      ++f;
      while (n < name.size() && name[n] != '/') ++n;
    } else {
      while (f < filter.size() && filter[f] != '/' && n < name.size() && filter[f] == name[n]) ++f, ++n;
    }
    const bool filter_level_ends = f == filter.size() || filter[f] == '/';
    const bool name_level_ends = n == name.size() || name[n] == '/';
    if (!filter_level_ends || !name_level_ends) return false;
    if (n == name.size()) return f == filter.size() || detail::from(filter, f) == "/#";  // "a/#" covers its parent "a"
    if (f == filter.size()) return false;
    ++f, ++n;
  }
}

}  // namespace mqttspan
