#include "handshake.hpp"

#include <optional>
#include <utility>

#include "handshake_key.hpp"
#include "handshake_verdicts.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

handshake::handshake(websocket_client_options options) : options_(std::in_place_index<0>, std::move(options)) {
  if (const std::string_view fault = fault_of(client()); !fault.empty()) fail(std::string(fault));
  else make_request();
}

handshake::handshake(websocket_server_options options) : options_(std::in_place_index<1>, std::move(options)) {}

void handshake::make_request() {
  const std::string key = make_handshake_key();
  accept_ = accept_for(key);
  if (key.empty() || accept_.empty()) return fail("OpenSSL has no random bytes, or no SHA-1");
  output_ = request_of(client(), key);
  request_.path = client().path;
  request_.host = client().host;
}

std::size_t handshake::take(bytes_view input) {
  std::size_t taken = 0;
  for (const char c : as_text(input)) {
    if (is_judged_) break;
    if (head_.size() == max_head()) {
      reject_head(431, "the head is too long");
      break;
    }
    head_.push_back(c);
    ++taken;
    const head_scanner::verdict v = scanner_.put(c);
    if (v == head_scanner::verdict::malformed) reject_head(400, "not the head of an HTTP message");
    else if (v == head_scanner::verdict::complete) judge();
  }
  return taken;
}

void handshake::end_of_input() { fail(is_client() ? "the server ended the connection in the WebSocket handshake" : "the client ended the connection in the WebSocket handshake"); }

void handshake::judge() {
  const std::optional<http_head> head = http_head::read(head_);
  if (!head) return reject_head(400, "a field of the head is malformed");
  is_judged_ = true;
  if (is_client()) {
    failure_ = judge_response(*head, client(), accept_, request_);
    return;
  }
  const request_verdict v = judge_request(*head, server(), request_);
  if (v.status != 101) return refuse(v.status, v.why);
  output_ = agreeing_response(*head, request_);
  if (output_.empty()) refuse(500, "OpenSSL has no SHA-1");
}

void handshake::fail(std::string why) {
  is_judged_ = true;
  failure_ = std::move(why);
}

// Server.
void handshake::refuse(unsigned status, std::string_view why) {
  output_ = refusing_response({status, why});
  fail("the WebSocket handshake was refused with " + std::to_string(status) + ": " + std::string(why));
}

void handshake::reject_head(unsigned status, std::string_view why) {
  if (is_client()) fail("the server's answer: " + std::string(why));
  else refuse(status, why);
}

}  // namespace mqttspan::detail
