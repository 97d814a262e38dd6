#include "frame_writer.hpp"

#include <cstring>

#include <wslay/wslay.h>

#include "handshake_key.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
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

frame_writer::~frame_writer() {
  if (context_ != nullptr) wslay_frame_context_free(context_);
}

bool frame_writer::put(std::uint8_t opcode, bytes_view payload) noexcept {
  const wslay_frame_callbacks callbacks{.send_callback = append, .recv_callback = nullptr, .genmask_callback = draw_mask};
  if (context_ == nullptr && wslay_frame_context_init(&context_, &callbacks, this) != 0) return false;
  wslay_frame_iocb frame{};
  frame.fin = 1;
  frame.opcode = opcode;
  frame.mask = masks_ != nullptr;
  frame.payload_length = frame.data_length = payload.size();
  frame.data = reinterpret_cast<const std::uint8_t*>(payload.data());
  return wslay_frame_send(context_, &frame) == static_cast<ssize_t>(payload.size());
}

std::ptrdiff_t frame_writer::append(const std::uint8_t* bytes, std::size_t size, int, void* to) noexcept {
  frame_writer& self = *static_cast<frame_writer*>(to);
  if (size > self.out_.size() - self.size_) return -1;
  std::memcpy(self.out_.data() + self.size_, bytes, size);
  self.size_ += size;
  return static_cast<std::ptrdiff_t>(size);
}

int frame_writer::draw_mask(std::uint8_t* mask, std::size_t, void* to) noexcept { return static_cast<frame_writer*>(to)->masks_->next(mask) ? 0 : -1; }

}  // namespace mqttspan::detail
