// A message sent with a borrowed payload is written with the same bytes as a copied one, in whatever pieces it is taken; identifiers, quota and refusals are the same. The input: choices.
#include <algorithm>
#include <string>

#include <mqttspan/stream/connection.hpp>

#include "generators.hpp"
#include "packet_input.hpp"

namespace mqttspan::fuzz {
namespace {

using test::byte_entropy;

constexpr instant now{1'000};

// An end of a connection that has come to its CONNACK.
class end {
 public:
  end(sender self, protocol_version version, const connection_options& options) : line_(self, now, options) {
    const packet hello = connect{.version = version, .client_id = "c"}, welcome = connack{};
    const bool is_client = self == sender::client;
    if (is_client) send(hello);
    const std::vector<std::byte> from_peer = generated(is_client ? welcome : hello, version, {});
    require(line_.receive(from_peer, now), "a fresh connection takes bytes");
    while (line_.next_event().kind() != connection_event_kind::nothing) {}
    if (!is_client) send(welcome);
    taken_.clear();
    require(line_.self() == self && line_.phase() == connection_phase::connected, "it is connected");
    observe(line_.keep_alive());
  }

  connection& line() { return line_; }
  const std::string& taken() const { return taken_; }

  void take(std::size_t most) {
    const bytes_view front = line_.output();
    const std::size_t n = std::min(most, front.size());
    taken_.append(reinterpret_cast<const char*>(front.data()), n);
    line_.consume_output(n, now);
  }
  void take_all() {
    while (!line_.output().empty()) take(line_.output().size());
  }

 private:
  void send(const packet& p) {
    require(line_.send(p, now).has_value(), "what opens a connection can be sent");
    take_all();
  }

  connection line_;
  std::string taken_;
};

void check(byte_entropy& choices) {
  constexpr protocol_version versions[] = {protocol_version::v5, protocol_version::v3_1_1, protocol_version::v3_1};
  const protocol_version version = versions[choices.below(3)];
  const sender self = choices.below(2) == 0 ? sender::client : sender::server;
  const connection_options options{.output_size = 256 + choices.below(1024), .send_maximum = static_cast<std::uint16_t>(1 + choices.below(4))};
  end copying(self, version, options), borrowing(self, version, options);
  const std::string payload(300, 'p');
  while (!choices.empty()) {
    const publish p{.topic = choices.below(8) == 0 ? "" : "a/b", .payload = as_bytes(std::string_view(payload).substr(0, choices.below(301))), .qos = static_cast<qos>(choices.below(4))};
    copying.take_all();
    while (borrowing.line().is_borrowing() || (choices.below(2) == 0 && !borrowing.line().output().empty())) borrowing.take(1 + choices.below(200));
    const auto copied = copying.line().send(p, now);
    const auto borrowed = borrowing.line().send_borrowed(p, now);
    observe(borrowed ? borrowed->packet_id : static_cast<std::uint64_t>(borrowed.error().violated) << 32);
    if (!copied || !borrowed) {
      const errc code = copied ? borrowed.error().code : copied.error().code;
      require(code == errc::no_space || (!copied && !borrowed && copied.error() == borrowed.error()), "what is refused is refused both ways, but for want of space");
      return;
    }
    require(copied->packet_id == borrowed->packet_id && copying.line().send_quota() == borrowing.line().send_quota(), "it is the same message");
    require(borrowing.line().is_borrowing() == !p.payload.empty(), "a payload is borrowed until it is taken");
    require(copying.line().state_of_ours(copied->packet_id) == borrowing.line().state_of_ours(copied->packet_id), "in the same state");
    const auto second = borrowing.line().send_borrowed(p, now);
    require(p.payload.empty() || (!second && second.error().code == errc::no_space), "one payload is borrowed at a time");
    if (second) return;
  }
  copying.take_all();
  borrowing.take_all();
  require(copying.taken() == borrowing.taken(), "the same bytes are written");
  observe(as_bytes(copying.taken()));
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  test::byte_entropy choices(fuzz::input_of(data, size));
  fuzz::check(choices);
  return 0;
}
