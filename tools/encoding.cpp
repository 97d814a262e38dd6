#include "encoding.hpp"

#include <array>
#include <string>

namespace mqttspan {
namespace {

std::string in_words(const error& e, protocol_version version) {
  std::array<char, max_description> room{};
  return std::string(describe(e, version, room)) + ", MQTT " + std::string(to_string(version)) + ", rule " + std::string(to_string(e.violated));
}

}  // namespace

encoding_error::encoding_error(const error& e, protocol_version version) : std::runtime_error(in_words(e, version)), cause(e) {}

std::vector<std::byte> encode(const packet& p, protocol_version version, const generate_options& options) {
  const auto size = encoded_size(p, version, options);
  if (!size) throw encoding_error(size.error(), version);
  std::vector<std::byte> bytes(*size);
  const auto written = generate(p, version, bytes, options);
  if (!written) throw encoding_error(written.error(), version);
  return bytes;
}

}  // namespace mqttspan
