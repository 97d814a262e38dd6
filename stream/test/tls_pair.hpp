// Two ends of TLS over a pipe that can be watched, cut and broken, and a loop that waits for what they say they want.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mqttspan/stream/memory_pipe.hpp>
#include <mqttspan/tls/tls.hpp>

#include "tls_certificates.hpp"

namespace mqttspan::test {

inline bytes_view bytes_of(std::string_view text) { return {reinterpret_cast<const std::byte*>(text.data()), text.size()}; }

/// What one end of a `watched_pipe` has seen.
struct pipe_state {
  std::size_t capacity = 0;
  std::size_t written = 0;
  std::size_t read = 0;
  std::size_t cut_at = static_cast<std::size_t>(-1);  ///< the peer reads so many of our bytes, then `end`
  std::size_t flip_at = static_cast<std::size_t>(-1); ///< this byte of ours arrives with a bit turned
  bool is_ended = false;                              ///< shut down or destroyed
  std::string_view broken_reading, broken_writing;    ///< why reading, writing fails; empty: it does not
};

/// A `memory_pipe`, watched.
class watched_pipe {
 public:
  watched_pipe(memory_pipe pipe, std::shared_ptr<pipe_state> self, std::shared_ptr<pipe_state> peer) : pipe_(std::move(pipe)), self_(std::move(self)), peer_(std::move(peer)) {}
  watched_pipe(watched_pipe&&) noexcept = default;
  watched_pipe& operator=(watched_pipe&&) noexcept = default;
  ~watched_pipe() {
    if (self_) self_->is_ended = true;
  }

  transfer read_some(std::span<std::byte> into) noexcept;
  transfer write_some(bytes_view from) noexcept;
  transfer shut_down() noexcept {
    self_->is_ended = true;
    return pipe_.shut_down();
  }
  bool has_pending() const noexcept { return pipe_.has_pending(); }
  std::string_view failure() const noexcept;

 private:
  memory_pipe pipe_;
  std::shared_ptr<pipe_state> self_, peer_;
};
static_assert(transport<watched_pipe>);

/// One end, and what it has to say.
struct side {
  std::unique_ptr<tls_transport> tls;
  std::shared_ptr<pipe_state> self, peer;
  std::string out;                       ///< to be written …
  bool shuts_down = false;               ///< … and then to be shut down
  std::string in;                        ///< what was read
  std::size_t sent = 0;
  std::size_t chunk = 65'536;            ///< bytes for a call
  progress reading = progress::moved;    ///< what the last call said
  progress writing = progress::moved;
  bool is_shut = false;

  bool reads_first = false;

  /// Tries both directions, each only if what it waits for was there at the beginning of the turn, as a loop does with an event. False: neither was tried.
  bool turn();

 private:
  bool may_go(progress last) const;
  bool read();
  bool write();
};

struct pair_options {
  tls_context client, server;
  std::string_view host = "localhost";
  std::size_t capacity = 65'536;
};

struct tls_pair {
  explicit tls_pair(const pair_options& options);
  /// Both in turn, each only when what it waits for is there, until nothing moves any more.
  void run();
  side client, server;
};

tls_client_options client_options();
tls_server_options server_options();
/// One exchange: the client says `out`, the server reads it, nothing is shut down.
tls_pair greet(const tls_client_options& c, const tls_server_options& s, std::string_view host = "localhost");

}  // namespace mqttspan::test
