// The transport: moves bytes between the lower transport, the handshake, and the frames.
#include <mqttspan/websocket/websocket.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>
#include <type_traits>

#include "frame_reader.hpp"
#include "frame_writer.hpp"
#include "handshake.hpp"
#include "packet_ends.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

using detail::frame_reader;
using detail::mask_source;
namespace close_status = detail::close_status;
namespace opcode = detail::opcode;

namespace {

// Raw bytes that one call reads in vain, empty frames and pings, before it lets others have their turn.
constexpr std::size_t patience = 16'384;

template <class Options>
constexpr bool is_client = std::is_same_v<Options, websocket_client_options>;

template <class Options>
detail::frame_limits limits_of(const Options& o) noexcept {
  return {.is_masked = !is_client<Options>, .max_frame_size = o.max_frame_size, .max_message_size = o.max_message_size};
}

}  // namespace

struct websocket_transport::state {
  enum class frame_fault : std::uint8_t { none, no_memory, no_randomness };

  template <class Options>
  state(any_transport transport, Options options)
      : lower(std::move(transport)), reader(limits_of(options)), masks(is_client<Options> ? std::make_unique<mask_source>() : nullptr) {
    opening = std::make_unique<detail::handshake>(std::move(options));
  }

  transfer read_some(std::span<std::byte> into) noexcept;
  transfer write_some(bytes_view from) noexcept;
  transfer shut_down() noexcept;
  bool has_pending() const noexcept;

  transfer open() noexcept;
  transfer write_handshake() noexcept;
  transfer read_handshake() noexcept;
  transfer finish_handshake() noexcept;
  transfer read_raw(std::span<std::byte> into) noexcept;
  void hear() noexcept;
  transfer finish() noexcept;
  transfer flush() noexcept;
  transfer flush_frame() noexcept;
  bool stage(std::uint8_t op, bytes_view payload) noexcept;
  transfer put_messages(bytes_view payload) noexcept;
  std::size_t write_frames(bytes_view payload, std::span<std::byte> out) noexcept;
  void note_frame_fault() noexcept;
  void owe_close(std::uint16_t status) noexcept;
  // The first reason stays: views of it are good as long as we are.
  transfer fail(std::string why) noexcept {
    if (failure.empty()) failure = std::move(why);
    return {progress::failed};
  }
  transfer fail_below() noexcept { return fail(std::string(lower.failure())); }
  // Short enough to need no memory.
  transfer fail_to_write() noexcept {
    if (frame_failure == frame_fault::none) return fail_below();
    return fail(frame_failure == frame_fault::no_randomness ? "no random bytes" : "out of memory");
  }

  any_transport lower;
  std::unique_ptr<detail::handshake> opening;  // until it is done
  std::string early;                           // raw bytes behind the peer's head
  frame_reader reader;
  std::unique_ptr<mask_source> masks;          // a client's

  // What is left of the frames that the lower transport did not take at once.
  std::unique_ptr<std::byte[]> frame;
  std::size_t frame_begin = 0;
  std::size_t frame_end = 0;
  std::size_t promised = 0;             // payload of the frames whose writing we have not reported
  detail::packet_ends ends;             // of what is written
  std::optional<std::string> ping;      // to be answered
  std::uint16_t close_owed = 0;         // a close to be sent, with this status
  bool is_close_sent = false;
  bool is_over = false;                 // nothing more is read: the peer's close, or a fault
  bool is_failed = false;               // and not in good order
  bool is_told = false;                 // the caller knows, or knows what to wait for
  bool is_impatient = false;            // there may be more to read
  frame_fault frame_failure = frame_fault::none;  // why a frame of ours could not be made
  std::string failure;
  websocket_request request;
};

transfer websocket_transport::state::read_some(std::span<std::byte> into) noexcept {
  if (const transfer t = open(); t.outcome != progress::moved) return t;
  is_impatient = false;
  for (std::size_t spent = 0; spent < patience;) {
    if (is_over) return finish();
    const transfer t = read_raw(into);
    if (t.outcome != progress::moved) {
      if (t.outcome == progress::wants_read) static_cast<void>(flush());  // a pong that had to wait; reading does not wait for it
      return t;
    }
    const std::size_t size = reader.read(into.first(t.size), into);
    hear();
    if (!is_over) static_cast<void>(flush());
    if (size != 0) return {progress::moved, size};
    spent += t.size;
  }
  is_impatient = true;
  return {progress::wants_read};
}

