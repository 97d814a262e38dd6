// A capture file of TCP streams (pcap, raw IPv4), written by hand: no socket, no library.
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

namespace mqttspan::test {

/// Streams from 10.0.0.1 to port 1883 of 10.0.0.2, one after another and never closed (an analyser has a note on that); `send` cuts into segments.
class capture {
 public:
  explicit capture(const char* file) : file_(std::fopen(file, "wb")) {
    if (!file_) return;
    // pcap 2.4, 64 KiB, link type 101: raw IP
    for (const std::uint32_t word : {0xA1B2'C3D4u, 0x0004'0002u, 0u, 0u, 65'535u, 101u}) std::fwrite(&word, sizeof word, 1, file_);
  }
  ~capture() {
    if (file_) std::fclose(file_);
  }
  capture(const capture&) = delete;
  capture& operator=(const capture&) = delete;

  bool is_open() const { return file_ != nullptr; }
  /// The number that an analyser gives the stream, from 0.
  unsigned stream() const { return streams_ - 1; }

  void open() {
    ++streams_;
    next_[0] = 1'000;
    next_[1] = 5'000;
    segment({}, true, syn);
    ++next_[0];
    segment({}, false, syn | ack);
    ++next_[1];
    segment({}, true, ack);
  }

  void send(std::span<const std::byte> bytes, bool from_client) {
    while (!bytes.empty()) {
      const auto part = bytes.first(bytes.size() < 1'400 ? bytes.size() : 1'400);
      segment(part, from_client, part.size() == bytes.size() ? push | ack : ack);
      next_[from_client ? 0 : 1] += static_cast<std::uint32_t>(part.size());
      segment({}, !from_client, ack);
      bytes = bytes.subspan(part.size());
    }
  }

  /// Whether all of it was written.
  bool finish() { return std::fflush(file_) == 0 && !std::ferror(file_); }

 private:
  enum flag : unsigned { syn = 2, push = 8, ack = 16 };

  static void put(std::vector<std::uint8_t>& out, std::uint32_t value, unsigned size) {
    while (size-- != 0) out.push_back(static_cast<std::uint8_t>(value >> (8 * size)));
  }

  static std::uint32_t sum(const std::vector<std::uint8_t>& bytes, std::size_t from) {
    std::uint32_t total = 0;
    for (std::size_t i = from; i < bytes.size(); ++i) total += i % 2 == from % 2 ? std::uint32_t{bytes[i]} << 8 : bytes[i];
    return total;
  }

  static std::uint16_t folded(std::uint32_t total) {
    while (total >> 16 != 0) total = (total & 0xFFFF) + (total >> 16);
    return static_cast<std::uint16_t>(~total);
  }

  static void patch(std::vector<std::uint8_t>& out, std::size_t at, std::uint16_t value) {
    out[at] = static_cast<std::uint8_t>(value >> 8);
    out[at + 1] = static_cast<std::uint8_t>(value);
  }

  void segment(std::span<const std::byte> payload, bool from_client, unsigned flags) {
    const std::uint32_t client = 0x0A00'0001, server = 0x0A00'0002;
    const std::uint32_t client_port = 20'000 + streams_, server_port = 1'883;
    std::vector<std::uint8_t> out;
    // IPv4: version and header length, total length, id, no fragments, lifetime, TCP, checksum, addresses
    put(out, 0x4500, 2), put(out, static_cast<std::uint32_t>(40 + payload.size()), 2), put(out, packets_ & 0xFFFF, 2), put(out, 0x4000, 2), put(out, 0x4006, 2), put(out, 0, 2);
    put(out, from_client ? client : server, 4), put(out, from_client ? server : client, 4);
    patch(out, 10, folded(sum(out, 0)));
    // TCP: ports, sequence, acknowledgement, header length and flags, window, checksum, urgent pointer
    put(out, from_client ? client_port : server_port, 2), put(out, from_client ? server_port : client_port, 2);
    put(out, next_[from_client ? 0 : 1], 4), put(out, flags & ack ? next_[from_client ? 1 : 0] : 0, 4);
    put(out, 0x5000 | flags, 2), put(out, 65'535, 2), put(out, 0, 4);
    for (const std::byte byte : payload) out.push_back(std::to_integer<std::uint8_t>(byte));
    const std::uint32_t pseudo = (client >> 16) + (client & 0xFFFF) + (server >> 16) + (server & 0xFFFF) + 6 + static_cast<std::uint32_t>(out.size() - 20);
    patch(out, 36, folded(pseudo + sum(out, 20)));
    const auto size = static_cast<std::uint32_t>(out.size());
    for (const std::uint32_t word : {packets_ / 1'000, packets_ % 1'000 * 1'000, size, size}) std::fwrite(&word, sizeof word, 1, file_);
    std::fwrite(out.data(), 1, out.size(), file_);
    ++packets_;
  }

  std::FILE* file_;
  unsigned streams_ = 0;
  std::uint32_t packets_ = 0;
  std::uint32_t next_[2] = {};
};

}  // namespace mqttspan::test
