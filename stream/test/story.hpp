// A dialogue with one connection: what its peer says, what it lets its owner hear, what it says itself, all as packets, and with a clock that the story winds.
//
//     story s(sender::server, v5);
//     s.peer(connect{.version = v5, .client_id = "a"}).hears(connect{…});
//     s.sends(connack{});
//     s.peer(publish{…}).hears(publish{…}).says(puback{…});
//     s.breaks(connect{…}, rule::connect_twice, reason_code::protocol_error);
//
// Nothing may be left over: at its end a story fails where the connection says, or lets its owner hear, more than the story tells.
#pragma once

#include <cstdlib>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/stream/connection.hpp>

#include "resting.hpp"
#include "story_lists.hpp"

namespace mqttspan::test {

class story {
 public:
  using event = connection_event;
  using kind = connection_event_kind;

  explicit story(role us, const connection_options& options = {})
      : us_(us), now_{1'000'000}, trace_(__FILE__, __LINE__, text_of(us)), memory_(options), connection_(make_connection(us.self, now_, memory_)), chunk_(bytes_at_once()) {
    note_role(us);
  }
  story(sender self, protocol_version version, const connection_options& options = {}) : story(role{self, version}, options) {}
  ~story() {
    if (is_strict_) is_quiet();
  }

  connection& self() { return connection_; }
  instant now() const { return now_; }
  protocol_version version() const { return us_.version; }
  bool is_v5() const { return us_.version == protocol_version::v5; }

  // ---- The peer

  /// The peer's packet; it arrives when the owner listens.
  template <control_packet P>
  story& peer(const P& p) {
    std::string wire(encoded_size(p, us_.version).value_or(1), '\0');
    const auto written = generate(p, us_.version, as_writable_bytes(wire.data(), wire.size()), {.sender = peer_of(us_.self), .allow = leniency::bridge_levels});
    EXPECT_TRUE(written) << "the peer cannot say " << text_of(packet(p), us_.version) << ": " << text_of(written.error());
    return peer_bytes(wire);
  }
  story& peer_hex(std::string_view digits) { return peer_bytes(from_hex(digits)); }
  story& peer_bytes(std::string_view wire) {
    const std::size_t most = chunk_ != 0 ? chunk_ : wire.size();
    for (std::size_t at = 0; at < wire.size(); at += most) inbox_.emplace_back(wire.substr(at, most));
    return *this;
  }
  /// The peer closes the transport.
  story& peer_goes() {
    listen();
    connection_.end_of_input();
    return *this;
  }

  // ---- The owner

  /// The result of `send`; what comes of it is for `says`.
  template <control_packet P>
  result<sent> tries(const P& p) {
    const auto done = connection_.send(p, now_);
    drain();
    return done;
  }
  /// Sends a packet, which goes onto the wire as it is, a packet identifier apart that was left to the connection. Returns the identifier.
  template <control_packet P>
  std::uint16_t sends(P p) {
    const auto done = tries(p);
    EXPECT_TRUE(done) << text_of(packet(p), us_.version) << ": " << text_of(done.error()) << "\n" << at();
    if (!done) return 0;
    if constexpr (requires { p.packet_id; }) {
      if (p.packet_id == 0) p.packet_id = done->packet_id;
    }
    says(p);
    return done->packet_id;
  }
  /// Sending it is refused for that reason, and nothing is said.
  template <control_packet P>
  story& refuses(const P& p, rule why) {
    const std::size_t before = wire_.size();
    const auto done = tries(p);
    EXPECT_FALSE(done) << "sent: " << text_of(packet(p), us_.version) << "\n" << at();
    if (!done) {
      EXPECT_EQ(to_string(done.error().violated), to_string(why)) << text_of(packet(p), us_.version) << "\n" << at();
    }
    EXPECT_EQ(wire_.size(), before) << at();
    return *this;
  }
  story& closes(reason_code reason = reason_code::normal_disconnection) {
    connection_.close(reason);
    return *this;
  }
  /// Time goes by; the connection is called when it wants to be.
  story& waits(std::int64_t milliseconds) {
    const instant until = now_ + milliseconds;
    listen();
    for (int calls = 0; calls < 1000; ++calls) {
      drain();
      const auto due = connection_.next_timeout();
      if (!due || *due > until) break;
      if (*due > now_) now_ = *due;
      if (!heard_) rest_if_asked(connection_);
      connection_.handle_timeout(now_);
    }
    now_ = until;
    return *this;
  }
  /// The transport takes no bytes, or does again.
  story& clogs(bool is_clogged = true) {
    is_clogged_ = is_clogged;
    drain();
    return *this;
  }

