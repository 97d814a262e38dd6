// What happened in one probe, in words and bytes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/version.hpp>

#include "../report/result.hpp"

namespace mqttspan::conformance {

/// Bytes as the packets in them, in words; what is wrong with them where no packet can be read.
std::string in_words(std::string_view bytes, protocol_version version, sender from);
/// One packet in words.
std::string in_words(const packet& p, protocol_version version);

/// Collects the exchanges of one probe. Of long packets, and of very many, it keeps the beginning.
class journal {
 public:
  void bytes(const std::string& connection, bool from_peer, std::string_view bytes, std::string text);
  void event(const std::string& connection, bool from_peer, std::string text);
  std::vector<exchange> take() { return std::move(log_); }
  const std::vector<exchange>& entries() const noexcept { return log_; }

 private:
  exchange& add(const std::string& connection, bool from_peer, std::string text);

  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::vector<exchange> log_;
};

}  // namespace mqttspan::conformance
