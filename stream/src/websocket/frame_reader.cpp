// wslay takes the frames apart: lengths, masks, the form of control frames. It shows a head only together with payload, and knows neither roles nor messages; so the
// head's bytes are fed to it alone, and judged here before any of the payload is.
#include "frame_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include <wslay/wslay.h>

#include <mqttspan/codec/utf8.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

struct free_context {
  void operator()(wslay_frame_context* c) const noexcept { wslay_frame_context_free(c); }
};

// What RFC 6455 lets a peer say, 7.4; 3000 and above belong to libraries and applications.
bool is_sendable(unsigned status) noexcept {
  return (status >= 1000 && status <= 1014 && status != 1004 && status != 1005 && status != 1006) || (status >= 3000 && status <= 4999);
}

}  // namespace

// bits<1> size<1> extended_size<0|2|8> mask<0|4> payload<size>
struct frame_reader::flight {
  std::unique_ptr<wslay_frame_context, free_context> context;
  bytes_view raw;          // not yet fed
  std::uint64_t left = 0;  // of the payload
  std::array<std::byte, max_frame_head> head{};
  std::array<std::byte, max_control_payload> control{};
  std::uint8_t head_size = 0;
  std::uint8_t control_size = 0;
  bool is_judged = false;

  unsigned bits(std::size_t at) const noexcept { return std::to_integer<unsigned>(head[at]); }
  bool is_final() const noexcept { return (bits(0) & 0x80) != 0; }
  unsigned reserved_bits() const noexcept { return bits(0) & 0x70; }
  std::uint8_t op() const noexcept { return static_cast<std::uint8_t>(bits(0) & 0x0F); }
  bool is_masked() const noexcept { return (bits(1) & 0x80) != 0; }
  unsigned short_size() const noexcept { return bits(1) & 0x7F; }
  std::size_t extended_size() const noexcept { return short_size() < 126 ? 0 : short_size() == 126 ? 2 : 8; }
  std::size_t head_length() const noexcept { return head_size < 2 ? 2 : 2 + extended_size() + (is_masked() ? 4 : 0); }
  bool is_head_complete() const noexcept { return head_size == head_length() && head_size >= 2; }
  bool is_between_frames() const noexcept { return head_size == 0; }
  std::uint64_t payload_size() const noexcept {
    std::uint64_t size = extended_size() == 0 ? short_size() : 0;
    for (std::size_t i = 0; i < extended_size(); ++i) size = size << 8 | bits(2 + i);
    return size;
  }
};

frame_reader::frame_reader(const frame_limits& limits) noexcept : limits_(limits) {}
frame_reader::~frame_reader() = default;

std::size_t frame_reader::read(bytes_view raw, std::span<std::byte> out) noexcept {
  if (is_over()) return 0;
  if (!flight_ && !take_off()) {
    fault_ = {close_status::internal_error, "out of memory"};
    return 0;
  }
  flight_->raw = raw;
  std::size_t written = 0;
  while (!is_over() && read_on(out, written)) {}
  if (is_over() || flight_->is_between_frames()) flight_.reset();
  return written;
}

bool frame_reader::take_off() noexcept {
  flight_.reset(new (std::nothrow) flight);
  if (!flight_) return false;
  wslay_frame_callbacks callbacks{};
  callbacks.recv_callback = [](std::uint8_t* into, std::size_t size, int flags, void* of) -> ssize_t { return feed(into, size, flags, of); };
  wslay_frame_context_ptr context = nullptr;
  if (wslay_frame_context_init(&context, &callbacks, flight_.get()) == 0) flight_->context.reset(context);
  else flight_.reset();
  return flight_ != nullptr;
}

// Never beyond the head before it is judged, never beyond the frame: so wslay has nothing left when a frame ends.
std::ptrdiff_t frame_reader::feed(std::uint8_t* into, std::size_t size, int, void* of) noexcept {
  flight& f = *static_cast<flight*>(of);
  const bool is_head = !f.is_head_complete();
  const std::uint64_t wanted = is_head ? f.head_length() - f.head_size : f.left;  // 0 until it is judged
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>({wanted, size, f.raw.size()}));
  if (n == 0) return -1;
  std::memcpy(into, f.raw.data(), n);
  if (is_head) {
    std::memcpy(f.head.data() + f.head_size, f.raw.data(), n);
    f.head_size = static_cast<std::uint8_t>(f.head_size + n);
  }
  f.raw = f.raw.subspan(n);
  return static_cast<std::ptrdiff_t>(n);
}

