// A codec such as one writes on a Sunday: PUBLISH of 3.1.1 alone, every field a container of its own, nothing validated. It shows how another codec is put beside ours, and what allocation costs.
#include <optional>
#include <string>
#include <utility>

#include "../beside.hpp"

namespace {

using mqttspan::bench::workload;

struct message {
  unsigned flags = 0;
  unsigned packet_id = 0;
  std::string topic;
  std::vector<std::byte> payload;
};

bool has_packet_id(unsigned flags) { return (flags & 6) != 0; }

// 30 2c | 00 18 topic | packet id, with QoS 1 and 2 | payload
std::optional<message> read(mqttspan::bytes_view& rest) {
  std::size_t at = 0, length = 0;
  const auto next = [&] { return at < rest.size() ? std::to_integer<unsigned>(rest[at++]) : 0u; };
  message m;
  const unsigned first = next();
  if (first >> 4 != 3) return std::nullopt;
  m.flags = first & 15;
  for (unsigned shift = 0, byte = 128; byte & 128 && shift < 28; shift += 7) length |= ((byte = next()) & 127u) << shift;
  const std::size_t end = at + length;
  const std::size_t topic = next() << 8 | next();
  const std::size_t behind = at + topic + (has_packet_id(m.flags) ? 2 : 0);
  if (end > rest.size() || behind > end) return std::nullopt;
  m.topic = mqttspan::as_text(rest.subspan(at, topic));
  at += topic;
  if (has_packet_id(m.flags)) m.packet_id = next() << 8, m.packet_id |= next();
  m.payload.assign(rest.begin() + static_cast<std::ptrdiff_t>(at), rest.begin() + static_cast<std::ptrdiff_t>(end));
  rest = rest.subspan(end);
  return m;
}

void write(const message& m, std::vector<std::byte>& out) {
  const auto put = [&out](std::size_t byte) { out.push_back(static_cast<std::byte>(byte & 255)); };
  put(0x30 | m.flags);
  std::size_t left = 2 + m.topic.size() + (has_packet_id(m.flags) ? 2 : 0) + m.payload.size();
  for (; left > 127; left >>= 7) put(left | 128);
  put(left);
  put(m.topic.size() >> 8), put(m.topic.size());
  for (const char c : m.topic) put(static_cast<unsigned char>(c));
  if (has_packet_id(m.flags)) put(m.packet_id >> 8), put(m.packet_id);
  out.insert(out.end(), m.payload.begin(), m.payload.end());
}

bool knows(const workload& stream) {
  if (stream.version != mqttspan::protocol_version::v3_1_1) return false;
  for (std::size_t i = 0; i < stream.packets(); ++i)
    if (std::to_integer<unsigned>(stream.packet(i).front()) >> 4 != 3) return false;
  return true;
}

std::function<std::uint64_t()> decoder(const workload& stream) {
  if (!knows(stream)) return nullptr;
  return [&stream] {
    mqttspan::bench::checksum sum;
    for (mqttspan::bytes_view rest = stream.bytes; !rest.empty();) {
      const auto m = read(rest);
      if (!m) return mqttspan::bench::refused;
      sum.text(m->topic);
      sum.integer(m->packet_id + (m->flags >> 1 & 3) + (m->flags & 1) + (m->flags >> 3));
      sum.bytes(m->payload);
    }
    return sum.value();
  };
}

std::function<std::uint64_t(std::span<std::byte>)> generator(const workload& stream) {
  if (!knows(stream)) return nullptr;
  std::vector<message> messages;
  for (mqttspan::bytes_view rest = stream.bytes; !rest.empty();) {
    auto m = read(rest);
    if (!m) return nullptr;
    messages.push_back(std::move(*m));
  }
  return [messages = std::move(messages)](std::span<std::byte> out) {
    std::size_t written = 0;
    for (const message& m : messages) {
      std::vector<std::byte> bytes;
      write(m, bytes);
      std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(written));
      written += bytes.size();
    }
    return std::uint64_t{written};
  };
}

[[maybe_unused]] const bool known = mqttspan::bench::add_beside({"toy", decoder, generator});

}  // namespace
