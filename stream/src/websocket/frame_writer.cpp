#include "frame_writer.hpp"

#include <cstring>

#include <wslay/wslay.h>

#include "handshake_key.hpp"

namespace mqttspan::detail {
namespace {

struct sink {
  std::span<std::byte> out;
  mask_source* masks;
  std::size_t written = 0;
};

ssize_t append(const std::uint8_t* bytes, std::size_t size, int, void* to) noexcept {
  sink& s = *static_cast<sink*>(to);
  if (size > s.out.size() - s.written) return -1;
  std::memcpy(s.out.data() + s.written, bytes, size);
  s.written += size;
  return static_cast<ssize_t>(size);
}

int draw_mask(std::uint8_t* mask, std::size_t, void* to) noexcept { return static_cast<sink*>(to)->masks->next(mask) ? 0 : -1; }

}  // namespace

bool mask_source::next(std::uint8_t* mask) noexcept {
  if (left_ == 0) {
    is_dry_ = !fill_randomly(drawn_);
    if (is_dry_) return false;
    left_ = drawn_.size();
  }
  left_ -= 4;
  std::memcpy(mask, drawn_.data() + left_, 4);
  return true;
}

std::size_t write_frame(std::uint8_t opcode, bytes_view payload, mask_source* masks, std::span<std::byte> out) noexcept {
  sink to{.out = out, .masks = masks};
  const wslay_frame_callbacks callbacks{.send_callback = append, .recv_callback = nullptr, .genmask_callback = draw_mask};
  wslay_frame_context_ptr context = nullptr;
  if (wslay_frame_context_init(&context, &callbacks, &to) != 0) return 0;
  wslay_frame_iocb frame{};
  frame.fin = 1;
  frame.opcode = opcode;
  frame.mask = masks != nullptr;
  frame.payload_length = frame.data_length = payload.size();
  frame.data = reinterpret_cast<const std::uint8_t*>(payload.data());
  const ssize_t sent = wslay_frame_send(context, &frame);
  wslay_frame_context_free(context);
  return sent == static_cast<ssize_t>(payload.size()) ? to.written : 0;
}

}  // namespace mqttspan::detail
