#include "broker_url.hpp"

#include <charconv>

#include "hex.hpp"
#include "usage_error.hpp"

namespace mqttspan {
namespace {

struct scheme {
  std::string_view name;
  bool tls;
  bool websocket;
  std::uint16_t port;
};
constexpr scheme schemes[] = {{"mqtt", false, false, 1883}, {"mqtts", true, false, 8883}, {"ws", false, true, 80}, {"wss", true, true, 443}};

scheme scheme_named(std::string_view name) {
  for (const scheme& s : schemes)
    if (s.name == name) return s;
  throw usage_error("a URL begins with mqtt://, mqtts://, ws:// or wss://, not with " + std::string(name) + "://");
}

// The text up to the mark, which goes too; without a mark nothing is taken.
std::optional<std::string_view> cut(std::string_view& text, std::size_t mark) {
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view front = text.substr(0, mark);
  text.remove_prefix(mark + 1);
  return front;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    try {
      if (text.size() - i < 3) throw hex_error("", 0);
      out += static_cast<char>(from_hex(text.substr(i + 1, 2)).front());
    } catch (const hex_error&) {
      throw usage_error("% in a URL is followed by two hexadecimal digits; % itself is %25");
    }
    i += 2;
  }
  return out;
}

void parse_credentials(std::string_view text, broker_url& out) {
  if (const auto name = cut(text, text.find(':'))) {
    out.user_name = unescape(*name);
    out.password = unescape(text);
  } else {
    out.user_name = unescape(text);
  }
}

void parse_authority(std::string_view text, broker_url& out) {
  if (const auto credentials = cut(text, text.rfind('@'))) parse_credentials(*credentials, out);
  const bool has_brackets = text.starts_with('[');
  const std::size_t end = has_brackets ? text.find(']') : text.find(':');
  if (has_brackets && end == std::string_view::npos) throw usage_error("[ in a URL is not closed by ]");
  out.host = text.substr(has_brackets ? 1 : 0, has_brackets ? end - 1 : end);
  std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(has_brackets ? end + 1 : end);
  if (out.host.empty()) throw usage_error("the URL names no host");
  if (rest.empty()) return;
  if (!rest.starts_with(':')) throw usage_error("behind ] in a URL comes a port or a path");
  out.port = parse_port(rest.substr(1));
}

}  // namespace

bool looks_like_url(std::string_view text) { return text.find("://") != std::string_view::npos; }

broker_url parse_broker_url(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) throw usage_error("a URL begins with mqtt://, mqtts://, ws:// or wss://");
  const scheme how = scheme_named(text.substr(0, colon));
  broker_url out{.tls = how.tls, .websocket = how.websocket, .port = how.port};
  text.remove_prefix(colon + 3);
  const std::string_view authority = text.substr(0, text.find('/'));
  text.remove_prefix(authority.size());
  parse_authority(authority, out);
  if (!text.empty()) out.path = how.websocket ? std::string(text.substr(1)) : unescape(text.substr(1));
  return out;
}

std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failed != std::errc() || end != text.data() + text.size() || port == 0)
    throw usage_error("a port is a number from 1 to 65535, not \"" + std::string(text) + "\"");
  return port;
}

}  // namespace mqttspan