// A step: a head, or a piece of payload. False where there are no more raw bytes.
bool frame_reader::read_on(std::span<std::byte> out, std::size_t& written) noexcept {
  flight& f = *flight_;
  wslay_frame_iocb piece{};
  const std::ptrdiff_t size = wslay_frame_recv(f.context.get(), &piece);
  if (size < 0 && size != WSLAY_ERR_WANT_READ) fault_ = fault_of_wslay();
  const bool is_news = !f.is_judged && f.is_head_complete();
  if (is_news && !is_over()) judge();
  if (is_over()) return false;
  if (size < 0) return is_news;
  if (is_control_frame(f.op())) {
    std::copy_n(reinterpret_cast<const std::byte*>(piece.data), piece.data_length, f.control.data() + f.control_size);
    f.control_size = static_cast<std::uint8_t>(f.control_size + piece.data_length);
  } else {
    std::copy_n(reinterpret_cast<const std::byte*>(piece.data), piece.data_length, out.data() + written);
    written += piece.data_length;
  }
  f.left -= piece.data_length;
  if (f.left == 0) end_frame();
  return true;
}

void frame_reader::judge() noexcept {
  flight& f = *flight_;
  fault_ = fault_of_head();
  f.is_judged = true;
  f.left = f.payload_size();
  if (fault_.status != 0 || is_control_frame(f.op())) return;
  message_size_ += f.left;
  is_in_message_ = true;
}

frame_fault frame_reader::fault_of_head() const noexcept {
  const flight& f = *flight_;
  const std::uint8_t op = f.op();
  const std::uint64_t size = f.payload_size();
  using namespace close_status;
  if (f.reserved_bits() != 0) return {protocol_error, "a frame's reserved bit is set"};
  if (op > (is_control_frame(op) ? opcode::pong : opcode::binary)) return {protocol_error, "a frame's opcode is reserved"};
  if (f.is_masked() != limits_.is_masked) return {protocol_error, limits_.is_masked ? "a client's frame is not masked" : "a server's frame is masked"};
  if (is_control_frame(op)) return {};
  if (op == opcode::text) return {unsupported_data, "a text frame, where MQTT has binary frames only"};  // [3.1.1/MQTT-6.0.0-1] [5.0/MQTT-6.0.0-1]
  if (op == opcode::continuation && !is_in_message_) return {protocol_error, "a continuation frame without a message to continue"};
  if (op == opcode::binary && is_in_message_) return {protocol_error, "a message begins within another"};
  if (size > limits_.max_frame_size) return {too_big, "a frame is too large"};
  if (limits_.max_message_size != 0 && size > limits_.max_message_size - std::min(message_size_, limits_.max_message_size)) return {too_big, "a message is too large"};
  return {};
}

frame_fault frame_reader::fault_of_wslay() const noexcept {
  if (is_control_frame(flight_->op())) return {close_status::protocol_error, "a control frame is fragmented or longer than 125 bytes"};
  return {close_status::protocol_error, "a frame's length is not in its shortest form, or above 2^63"};
}

void frame_reader::end_frame() noexcept {
  flight& f = *flight_;
  const std::string_view control(reinterpret_cast<const char*>(f.control.data()), f.control_size);
  if (f.op() == opcode::close) return end_close();
  if (f.op() == opcode::ping) {
    ping_.assign(control);
    has_ping_ = true;
  }
  if (!is_control_frame(f.op()) && f.is_final()) {
    is_in_message_ = false;
    message_size_ = 0;
  }
  f.head_size = f.control_size = 0;
  f.is_judged = false;
}

// status<2>? reason<rest>
void frame_reader::end_close() noexcept {
  const flight& f = *flight_;
  if (f.control_size == 0) {
    close_ = close_status::none;
    return;
  }
  const std::string_view reason(reinterpret_cast<const char*>(f.control.data()) + 2, f.control_size < 2 ? 0u : f.control_size - 2u);
  const unsigned status = f.control_size < 2 ? 0 : load_be16(f.control.data());
  if (!is_sendable(status)) fault_ = {close_status::protocol_error, "a close frame's status is not one to be sent"};
  else if (!is_well_formed_utf8(reason)) fault_ = {close_status::invalid_payload, "a close frame's reason is not well-formed UTF-8"};
  if (fault_.status != 0) return;
  close_ = static_cast<std::uint16_t>(status);
  close_reason_.assign(reason);
}

std::optional<std::string> frame_reader::take_ping() noexcept {
  if (!has_ping_) return std::nullopt;
  has_ping_ = false;
  return std::exchange(ping_, {});
}

}  // namespace mqttspan::detail
