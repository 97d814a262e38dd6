#include "websocket_ends.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace mqttspan::test {
namespace {

constexpr std::array<unsigned char, 4> sample_mask{0x37, 0xFA, 0x21, 0x3D};

std::string masked(std::string_view payload, std::string_view mask) {
  std::string out(payload);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ mask[i % 4]);
  return out;
}

std::string_view sample_mask_text() { return {reinterpret_cast<const char*>(sample_mask.data()), 4}; }

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < size; ++i) n = n << 8 | static_cast<unsigned char>(bytes[at + i]);
  return n;
}

}  // namespace

std::string sample_request(std::string_view more_fields, std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + std::string(sample_key) +
         "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n" + std::string(more_fields) + "\r\n";
}

std::string sample_response(std::string_view accept, std::string_view more_fields) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + std::string(accept) +
         "\r\nSec-WebSocket-Protocol: mqtt\r\n" + std::string(more_fields) + "\r\n";
}

std::string field_of(std::string_view head, std::string_view name) {
  const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string_view::npos) return {};
  const std::size_t begin = at + 2 + name.size() + 2;
  return std::string(head.substr(begin, head.find("\r\n", begin) - begin));
}

std::string accept_of(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), 20);
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

std::string frame_head(unsigned first_byte, std::uint64_t size, unsigned size_bytes, bool is_masked) {
  const unsigned short_size = size_bytes == 0 ? static_cast<unsigned>(size) : size_bytes == 2 ? 126 : 127;
  std::string out{static_cast<char>(first_byte), static_cast<char>(short_size | (is_masked ? 0x80 : 0))};
  for (unsigned i = size_bytes; i > 0; --i) out.push_back(static_cast<char>(size >> (8 * (i - 1)) & 0xFF));
  if (is_masked) out.append(sample_mask_text());
  return out;
}

std::string frame(unsigned first_byte, std::string_view payload, bool is_masked) {
  const unsigned size_bytes = payload.size() < 126 ? 0 : payload.size() < 65'536 ? 2 : 8;
  return frame_head(first_byte, payload.size(), size_bytes, is_masked) + (is_masked ? masked(payload, sample_mask_text()) : std::string(payload));
}

std::string close_frame(unsigned status, std::string_view reason, bool is_masked) {
  return frame(0x88, std::string{static_cast<char>(status >> 8), static_cast<char>(status & 0xFF)}.append(reason), is_masked);
}

std::pair<unsigned, std::string> take_frame(std::string& bytes, bool is_masked) {
  if (bytes.size() < 2) return {};
  const unsigned second = static_cast<unsigned char>(bytes[1]), short_size = second & 0x7F;
  if (((second & 0x80) != 0) != is_masked) throw std::runtime_error("a frame of ours is masked, or not, against its role");
  const std::size_t size_bytes = short_size < 126 ? 0 : short_size == 126 ? 2 : 8, head = 2 + size_bytes + (is_masked ? 4 : 0);
  if (bytes.size() < head) return {};
  const std::uint64_t size = size_bytes == 0 ? short_size : number_at(bytes, 2, size_bytes);
  if (bytes.size() - head < size) return {};
  const std::string payload = bytes.substr(head, size);
  std::pair<unsigned, std::string> taken{static_cast<unsigned char>(bytes[0]), is_masked ? masked(payload, std::string_view(bytes).substr(head - 4, 4)) : payload};
  bytes.erase(0, head + size);
  return taken;
}

namespace {

websocket_transport make(sender self, memory_pipe& lower, std::uint64_t max_frame_size, std::uint64_t max_message_size) {
  if (self == sender::client)
    return {any_transport(std::move(lower)), websocket_client_options{.host = "server.example.com", .max_frame_size = max_frame_size, .max_message_size = max_message_size}};
  return {any_transport(std::move(lower)), websocket_server_options{.max_frame_size = max_frame_size, .max_message_size = max_message_size}};
}

}  // namespace

lone_end::lone_end(sender self, bool is_open, std::size_t read_size, std::uint64_t max_frame_size, std::uint64_t max_message_size)
    : self_(self), peer_(memory_pipe::make(1).second), transport_(any_transport(), websocket_server_options{}), read_size_(read_size) {
  auto pipe = memory_pipe::make(65'536);
  peer_ = std::move(pipe.second);
  transport_ = make(self, pipe.first, max_frame_size, max_message_size);
  if (!is_open) return;
  read();
  hear(self == sender::server ? sample_request() : sample_response(accept_of(field_of(take_written(), "Sec-WebSocket-Key"))));
  if (!transport_.is_open()) throw std::runtime_error("no handshake: " + story_.failure);
  story_ = {};
}

lone_end::lone_end(websocket_server_options options) : lone_end(sender::server, false) {
  auto pipe = memory_pipe::make(65'536);
  peer_ = std::move(pipe.second);
  transport_ = websocket_transport(any_transport(std::move(pipe.first)), std::move(options));
}

lone_end::lone_end(websocket_client_options options) : lone_end(sender::client, false) {
  auto pipe = memory_pipe::make(65'536);
  peer_ = std::move(pipe.second);
  transport_ = websocket_transport(any_transport(std::move(pipe.first)), std::move(options));
}

void lone_end::hear(std::string_view bytes) {
  while (!bytes.empty()) {
    const transfer t = peer_.write_some(as_bytes(bytes));
    bytes.remove_prefix(t.size);
    read();
    if (t.outcome == progress::failed || (t.size == 0 && story_.last != progress::moved)) return;  // it reads no more
  }
}

void lone_end::hear_in_chunks(std::string_view bytes, std::size_t chunk) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(chunk, bytes.size()))) hear(bytes.substr(0, chunk));
}

void lone_end::hear_end() {
  static_cast<void>(peer_.shut_down());
  read();
}

void lone_end::read() {
  std::vector<std::byte> into(read_size_);
  for (bool is_going_on = true; is_going_on;) {
    const transfer t = transport_.read_some(into);
    collect();
    story_.payload.append(as_text(std::span(into).first(t.size)));
    story_.last = t.outcome;
    is_going_on = t.outcome == progress::moved || (t.outcome == progress::wants_read && transport_.has_pending());
  }
  story_.failure = story_.last == progress::failed ? std::string(transport_.failure()) : std::string();
}

void lone_end::collect() {
  std::array<std::byte, 4096> raw;
  for (transfer t = peer_.read_some(raw); t.outcome == progress::moved; t = peer_.read_some(raw)) story_.written.append(as_text(std::span(raw).first(t.size)));
}

both_ends make_both(std::size_t capacity, websocket_client_options client, websocket_server_options server) {
  auto pipe = memory_pipe::make(capacity);
  return {websocket_transport(any_transport(std::move(pipe.first)), std::move(client)), websocket_transport(any_transport(std::move(pipe.second)), std::move(server))};
}

}  // namespace mqttspan::test
