#include "wire_tap.hpp"

#include <cstdio>
#include <string>

#include <mqttspan/codec/error.hpp>

#include "packet_stream.hpp"
#include "summary.hpp"

namespace mqttspan {
namespace {

class printer final : public packet_visitor {
 public:
  void packet(const sighting& seen, const mqttspan::packet& p) override { print(summary(seen, p, palette(false))); }
  void fault(const sighting& seen, const error& e) override { print(std::string(describe(e, seen.version, seen.bytes).view())); }
  void version_assumed(const sighting&) override {}

 private:
  static void print(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }
};

}  // namespace

struct wire_tap::state {
  printer shown;
  conversation both{{}, true};
  packet_stream sent{both, shown, sender::client, 0};
  packet_stream received{both, shown, sender::server, 0};
};

wire_tap::wire_tap(any_transport lower) : lower_(std::move(lower)), state_(std::make_unique<state>()) {}
wire_tap::wire_tap(wire_tap&&) noexcept = default;
wire_tap& wire_tap::operator=(wire_tap&&) noexcept = default;
wire_tap::~wire_tap() = default;

transfer wire_tap::read_some(std::span<std::byte> into) noexcept {
  const transfer t = lower_.read_some(into);
  if (t.outcome == progress::moved) state_->received.push(into.first(t.size), 0);
  return t;
}

transfer wire_tap::write_some(bytes_view from) noexcept {
  const transfer t = lower_.write_some(from);
  if (t.outcome == progress::moved) state_->sent.push(from.first(t.size), 0);
  return t;
}

}  // namespace mqttspan
