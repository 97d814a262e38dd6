#include "mutation.hpp"

#include <array>

namespace mqttspan::conformance::reference {
namespace {

// Bytes that mean something: bounds, wildcards, UTF-8 leads, continuation bytes, property identifiers.
constexpr std::array<std::uint8_t, 48> telling = {0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0b, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x15,
                                                  0x16, 0x17, 0x18, 0x19, 0x1a, 0x1c, 0x1f, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29,
                                                  0x2a, 0x2b, 0x2f, 0x61, 0x7f, 0x80, 0x81, 0x9f, 0xa0, 0xbf, 0xc0, 0xc3, 0xed, 0xef, 0xf0, 0xff};

}  // namespace

// splitmix64
std::size_t mutator::below(std::size_t bound) {
  state_ += 0x9E3779B97F4A7C15;
  std::uint64_t z = state_;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return static_cast<std::size_t>((z ^ z >> 31) % bound);
}

std::uint8_t mutator::telling_byte() { return below(4) == 0 ? static_cast<std::uint8_t>(below(256)) : telling[below(telling.size())]; }

void mutator::change(bytes& body) {
  const std::size_t at = body.empty() ? 0 : below(body.size());
  const auto place = body.begin() + static_cast<std::ptrdiff_t>(at);
  switch (body.empty() ? 0 : below(6)) {
    case 0: body.insert(place, telling_byte()); return;
    case 1: body.erase(place); return;
    case 2: body.resize(at); return;
    case 3: body[at] = static_cast<std::uint8_t>(body[at] ^ 1U << below(8)); return;
    default: body[at] = telling_byte(); return;
  }
}

bytes mutator::mutated(const bytes& packet) {
  bytes body = body_of(packet);
  for (std::size_t times = 1 + below(3); times > 0; --times) change(body);
  const std::uint8_t first = below(8) == 0 ? static_cast<std::uint8_t>(below(256)) : packet[0];
  bytes result = with_length(first, body);
  if (below(16) == 0) result[1] = static_cast<std::uint8_t>(below(256));
  if (below(16) == 0) result.resize(below(result.size()) + 1);
  if (below(16) == 0) result.push_back(telling_byte());
  return result;
}

bytes with_length(std::uint8_t first, const bytes& body) {
  bytes result = {first};
  std::size_t rest = body.size();
  do {
    result.push_back(static_cast<std::uint8_t>(rest % 128 + (rest >= 128 ? 128 : 0)));
    rest /= 128;
  } while (rest > 0);
  result.insert(result.end(), body.begin(), body.end());
  return result;
}

bytes body_of(const bytes& packet) { return {packet.begin() + 2, packet.end()}; }

}  // namespace mqttspan::conformance::reference