transfer websocket_transport::state::read_raw(std::span<std::byte> into) noexcept {
  if (!early.empty()) {
    const std::size_t size = std::min(into.size(), early.size());
    std::memcpy(into.data(), early.data(), size);
    if (size == early.size()) std::string().swap(early);
    else early.erase(0, size);
    return {progress::moved, size};
  }
  const transfer t = lower.read_some(into);
  if (t.outcome == progress::failed) return fail_below();
  if (t.outcome == progress::end) return fail("the peer ended the connection without a close frame");
  return t;
}

// What the peer said besides messages.
void websocket_transport::state::hear() noexcept {
  if (std::optional<std::string> latest = reader.take_ping()) ping = std::move(latest);
  if (reader.fault().status != 0) {
    static_cast<void>(fail(std::string(reader.fault().text)));
    is_over = is_failed = true;
    owe_close(reader.fault().status);
  } else if (const std::optional<std::uint16_t> status = reader.close()) {
    is_over = true;
    is_failed = *status != close_status::normal && *status != close_status::going_away && *status != close_status::none;
    std::string why = "the peer closed the WebSocket";
    if (*status != close_status::none) why.append(" with ").append(std::to_string(*status));
    if (!reader.close_reason().empty()) why.append(": ").append(reader.close_reason());
    static_cast<void>(fail(std::move(why)));
    owe_close(*status);
  }
}

void websocket_transport::state::owe_close(std::uint16_t status) noexcept {
  if (!is_close_sent && close_owed == 0) close_owed = status;
}

// The peer hears why it is over before our caller does, who will then close.
transfer websocket_transport::state::finish() noexcept {
  is_told = true;
  const transfer t = flush();
  if (t.outcome == progress::wants_read || t.outcome == progress::wants_write) return t;
  return {is_failed ? progress::failed : progress::end};
}

transfer websocket_transport::state::write_some(bytes_view from) noexcept {
  if (const transfer t = open(); t.outcome != progress::moved) return t;
  if (is_over) return {progress::failed};
  if (is_close_sent || close_owed != 0) return fail("the WebSocket is shut down");
  if (const transfer t = flush(); t.outcome != progress::moved) return t.outcome == progress::failed ? fail_to_write() : t;
  if (promised == 0 && !from.empty()) {
    if (const transfer t = put_messages(from); t.outcome != progress::moved) return t;
  }
  return {progress::moved, std::exchange(promised, 0)};
}

transfer websocket_transport::state::put_messages(bytes_view payload) noexcept {
  std::array<std::byte, max_written_payload + detail::max_frame_head> whole;  // not cleared: most frames are small
  const std::size_t size = write_frames(payload, whole);
  if (size == 0) {
    note_frame_fault();
    return fail_to_write();
  }
  transfer t{progress::moved};
  std::size_t written = 0;
  while (written != size && t.outcome == progress::moved) {
    t = lower.write_some(std::span(whole).subspan(written, size - written));
    written += t.size;
  }
  if (t.outcome == progress::failed) return fail_below();
  if (written == size) return {progress::moved};
  frame.reset(new (std::nothrow) std::byte[size - written]);
  if (!frame) {
    is_over = is_failed = is_close_sent = true;  // the frame is cut, and nothing can follow it
    frame_failure = frame_fault::no_memory;
    return fail_to_write();
  }
  std::memcpy(frame.get(), whole.data() + written, size - written);
  frame_begin = 0;
  frame_end = size - written;
  return t;
}

// A frame a packet, as long as there is room: there are clients that look at the second packet of a frame only when more bytes come. `promised` says how far we came.
std::size_t websocket_transport::state::write_frames(bytes_view payload, std::span<std::byte> out) noexcept {
  detail::frame_writer frames(masks.get(), out);
  while (promised != payload.size() && frames.room() != 0) {
    const bytes_view rest = payload.subspan(promised);
    const bytes_view piece = rest.first(ends.take(rest.first(std::min(rest.size(), frames.room()))));
    if (!frames.put(opcode::binary, piece)) return 0;
    promised += piece.size();
  }
  return frames.size();
}

// A control frame, to be flushed.
bool websocket_transport::state::stage(std::uint8_t op, bytes_view payload) noexcept {
  const std::size_t room = payload.size() + detail::max_frame_head;
  frame.reset(new (std::nothrow) std::byte[room]);
  frame_begin = 0;
  frame_end = 0;
  if (frame) {
    detail::frame_writer to(masks.get(), {frame.get(), room});
    if (to.put(op, payload)) frame_end = to.size();
  }
  if (frame_end != 0) return true;
  frame.reset();
  note_frame_fault();
  return false;
}

