#include "handshake_verdicts.hpp"

#include <algorithm>
#include <iterator>

#include "handshake_key.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

// What we answer with, and what goes with it.
struct http_status {
  unsigned code;
  std::string_view reason;
  std::string_view fields;
};
constexpr http_status statuses[] = {
    {400, "Bad Request", ""},
    {403, "Forbidden", ""},
    {404, "Not Found", ""},
    {405, "Method Not Allowed", "Allow: GET\r\n"},
    {426, "Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"},
    {431, "Request Header Fields Too Large", ""},
    {500, "Internal Server Error", ""},
};

// What the handshake itself says; nobody else may.
constexpr std::string_view own_fields[] = {"Host",           "Connection",        "Upgrade", "Content-Length", "Transfer-Encoding", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
                                           "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Accept"};

// Fields that are said once at most.
constexpr std::string_view single_fields[] = {"Host", "Origin", "Sec-WebSocket-Key", "Sec-WebSocket-Version"};

bool contains(const std::vector<std::string>& list, std::string_view text) { return std::find(list.begin(), list.end(), text) != list.end(); }

bool is_path(std::string_view text) {
  return !text.empty() && text.front() == '/' && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
}

// The path of a request's target, which may also be a whole URL (RFC 9112, 3.2.2). Empty where it is neither.
std::string_view path_of(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://", "ws://", "wss://"})
    if (equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(std::min(target.find('/', scheme.size()), target.size()));
      return target.empty() ? "/" : is_path(target) ? target : std::string_view();
    }
  return is_path(target) ? target : std::string_view();
}

// method ' ' target ' ' version
struct request_line {
  std::string_view method, target, version;

  explicit request_line(std::string_view line) {
    const std::size_t first = std::min(line.find(' '), line.size());
    const std::size_t last = line.rfind(' ') == std::string_view::npos ? first : line.rfind(' ');
    method = line.substr(0, first);
    if (last <= first) return;
    target = line.substr(first + 1, last - first - 1);
    version = line.substr(last + 1);
  }
};

request_verdict judge_form(const http_head& head, const request_line& line) {
  if (!is_token(line.method) || line.version != "HTTP/1.1") return {400, "not a request of HTTP/1.1"};
  if (path_of(line.target).empty()) return {400, "the request's target is not a path"};
  if (line.method != "GET") return {405, "the method is not GET"};
  if (head.count("Host") == 0) return {400, "the request has no Host"};
  for (const std::string_view name : single_fields)
    if (head.count(name) > 1) return {400, "a field that is said once at most comes again"};
  if (head.announces_body()) return {400, "the request has a body"};
  return {};
}

request_verdict judge_upgrade(const http_head& head) {
  if (!head.lists("Upgrade", "websocket")) return {426, "the request does not ask for WebSocket"};
  if (!head.lists("Connection", "Upgrade")) return {400, "the request's Connection does not say Upgrade"};
  if (head.value("Sec-WebSocket-Version") != "13") return {426, "the version of WebSocket is not 13"};
  if (!is_handshake_key(head.value("Sec-WebSocket-Key"))) return {400, "Sec-WebSocket-Key is not 16 bytes in base64"};
  return {};
}

bool is_welcome(const http_head& head, const std::vector<std::string>& origins) {
  if (origins.empty() || head.count("Origin") == 0) return true;
  return std::any_of(origins.begin(), origins.end(), [&](const std::string& o) { return equals_ignoring_case(o, head.value("Origin")); });
}

