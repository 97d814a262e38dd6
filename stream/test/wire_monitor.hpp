// Watches what one end of a connection reads and writes, and knows by itself what that end may write: its own parser calls, its own sets.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/stream/connection.hpp>

namespace mqttspan::test {

/// Feed it with all that the end has used up of its input (`read`) and all that it put out (`wrote`), in the order in which that happened, in any pieces.
/// `fault` is empty as long as everything written was legal there and then.
class wire_monitor {
 public:
  wire_monitor(sender self, protocol_version version) : self_(self), version_(version) {}

  void read(bytes_view bytes);
  void wrote(bytes_view bytes);
  /// A new connection for the same session.
  void reconnect();
  /// The first connection, for a session that was begun elsewhere.
  void resume(std::span<const session_entry> session);

  const std::string& fault() const { return fault_; }
  /// Whether what was read is broken: the end may say its last words, in the version that the broken CONNECT named.
  bool is_peer_broken() const { return is_peer_broken_; }
  /// Exchanges begun by this end and not ended; the most messages that were under way at once on this connection.
  std::size_t in_flight() const { return own_.size(); }
  std::size_t most_messages() const { return most_messages_; }
  std::size_t packets_written() const { return packets_written_; }
  bool has_ended() const { return has_ended_; }
  /// Whether PUBACKs must come in the order of the messages.
  bool ordered = true;

 private:
  enum class step : std::uint8_t { publish_1, publish_2, received, released, request };
  struct exchange_of_own {
    step at;
    bool is_from_before;  // begun on an earlier connection, and not said again on this one
  };
  struct limits {
    std::uint32_t packet_size = 0xFFFFFFFF;
    std::uint16_t receive_maximum = 65'535, aliases = 0;
    unsigned qos = 2;
    bool retain = true;
  };
  using counts = std::map<std::uint16_t, int>;

  static limits limits_of(const property_list& properties);
  void came(const packet& p);
  void went(const packet& p, std::size_t size);
  void went(const publish& p);
  void went(const connack& p);
  void start(const connack& p);
  void went(const pubrel& p);
  void owe(counts& c, std::uint16_t id) { ++c[id]; }
  void pay(counts& c, std::uint16_t id, std::string_view what);
  void request(std::uint16_t id, bool again);
  void end_own(std::uint16_t id, step at);
  void check(bool holds, std::string_view what);
  bool is_v5() const { return version_ == protocol_version::v5; }

  sender self_;
  protocol_version version_;
  std::vector<std::byte> reading_, writing_;
  std::map<std::uint16_t, exchange_of_own> own_;
  counts pubacks_, pubrecs_, pubrels_, pubcomps_, subacks_, unsubacks_;
  std::deque<std::uint16_t> puback_order_;
  std::set<std::uint16_t> may_still_release_;
  std::map<std::uint16_t, std::string> aliases_;
  limits peer_, own_limits_;
  int pings_ = 0;
  bool is_clean_ = true, has_connect_ = false, has_connack_ = false, is_authenticating_ = false, has_ended_ = false, is_peer_broken_ = false;
  std::size_t most_messages_ = 0, packets_written_ = 0, written_before_connack_ = 0;
  std::string fault_;
};

}  // namespace mqttspan::test
