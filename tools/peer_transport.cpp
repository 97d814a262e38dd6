#include "peer_transport.hpp"

#ifdef MQTTSPAN_TLS
#include <mqttspan/tls/tls.hpp>
#endif
#ifdef MQTTSPAN_WEBSOCKET
#include <mqttspan/websocket/websocket.hpp>
#endif

#include "wire_tap.hpp"

namespace mqttspan {
namespace {

#ifdef MQTTSPAN_TLS
posix::wrapping tls_wrapping(const peer_options& o) {
  const tls_arguments& t = o.tls_files;
  tls_client_options how;
  how.ca_file = t.ca_file;
  how.ca_path = t.ca_path;
  how.certificate_file = t.certificate;
  how.key_file = t.key;
  how.ciphers = t.ciphers;
  how.verify_host = !t.insecure;
  if (!t.alpn.empty()) how.alpn = t.alpn;
  else if (o.uses_websocket) how.alpn = {"http/1.1"};
  const tls_context context(how);
  if (!context) throw usage_error(std::string(context.failure()));
  return [context](any_transport lower, const posix::address& to) -> any_transport {
    const std::string& host = to.path.empty() ? to.host : "localhost";
    return tls_transport(std::move(lower), context, host, to.port);
  };
}
#else
posix::wrapping tls_wrapping(const peer_options&) { throw usage_error("built without TLS"); }
#endif

#ifdef MQTTSPAN_WEBSOCKET
posix::wrapping websocket_wrapping(const peer_options& o) {
  return [&o](any_transport lower, const posix::address& to) -> any_transport {
    websocket_client_options how;
    how.host = to.path.empty() ? to.text() : "localhost";
    how.path = o.websocket_path;
    if (o.version == protocol_version::v3_1) how.subprotocols = {"mqttv3.1"};
    return websocket_transport(std::move(lower), std::move(how));
  };
}
#else
posix::wrapping websocket_wrapping(const peer_options&) { throw usage_error("built without WebSocket"); }
#endif

}  // namespace

posix::wrapping wrapping_of(const peer_options& options) {
  std::vector<posix::wrapping> layers;
  if (options.uses_tls) layers.push_back(tls_wrapping(options));
  if (options.uses_websocket) layers.push_back(websocket_wrapping(options));
  if (options.debug) layers.push_back([](any_transport lower, const posix::address&) -> any_transport { return wire_tap(std::move(lower)); });
  if (layers.empty()) return {};
  return [layers](any_transport transport, const posix::address& to) {
    for (const posix::wrapping& layer : layers) transport = layer(std::move(transport), to);
    return transport;
  };
}

}  // namespace mqttspan
