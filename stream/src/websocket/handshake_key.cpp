#include "handshake_key.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

constexpr std::string_view guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3

std::string base64(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, 64> text{};  // for up to 46 bytes, and a zero
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

constexpr bool is_base64_character(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/';
}

}  // namespace

bool fill_randomly(std::span<std::uint8_t> bytes) noexcept { return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1; }

std::string make_handshake_key() {
  std::array<std::uint8_t, 16> nonce{};
  return fill_randomly(nonce) ? base64(nonce) : std::string();
}

bool is_handshake_key(std::string_view key) noexcept {
  return key.size() == 24 && key.substr(22) == "==" && std::all_of(key.begin(), key.begin() + 22, is_base64_character);
}

std::string accept_for(std::string_view key) {
  const std::string text = std::string(key).append(guid);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
  return base64(std::span(digest).first(size));
}

}  // namespace mqttspan::detail
