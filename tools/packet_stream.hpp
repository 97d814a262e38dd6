// The packets of a byte stream, one after the other, and how the two directions of a connection learn the version from its CONNECT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mqttspan/codec/answer.hpp>
#include <mqttspan/codec/parse.hpp>

namespace mqttspan {

/// Where a packet was seen.
struct sighting {
  std::size_t connection = 0;  ///< its number in a capture, from 1; 0 outside captures
  double seconds = 0;          ///< since the capture's first frame
  sender from = sender::any;
  std::uint64_t offset = 0;    ///< of the packet's first byte, in the file or in that direction of the connection
  protocol_version version{};  ///< by which it was read
  phase now = phase::connected;
  bytes_view bytes{};  ///< the packet; of an incomplete one what is there
};

/// Gets what a packet_stream finds, in order.
class packet_visitor {
 public:
  virtual ~packet_visitor() = default;
  virtual void packet(const sighting& seen, const mqttspan::packet& p) = 0;
  /// A fault, `incomplete` at the end of the input among them. It ends its stream.
  virtual void fault(const sighting& seen, const error& e) = 0;
  /// The first packet whose reading depends on the version comes before any CONNECT, and nobody has named the version.
  virtual void version_assumed(const sighting& seen) = 0;
};

/// How to read: the version, and whether a CONNECT changes it.
struct reading {
  protocol_version version = protocol_version::v3_1_1;
  bool learn_version = true;
  parse_options options{};
};

/// The version that a packet's own bytes name (of a level that nobody speaks the nearest), where it is a CONNECT that names one; else `otherwise`.
protocol_version version_of(bytes_view bytes, protocol_version otherwise);

/// The side that alone may send this type in this version; `any` where both may.
sender only_sender(packet_type type, protocol_version version);

/// What the directions of one connection share.
class conversation {
 public:
  /// Outside a capture nothing is known of the other direction: there the phase follows from the packet's type.
  conversation(const reading& how, bool both_directions) : how_(how), both_directions_(both_directions), now_(phase::before_connack) {}

  const parse_options& options() const { return how_.options; }
  protocol_version version() const { return how_.version; }
  phase phase_of(packet_type type) const;
  /// Whether the version is a guess that matters to this type; true only once.
  bool guesses(packet_type type);
  /// Takes the version that a CONNECT names, even one that was refused.
  void learn_from(bytes_view bytes, packet_type type);
  /// A good packet went by.
  void passed(packet_type type);

 private:
  reading how_;
  bool both_directions_;
  phase now_;
  bool connect_seen_ = false;
  bool told_ = false;
};

/// One direction of a connection, or a dump of bytes from who knows whom.
class packet_stream {
 public:
  /// Borrows the conversation and the visitor.
  packet_stream(conversation& shared, packet_visitor& visitor, sender from, std::size_t connection);

  /// Visits the packets that these bytes complete. Views handed to the visitor are good during the visit.
  void push(bytes_view bytes, double seconds);
  /// The input is over: reports an incomplete last packet.
  void finish();
  /// Bytes of the incomplete last packet; 0 after a fault.
  std::size_t pending() const { return failed_ ? 0 : held_.size() - taken_; }

 private:
  std::size_t visit_all(bytes_view bytes);
  sighting seen(bytes_view bytes, packet_type type) const;
  void fail(bytes_view bytes, const error& e);

  conversation& shared_;
  packet_visitor& visitor_;
  sender from_;
  std::size_t connection_;
  double seconds_ = 0;
  std::uint64_t offset_ = 0;
  std::vector<std::byte> held_;  // from taken_ on: the bytes of an incomplete packet
  std::size_t taken_ = 0;
  bool failed_ = false;
};

}  // namespace mqttspan