std::string printable(std::string_view text, std::size_t longest) {
  std::string shown(text.substr(0, longest));
  std::replace_if(shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

void add_field(std::string& text, std::string_view name, std::string_view value) { text.append(name).append(": ").append(value).append("\r\n"); }

}  // namespace

request_verdict judge_request(const http_head& head, const websocket_server_options& options, websocket_request& request) {
  const request_line line(head.start_line());
  if (const request_verdict v = judge_form(head, line); v.status != 101) return v;
  request.path = path_of(line.target);
  request.host = head.value("Host");
  request.origin = head.value("Origin");
  request.user_agent = head.value("User-Agent");
  if (!options.path.empty() && request.path.substr(0, request.path.find('?')) != options.path) return {404, "nothing is served at this path"};
  if (const request_verdict v = judge_upgrade(head); v.status != 101) return v;
  if (!is_welcome(head, options.origins)) return {403, "the origin is not welcome"};
  const bool is_agreed = head.any_of("Sec-WebSocket-Protocol", [&](std::string_view offered) {
    const bool is_ours = contains(options.subprotocols, offered);
    if (is_ours) request.subprotocol = offered;
    return is_ours;
  });
  if (!is_agreed && options.require_subprotocol) return {400, "the request offers no subprotocol of ours"};  // [3.1.1/MQTT-6.0.0-3] [5.0/MQTT-6.0.0-3]
  return {};
}

std::string agreeing_response(const http_head& head, const websocket_request& request) {
  const std::string accept = accept_for(head.value("Sec-WebSocket-Key"));
  if (accept.empty()) return {};
  std::string text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  add_field(text, "Sec-WebSocket-Accept", accept);
  if (!request.subprotocol.empty()) add_field(text, "Sec-WebSocket-Protocol", request.subprotocol);
  return text.append("\r\n");
}

std::string refusing_response(const request_verdict& verdict) {
  const auto* const status = std::find_if(std::begin(statuses), std::end(statuses), [&](const http_status& s) { return s.code == verdict.status; });
  std::string text = "HTTP/1.1 " + std::to_string(status->code) + ' ';
  text.append(status->reason).append("\r\n").append(status->fields).append("Connection: close\r\nContent-Type: text/plain\r\n");
  add_field(text, "Content-Length", std::to_string(verdict.why.size() + 1));
  return text.append("\r\n").append(verdict.why).append("\n");
}

// 'HTTP/1.1 ' status<3> ' ' reason
std::string judge_response(const http_head& head, const websocket_client_options& options, std::string_view accept, websocket_request& request) {
  const std::string_view line = head.start_line();
  const std::string_view status = line.substr(0, 9) == "HTTP/1.1 " ? line.substr(9, 3) : std::string_view();
  const bool is_status = status.size() == 3 && std::all_of(status.begin(), status.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_status || (line.size() > 12 && line[12] != ' ')) return "the server does not answer in HTTP/1.1";
  if (status != "101") return "the server answered " + printable(line.substr(9), 80);
  if (!head.lists("Upgrade", "websocket")) return "the server does not upgrade to WebSocket";
  if (!head.lists("Connection", "Upgrade")) return "the server's Connection does not say Upgrade";
  if (head.announces_body()) return "the server's answer has a body";
  if (head.count("Sec-WebSocket-Accept") != 1 || head.value("Sec-WebSocket-Accept") != accept) return "wrong Sec-WebSocket-Accept";
  if (!head.value("Sec-WebSocket-Extensions").empty()) return "the server chose an extension that nobody offered";
  const std::string_view chosen = head.value("Sec-WebSocket-Protocol");
  if (chosen.empty() && !options.subprotocols.empty()) return "the server chose no subprotocol";
  if (head.count("Sec-WebSocket-Protocol") > 1 || (!chosen.empty() && !contains(options.subprotocols, chosen)))
    return "the server chose a subprotocol that nobody offered: " + printable(chosen, 40);
  request.subprotocol = chosen;
  return {};
}

std::string_view fault_of(const websocket_client_options& options) {
  const auto is_own = [](const auto& field) {
    return std::any_of(std::begin(own_fields), std::end(own_fields), [&](std::string_view name) { return equals_ignoring_case(name, field.first); });
  };
  if (options.host.empty() || !is_field_value(options.host) || options.host.find_first_of(" \t/") != std::string::npos) return "the host is not one for a Host field";
  if (!is_path(options.path)) return "the path does not begin with '/', or has a character that must be escaped";
  for (const auto& field : options.headers) {
    if (!is_token(field.first)) return "the name of a request field is not a token";
    if (!is_field_value(field.second)) return "the value of a request field has a control character";
    if (is_own(field)) return "a request field is one that the handshake says itself";
  }
  for (const std::string& name : options.subprotocols)
    if (!is_token(name)) return "the name of a subprotocol is not a token";
  return {};
}

std::string request_of(const websocket_client_options& options, std::string_view key) {
  std::string text = "GET " + options.path + " HTTP/1.1\r\n";
  add_field(text, "Host", options.host);
  text.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
  add_field(text, "Sec-WebSocket-Key", key);
  std::string offered;
  for (const std::string& name : options.subprotocols) offered.append(offered.empty() ? "" : ", ").append(name);
  if (!offered.empty()) add_field(text, "Sec-WebSocket-Protocol", offered);
  for (const auto& field : options.headers) add_field(text, field.first, field.second);
  return text.append("\r\n");
}

}  // namespace mqttspan::detail
