#include "party.hpp"

#include <mqttspan/tls/tls.hpp>
#include <mqttspan/websocket/websocket.hpp>

namespace mqttspan::test {
namespace {

class alarm final : public posix::watcher {
 public:
  alarm(posix::loop& loop, std::int64_t milliseconds) : loop_(loop) { loop.wake_at(*this, posix::steady_now() + milliseconds); }
  ~alarm() { loop_.forget(*this); }
  bool has_rung = false;

 private:
  void on_ready(posix::readiness) override {}
  void on_time() override { has_rung = true; }
  posix::loop& loop_;
};

std::string text(bytes_view b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

}  // namespace

std::vector<std::byte> patterned(std::size_t size) {
  std::vector<std::byte> all(size);
  for (std::size_t i = 0; i < size; ++i) all[i] = pattern(i);
  return all;
}

bool run_until(posix::loop& loop, const std::function<bool()>& is_true, std::int64_t milliseconds) {
  const alarm limit(loop, milliseconds);
  while (!is_true() && !limit.has_rung) loop.run_once();
  return is_true();
}

posix::wrapping wrapping_for(const way& w) {
  tls_client_options trust;
  trust.ca_file = w.ca_file;
  if (w.in == carrier::wss) trust.alpn = {"http/1.1"};  // what TLS carries there; servers of the web refuse anything else
  const posix::wrapping in_tls = [context = tls_context(trust)](any_transport lower, const posix::address& to) {
    return any_transport(tls_transport(std::move(lower), context, to.host, to.port));
  };
  const posix::wrapping in_websocket = [](any_transport lower, const posix::address& to) {
    return any_transport(websocket_transport(std::move(lower), websocket_client_options{.host = to.text()}));
  };
  switch (w.in) {
    case carrier::tcp: return {};
    case carrier::tls: return in_tls;
    case carrier::ws: return in_websocket;
    case carrier::wss: break;
  }
  return [=](any_transport lower, const posix::address& to) { return in_websocket(in_tls(std::move(lower), to), to); };
}

party::party(posix::loop& loop, const way& w, protocol_version version, std::string name)
    : client(loop, {.mqtt = {.receive_maximum = 1000}, .gather = 65'536, .queue_limit = 64u << 20}), loop_(loop), way_(w), version_(version), name_(std::move(name)) {
  client.wrap = wrapping_for(w);
  listen();
}

void party::listen() {
  client.on.connack = [this](posix::endpoint&, const connack& p) {
    ++connacks;
    answer = p.reason_code;
  };
  client.on.suback = [this](posix::endpoint&, const suback& p) { is_granted_ = p.reason_codes.size() == 1 && !is_error(*p.reason_codes.begin()); };
  client.on.puback = [this](posix::endpoint&, const puback& p) { acknowledged_ += !is_error(p.reason_code); };
  client.on.pubcomp = [this](posix::endpoint&, const pubcomp& p) { acknowledged_ += !is_error(p.reason_code); };
  client.on.publish = [this](posix::endpoint&, const publish& p) { messages.push_back({std::string(p.topic), text(p.payload), p.qos, p.retain}); };
  client.on.publish_begin = [this](posix::endpoint&, const publish_begin&) {
    large_size = pieces = 0;
    is_large_whole = false;
  };
  client.on.payload_chunk = [this](posix::endpoint&, const payload_chunk& c) {
    for (const std::byte b : c.bytes) is_large_right = is_large_right && b == pattern(large_size++);
    ++pieces;
  };
  client.on.publish_end = [this](posix::endpoint&, const publish_end&) { is_large_whole = true; };
  client.on.close = [this](posix::endpoint&, const posix::closing& c) {
    ++closes;
    why = c.text();
  };
}

bool party::come(std::optional<will> last) {
  static constexpr std::byte password[] = {std::byte{'p'}};
  if (!client.open({.host = "127.0.0.1", .port = way_.port})) return false;
  const connect hello{.version = version_, .client_id = name_, .will = last, .user_name = "interop@localhost", .password = password};
  if (!client->send(hello)) return false;
  return run_until(loop_, [this] { return connacks == 1 || closes != 0; }) && closes == 0 && answer == reason_code::success;
}

bool party::hear(const std::string& filter, qos most) {
  const subscription all[] = {{.topic_filter = filter, .qos = most}};
  is_granted_ = false;
  return client->send(subscribe{.subscriptions = all}) && run_until(loop_, [this] { return is_granted_ || closes != 0; }) && closes == 0;
}

bool party::leave() {
  client->close();
  return run_until(loop_, [this] { return closes == 1; });
}

bool party::say(const publish& p) {
  ++said_;
  acknowledged_ += p.qos == qos::at_most_once;
  return client->deliver(p).has_value();
}

}  // namespace mqttspan::test
