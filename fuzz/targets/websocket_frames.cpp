// Frames of a WebSocket peer: the same payload, answers and fault however the bytes are cut, and never more payload than bytes.
// The input: a byte of settings (bit 0: the peer masks; bit 1: small limits), one for the chunks' size, then frames.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "frame_reader.hpp"
#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

struct heard {
  std::vector<std::byte> payload;
  std::vector<std::string> pings;
  std::uint16_t fault = 0;
  std::optional<std::uint16_t> close;
  std::string reason;
};

heard read_all(bytes_view frames, const detail::frame_limits& limits, std::size_t chunk) {
  detail::frame_reader reader(limits);
  heard all;
  for (; !frames.empty() && reader.fault().status == 0 && !reader.close(); frames = frames.subspan(std::min(chunk, frames.size()))) {
    const bytes_view piece = frames.first(std::min(chunk, frames.size()));
    std::vector<std::byte> out(piece.size());
    const std::size_t size = reader.read(piece, out);
    require(size <= piece.size(), "there is no more payload than there are bytes");
    all.payload.insert(all.payload.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
    if (auto ping = reader.take_ping()) all.pings.push_back(std::move(*ping));
  }
  all.fault = reader.fault().status;
  all.close = reader.close();
  all.reason = reader.close_reason();
  return all;
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size < 2 || size > 4096) return -1;
  detail::frame_limits limits{.is_masked = (data[0] & 1) != 0, .max_frame_size = 1 << 20};
  if ((data[0] & 2) != 0) limits.max_frame_size = 100, limits.max_message_size = 150;
  const bytes_view frames = fuzz::input_of(data + 2, size - 2);
  const fuzz::heard single = fuzz::read_all(frames, limits, 1), cut = fuzz::read_all(frames, limits, data[1] + std::size_t{2});
  fuzz::require(single.payload == cut.payload && single.fault == cut.fault && single.close == cut.close && single.reason == cut.reason, "chunks make no difference");
  fuzz::observe(bytes_view(single.payload));
  fuzz::observe(single.fault);
  fuzz::observe(single.close.value_or(0));
  for (const std::string& ping : single.pings) fuzz::observe(as_bytes(ping));
  return 0;
}