void websocket_transport::state::note_frame_fault() noexcept { frame_failure = masks && masks->is_dry() ? frame_fault::no_randomness : frame_fault::no_memory; }

// Writes all that we owe: the rest of a frame, then a pong, then a close. Leaves it to the caller to say why it failed: reading does not.
transfer websocket_transport::state::flush() noexcept {
  for (;;) {
    if (const transfer t = flush_frame(); t.outcome != progress::moved) return t;
    if (is_close_sent) return {progress::moved};
    if (ping) {
      const std::string payload = *std::exchange(ping, std::nullopt);
      if (!stage(opcode::pong, as_bytes(payload))) return {progress::failed};
    } else if (close_owed != 0) {
      const std::byte status[] = {static_cast<std::byte>(close_owed >> 8), static_cast<std::byte>(close_owed & 0xFF)};
      const bool has_status = close_owed != close_status::none;
      is_close_sent = true;
      if (!stage(opcode::close, std::span(status).first(has_status ? 2 : 0))) return {progress::failed};
    } else {
      return {progress::moved};
    }
  }
}

transfer websocket_transport::state::flush_frame() noexcept {
  while (frame) {
    const transfer t = lower.write_some({frame.get() + frame_begin, frame_end - frame_begin});
    if (t.outcome != progress::moved) return t;
    frame_begin += t.size;
    if (frame_begin == frame_end) frame.reset();
  }
  return {progress::moved};
}

transfer websocket_transport::state::shut_down() noexcept {
  if (opening) return lower.shut_down();
  owe_close(close_status::normal);
  const transfer t = flush();
  if (t.outcome == progress::failed) return fail_to_write();
  return t.outcome == progress::moved && is_over ? lower.shut_down() : t;
}

// Never while only writing helps: who looks at this before waiting must not be kept from it.
bool websocket_transport::state::has_pending() const noexcept {
  if (opening) return opening->output().empty() && lower.has_pending();
  if (is_over) return !is_told;
  return !early.empty() || is_impatient || lower.has_pending();
}

transfer websocket_transport::state::open() noexcept {
  while (opening) {
    transfer t{progress::moved};
    if (!opening->output().empty()) t = write_handshake();
    else if (opening->wants_input()) t = read_handshake();
    else t = finish_handshake();
    if (t.outcome != progress::moved) return t;
  }
  return {progress::moved};
}

transfer websocket_transport::state::write_handshake() noexcept {
  const transfer t = lower.write_some(opening->output());
  if (t.outcome == progress::failed) return opening->failure().empty() ? fail_below() : fail(opening->failure());
  opening->consume_output(t.size);
  return t;
}

transfer websocket_transport::state::read_handshake() noexcept {
  std::array<std::byte, 1024> raw;
  const transfer t = lower.read_some(raw);
  if (t.outcome == progress::failed) return fail_below();
  if (t.outcome == progress::end) {
    opening->end_of_input();
    return {progress::moved};
  }
  const std::size_t taken = opening->take(std::span(raw).first(t.size));
  early.append(as_text(std::span(raw).subspan(taken, t.size - taken)));
  return t;
}

transfer websocket_transport::state::finish_handshake() noexcept {
  if (!opening->failure().empty()) return fail(opening->failure());
  request = std::move(opening->request());
  opening.reset();
  return {progress::moved};
}

websocket_transport::websocket_transport(any_transport lower, websocket_client_options options) : state_(std::make_unique<state>(std::move(lower), std::move(options))) {}
websocket_transport::websocket_transport(any_transport lower, websocket_server_options options) : state_(std::make_unique<state>(std::move(lower), std::move(options))) {}
websocket_transport::websocket_transport(websocket_transport&&) noexcept = default;
websocket_transport& websocket_transport::operator=(websocket_transport&&) noexcept = default;
websocket_transport::~websocket_transport() = default;

transfer websocket_transport::read_some(std::span<std::byte> into) noexcept { return state_->read_some(into); }
transfer websocket_transport::write_some(bytes_view from) noexcept { return state_->write_some(from); }
transfer websocket_transport::shut_down() noexcept { return state_->shut_down(); }
bool websocket_transport::has_pending() const noexcept { return state_->has_pending(); }
std::string_view websocket_transport::failure() const noexcept { return state_->failure; }
bool websocket_transport::is_open() const noexcept { return state_->opening == nullptr; }
const websocket_request& websocket_transport::request() const noexcept { return state_->request; }

}  // namespace mqttspan
