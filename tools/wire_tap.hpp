// A transport that shows the packets that pass through it.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <mqttspan/stream/transport.hpp>

namespace mqttspan {

/// A client's transport over another one. Each packet, of both directions, goes to standard error as `mqttspan decode` shows it; what is no packet, too.
class wire_tap {
 public:
  explicit wire_tap(any_transport lower);
  wire_tap(wire_tap&&) noexcept;
  wire_tap& operator=(wire_tap&&) noexcept;
  ~wire_tap();

  transfer read_some(std::span<std::byte> into) noexcept;
  transfer write_some(bytes_view from) noexcept;
  transfer shut_down() noexcept { return lower_.shut_down(); }
  bool has_pending() const noexcept { return lower_.has_pending(); }
  std::string_view failure() const noexcept { return lower_.failure(); }

 private:
  struct state;
  any_transport lower_;
  std::unique_ptr<state> state_;
};
static_assert(transport<wire_tap>);

}  // namespace mqttspan