  // ---- What comes of it

  /// The next packet on the wire. The owner listens for it, if it is not there yet.
  template <control_packet P>
  story& says(const P& expected) {
    const std::optional<packet> said = next_said();
    EXPECT_TRUE(said) << "silent instead of " << text_of(packet(expected), us_.version) << "\n" << at();
    if (said) {
      EXPECT_TRUE(*said == packet(expected)) << text_of(*said, us_.version) << " instead of " << text_of(packet(expected), us_.version) << "\n" << at();
    }
    return *this;
  }
  /// The next packet that the owner gets.
  template <control_packet P>
  story& hears(const P& expected) {
    const event e = next_heard();
    EXPECT_EQ(e.kind(), kind::packet) << text_of(packet(expected), us_.version) << " is not heard" << ending_text(e) << "\n" << at();
    if (e.kind() == kind::packet) {
      EXPECT_TRUE(e.packet() == packet(expected)) << text_of(e.packet(), us_.version) << " instead of " << text_of(packet(expected), us_.version) << "\n" << at();
    }
    return *this;
  }
  /// The next event, for stories that look closer.
  event next_heard() {
    const event e = heard_ ? *heard_ : listen_once();
    heard_.reset();
    if (e.kind() == kind::ended) ending_ = e.ending();
    return e;
  }
  /// The packet is the peer's, and comes to the owner.
  template <control_packet P>
  story& gets(const P& p) {
    return peer(p).hears(p);
  }
  /// The last event: the peer broke that rule.
  story& ended(rule broken) {
    ended(ending::cause::fault_of_peer);
    EXPECT_EQ(to_string(ending_.error.violated), to_string(broken)) << at();
    return *this;
  }
  story& ended(enum ending::cause why) {
    const event e = next_heard();
    EXPECT_EQ(e.kind(), kind::ended) << at();
    EXPECT_EQ(connection_.phase(), connection_phase::ended) << at();
    EXPECT_EQ(static_cast<int>(ending_.why), static_cast<int>(why)) << to_string(ending_.error.violated) << "\n" << at();
    return *this;
  }
  const mqttspan::ending& ending() const { return ending_; }
  /// The peer's packet breaks a rule: it is not heard, 5.0 says DISCONNECT, and that is the end.
  template <control_packet P>
  story& breaks(const P& p, rule broken, reason_code reason) {
    return peer(p).breaks(broken, reason);
  }
  story& breaks(rule broken, reason_code reason) {
    ended(broken);
    if (is_v5()) {
      says(disconnect{.reason_code = reason});
      EXPECT_EQ(ending_.reason, reason) << at();
    }
    return is_quiet();
  }
  /// Nothing more is said or heard.
  story& is_quiet() {
    const event e = next_heard();
    EXPECT_EQ(e.kind(), kind::nothing) << (e.kind() == kind::packet ? text_of(e.packet(), us_.version) : std::string()) << ending_text(e) << "\n" << at();
    drain();
    EXPECT_EQ(to_hex(as_bytes(wire_)), "") << at();
    wire_.clear();
    return *this;
  }
  story& forgets_the_rest() {
    is_strict_ = false;
    return *this;
  }

  // ---- Beginnings

