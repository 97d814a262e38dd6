#include "tls_pair.hpp"

#include <algorithm>
#include <array>

namespace mqttspan::test {

transfer watched_pipe::read_some(std::span<std::byte> into) noexcept {
  if (!self_->broken_reading.empty()) return {progress::failed};
  const std::size_t left = peer_->cut_at - self_->read;
  if (left == 0) return {progress::end};
  const transfer t = pipe_.read_some(into.first(std::min(into.size(), left)));
  if (const std::size_t at = peer_->flip_at - self_->read; at < t.size) into[at] ^= std::byte{1};
  self_->read += t.size;
  return t;
}

transfer watched_pipe::write_some(bytes_view from) noexcept {
  if (!self_->broken_writing.empty()) return {progress::failed};
  const transfer t = pipe_.write_some(from);
  self_->written += t.size;
  return t;
}

std::string_view watched_pipe::failure() const noexcept {
  return !self_->broken_reading.empty() ? self_->broken_reading : !self_->broken_writing.empty() ? self_->broken_writing : pipe_.failure();
}

bool side::may_go(progress last) const {
  if (last == progress::wants_read) return peer->written != self->read || peer->is_ended || peer->cut_at == self->read || !self->broken_reading.empty();
  if (last == progress::wants_write) return self->written - peer->read < self->capacity || peer->is_ended || !self->broken_writing.empty();
  return last == progress::moved;
}

bool side::turn() {
  const bool may_read = may_go(reading) || tls->has_pending(), may_write = may_go(writing);
  bool has_tried = reads_first && may_read && read();
  has_tried |= may_write && write();
  return (!reads_first && may_read && read()) || has_tried;
}

bool side::read() {
  if (reading == progress::end || reading == progress::failed) return false;
  std::array<std::byte, 4096> buffer;
  const transfer t = tls->read_some(std::span(buffer).first(std::min(chunk, buffer.size())));
  reading = t.outcome;
  if (t.outcome == progress::moved) in.append(reinterpret_cast<const char*>(buffer.data()), t.size);
  return true;
}

bool side::write() {
  if (is_shut || (sent == out.size() && !shuts_down)) return false;
  if (sent == out.size()) {
    const transfer t = tls->shut_down();
    writing = t.outcome;
    is_shut = t.outcome == progress::moved;
    return true;
  }
  // Each time from another place, as buffers that are compacted do.
  const std::string copy = out.substr(sent, chunk);
  const transfer t = tls->write_some(bytes_of(copy));
  writing = t.outcome;
  sent += t.size;
  return true;
}

tls_pair::tls_pair(const pair_options& o) {
  auto [near, far] = memory_pipe::make(o.capacity);
  const auto c = std::make_shared<pipe_state>(), s = std::make_shared<pipe_state>();
  c->capacity = s->capacity = o.capacity;
  client.tls = std::make_unique<tls_transport>(any_transport(watched_pipe(std::move(near), c, s)), o.client, o.host, std::uint16_t{8883});
  server.tls = std::make_unique<tls_transport>(any_transport(watched_pipe(std::move(far), s, c)), o.server);
  client.self = server.peer = c;
  client.peer = server.self = s;
}

void tls_pair::run() {
  for (bool has_moved = true; has_moved;) {
    has_moved = false;
    for (side* const s : {&client, &server}) {
      if (s->tls) has_moved |= s->turn();
    }
  }
}

tls_client_options client_options() {
  tls_client_options o;
  o.ca_file = file_of("ca.pem");
  return o;
}

tls_server_options server_options() {
  tls_server_options o;
  o.certificate_file = file_of("server.pem");
  o.key_file = file_of("server.key");
  return o;
}

tls_pair greet(const tls_client_options& c, const tls_server_options& s, std::string_view host) {
  tls_pair p({tls_context(c), tls_context(s), host});
  p.client.out = "hello";
  p.run();
  return p;
}

}  // namespace mqttspan::test
