// One end of a WebSocket in a probe: bytes in frames on a link that keeps what comes.
#pragma once

#include <string>

#include "session.hpp"
#include "websocket_frames.hpp"

namespace mqttspan::conformance {

/// What probes of brokers and of clients do alike; the handshake is each side's own.
class web_socket {
 public:
  /// The head of the peer's handshake; empty until it is there.
  const std::string& head() const noexcept { return head_; }
  void send(const wire::bytes& frames) { link_.send(frames); }
  bool is_closed() const { return link_.is_closed() || now().has_close; }
  /// What has come in frames so far.
  websocket::heard now() const;
  /// Waits as long as a peer may take.
  task<> until_closed();

 protected:
  static constexpr milliseconds tick{20};

  explicit web_socket(link& l) noexcept : link_(l) {}
  ~web_socket() = default;
  /// Until the head of a handshake is there; not longer than what comes may be one, which begins like that.
  task<> hears_head(std::string_view beginning);
  /// Whether what has come may be the beginning of that.
  bool may_be(std::string_view beginning) const { return link_.raw().substr(0, beginning.size()) == beginning.substr(0, link_.raw().size()); }

  link& link_;

 private:
  std::size_t head_size() const;

  std::string head_;
};

}  // namespace mqttspan::conformance