  /// CONNECT and a CONNACK that accepts; what they say is not looked at.
  story& open(connect c = {}, connack a = {}) {
    c.version = us_.version;
    if (c.client_id.empty()) c.client_id = "me";
    begins(c);
    if (us_.self == sender::client) peer(a), next_heard();
    else if (const auto done = tries(a); !done) ADD_FAILURE() << "no CONNACK: " << to_string(done.error().violated) << "\n" << at();
    EXPECT_EQ(connection_.phase(), connection_phase::connected) << at();
    wire_.clear();
    return *this;
  }
  /// The same, with a peer that announces these properties.
  story& open_to(const property_list& of_the_peer) {
    return us_.self == sender::client ? open({}, {.properties = of_the_peer}) : open({.properties = of_the_peer});
  }
  /// CONNECT alone.
  story& begins(connect c = {}) {
    c.version = us_.version;
    if (c.client_id.empty()) c.client_id = "me";
    if (us_.self == sender::server) peer(c), next_heard();
    else if (const auto done = tries(c); !done) ADD_FAILURE() << "no CONNECT: " << to_string(done.error().violated) << "\n" << at();
    wire_.clear();
    return *this;
  }

  /// All of the output, as far as the transport takes it, now.
  void drain() {
    while (!is_clogged_ && !connection_.output().empty()) {
      const bytes_view piece = connection_.output();
      wire_ += as_text(piece);
      connection_.consume_output(piece.size(), now_);
    }
  }

 private:
  static sender peer_of(sender s) { return s == sender::client ? sender::server : sender::client; }
  static std::size_t bytes_at_once() {
    const char* const text = std::getenv("MQTTSPAN_STORY_CHUNK");
    return text ? std::strtoul(text, nullptr, 10) : 0;
  }

  // As an owner's loop does it: events first, more input when they are used up.
  event listen_once() {
    rest_if_asked(connection_);
    for (;;) {
      const event e = connection_.next_event();
      const bool was_full = connection_.output_size() != 0;
      drain();
      if (e.kind() != kind::nothing || connection_.phase() == connection_phase::ended) return e;
      if (connection_.input_left() != 0) {
        if (was_full && !is_clogged_) continue;
        return e;
      }
      if (inbox_.empty()) return e;
      given_.push_back(std::move(inbox_.front()));
      inbox_.pop_front();
      EXPECT_TRUE(connection_.receive(as_bytes(given_.back()), now_)) << at();
    }
  }
  void listen() {
    if (heard_) return;
    const event e = listen_once();
    if (e.kind() != kind::nothing) heard_ = e;
  }

  std::optional<packet> next_said() {
    drain();
    if (wire_.empty()) listen();
    drain();
    if (wire_.empty()) return std::nullopt;
    said_.push_back(wire_);
    const auto read = parse(as_bytes(said_.back()), us_.version, {.sender = us_.self});
    EXPECT_TRUE(read) << to_hex(as_bytes(wire_)) << ": " << text_of(read.error()) << "\n" << at();
    wire_.erase(0, read ? read->size : wire_.size());
    if (!read) return std::nullopt;
    return read->packet;
  }

  std::string ending_text(const event& e) const {
    if (e.kind() != kind::ended) return {};
    return std::string(", ended: ") + std::string(to_string(e.ending().error.violated));
  }
  std::string at() const { return "after " + std::to_string(said_.size()) + " packets said, " + std::to_string(given_.size()) + " chunks heard"; }

  role us_;
  instant now_;
  testing::ScopedTrace trace_;
  connection_memory memory_;
  connection connection_;
  std::size_t chunk_;                // bytes of the peer's that arrive together; 0: a packet
  std::deque<std::string> inbox_;    // the peer's bytes that have not arrived
  std::deque<std::string> given_;    // those that have: events point into them
  std::deque<std::string> said_;     // packets that were read from the wire point into these
  std::string wire_;
  std::optional<event> heard_;
  mqttspan::ending ending_;
  bool is_clogged_ = false;
  bool is_strict_ = true;
};

}  // namespace mqttspan::test
