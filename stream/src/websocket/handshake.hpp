// The handshake without I/O: bytes in, bytes out, a verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/websocket/websocket.hpp>

#include "http_head.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// One side of a handshake. Both write what they have, read a head, and write what follows from it: the client has a request first, the server an answer last.
class handshake {
 public:
  explicit handshake(websocket_client_options options);
  explicit handshake(websocket_server_options options);

  /// What is to be written, and that so much of it has been.
  bytes_view output() const noexcept { return as_bytes(std::string_view(output_).substr(written_)); }
  void consume_output(std::size_t size) noexcept { written_ += size; }
  /// Whether the peer's head is not complete.
  bool wants_input() const noexcept { return !is_judged_; }
  /// Takes bytes up to the head's end, and says how many that were.
  std::size_t take(bytes_view input);
  /// The peer has ended its stream.
  void end_of_input();

  /// When nothing is to be written and no input is wanted: why there is no WebSocket; empty: there is one.
  const std::string& failure() const noexcept { return failure_; }
  websocket_request& request() noexcept { return request_; }

 private:
  bool is_client() const noexcept { return options_.index() == 0; }
  const websocket_client_options& client() const noexcept { return *std::get_if<0>(&options_); }
  const websocket_server_options& server() const noexcept { return *std::get_if<1>(&options_); }
  std::size_t max_head() const noexcept { return is_client() ? client().max_response_size : server().max_request_size; }
  void make_request();
  void judge();
  void fail(std::string why);
  void refuse(unsigned status, std::string_view why);
  void reject_head(unsigned status, std::string_view why);

  std::variant<websocket_client_options, websocket_server_options> options_;
  std::string output_;
  std::size_t written_ = 0;
  std::string head_;
  head_scanner scanner_;
  bool is_judged_ = false;
  std::string accept_;  // client: what the server must say
  std::string failure_;
  websocket_request request_;
};

}  // namespace mqttspan::detail
