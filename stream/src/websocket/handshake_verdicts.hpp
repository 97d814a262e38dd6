// What is right and wrong in the heads of a handshake. RFC 6455, 4.
#pragma once

#include <string>
#include <string_view>

#include <mqttspan/websocket/websocket.hpp>

#include "http_head.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

/// How a request is answered; 101: agreed, else `why` says what is wrong.
struct request_verdict {
  unsigned status = 101;
  std::string_view why = {};
};

/// Judges a request, and notes what it asks for. `request.subprotocol` is ours to choose.
request_verdict judge_request(const http_head& head, const websocket_server_options& options, websocket_request& request);
/// The response to a request that is agreed to.
std::string agreeing_response(const http_head& head, const websocket_request& request);
/// The response to one that is not.
std::string refusing_response(const request_verdict& verdict);

/// Judges a response; `accept` is what the server must say. Notes the subprotocol. Empty: agreed, else why not.
std::string judge_response(const http_head& head, const websocket_client_options& options, std::string_view accept, websocket_request& request);
/// Why the options make no request; empty: they make one.
std::string_view fault_of(const websocket_client_options& options);
/// The request.
std::string request_of(const websocket_client_options& options, std::string_view key);

}  // namespace mqttspan::detail
