// What a stream of bytes must give, told by the codec's parse over the whole of it: no chunks, no state between packets but the version.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mqttspan/stream/stream_parser.hpp>

namespace mqttspan::test {

/// One event; the chunks of a payload are one.
struct happening {
  enum event::kind what;
  std::uint64_t packet_at;     ///< stream position of the packet's first byte
  std::size_t size = 0;        ///< of the packet, with `packet` and `publish_begin`
  mqttspan::packet packet{};   ///< of `packet`, and the head of `publish_begin`; views point into the stream
  std::uint32_t payload_size = 0;
  bytes_view payload{};
  struct error error{};
  protocol_version version{};  ///< from this event on
};

struct story {
  std::vector<happening> events;
  bool may_end;
};

/// The stream's bytes must outlive the story.
story told(bytes_view stream, const stream_options& options, std::size_t carry_size);

std::string to_string(const happening&);

}  // namespace mqttspan::test
