// What the WebSocket's tests share: hand-made frames and heads, one of our ends against them, and two of our ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mqttspan/codec/version.hpp>
#include <mqttspan/stream/memory_pipe.hpp>
#include <mqttspan/websocket/websocket.hpp>

namespace mqttspan::test {

/// The request of RFC 6455, 1.2, for MQTT; and what the server of 1.3 says to it.
inline constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view sample_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
std::string sample_request(std::string_view more_fields = {}, std::string_view target = "/mqtt");
std::string sample_response(std::string_view accept, std::string_view more_fields = {});

/// The value of a field, written as we write it; empty where there is none.
std::string field_of(std::string_view head, std::string_view name);
/// By OpenSSL, not by the library.
std::string accept_of(std::string_view key);

/// A frame with the shortest length; masked where `is_masked`, by 37 FA 21 3D as in RFC 6455, 5.7.
std::string frame(unsigned first_byte, std::string_view payload, bool is_masked);
/// A frame's head alone, with that length in that many bytes (0, 2, 8) and no payload.
std::string frame_head(unsigned first_byte, std::uint64_t size, unsigned size_bytes, bool is_masked);
std::string close_frame(unsigned status, std::string_view reason, bool is_masked);
/// Takes a frame of ours off the front: first byte, payload unmasked. First byte 0: there is no whole one.
std::pair<unsigned, std::string> take_frame(std::string& bytes, bool is_masked);

/// What came out of one end.
struct story {
  std::string payload;
  std::string written;  // to the peer, behind the handshake
  progress last = progress::wants_read;
  std::string failure;

  friend bool operator==(const story&, const story&) = default;
};

/// One of our ends, and the raw bytes of its peer.
class lone_end {
 public:
  /// The handshake is done already where `is_open`.
  lone_end(sender self, bool is_open, std::size_t read_size = 4096, std::uint64_t max_frame_size = default_max_frame_size, std::uint64_t max_message_size = 0);
  explicit lone_end(websocket_server_options options);
  explicit lone_end(websocket_client_options options);

  /// The peer says this; reads until nothing comes any more.
  void hear(std::string_view bytes);
  /// The same, as many bytes at a time.
  void hear_in_chunks(std::string_view bytes, std::size_t chunk);
  void hear_end();
  /// Reads until nothing comes any more.
  void read();
  websocket_transport& transport() { return transport_; }
  /// All that happened, in one.
  const story& tale() const { return story_; }
  std::string take_written() { return std::exchange(story_.written, {}); }
  bool is_masked() const { return self_ == sender::server; }  // what the peer does

 private:
  void collect();

  sender self_;
  memory_pipe peer_;
  websocket_transport transport_;
  std::size_t read_size_ = 4096;
  story story_;
};

/// Two of our ends over a pipe.
struct both_ends {
  websocket_transport client, server;
};
both_ends make_both(std::size_t capacity, websocket_client_options client = {.host = "localhost:8083"}, websocket_server_options server = {});

}  // namespace mqttspan::test
