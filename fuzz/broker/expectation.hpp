// What a peer owes to the bytes that it is sent, by our strict reading of them: nothing here knows how they were made, so that it holds for shortened scripts too.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::fuzz {

/// What stands between a party and the peer, behind the bytes that were sent so far.
enum class standing : std::uint8_t {
  fresh,      ///< nothing was sent
  open,       ///< all packets were good: a PINGREQ is owed an answer, unless the peer closes
  torn,       ///< the last packet has not ended: it waits for the rest
  left,       ///< DISCONNECT was sent
  unsure,     ///< a packet was wrong, and no statement says what becomes of the connection; its end can be told
  lost,       ///< a packet is wrong as far as it was sent, or nothing else may be sent yet: nothing is owed
  must_close  ///< a packet was wrong, and a statement says that the connection is to be closed
};

/// Reads along what one side sends.
class stream_reader {
 public:
  /// `self`: who sends, client or server.
  explicit stream_reader(protocol_version version, sender self = sender::client) noexcept : version_(version), self_(self) {}

  /// Takes what is sent next. Good packets are given to `hear(packet, size)`.
  template <class Hear>
  void take(std::string_view bytes, Hear&& hear) {
    rest_.append(bytes);
    packet p;
    std::size_t size = 0;
    while (next(p, size)) {
      hear(p, size);
      rest_.erase(0, size);
    }
  }
  void take(std::string_view bytes) {
    take(bytes, [](const packet&, std::size_t) {});
  }

  fuzz::standing standing() const noexcept { return standing_; }
  /// Where one stands: what is wrong, and in which packet.
  const error& what() const noexcept { return error_; }
  protocol_version version() const noexcept { return version_; }
  sender self() const noexcept { return self_; }
  /// The wrong packet's bytes, from the first one on.
  std::string_view wrong() const noexcept { return rest_; }
  /// Behind a wrong packet: it cannot be told where one would end that is sent now, since what was sent does not end with a packet.
  bool is_frame_lost() const noexcept;
  /// The version that a CONNECT named is none that anybody knows: whatever comes may be of another one.
  bool is_version_lost() const noexcept { return error_.code == errc::unsupported_version; }
  /// Whether more packets may be sent behind what was sent.
  bool is_open() const noexcept { return standing_ == standing::fresh || standing_ == standing::open; }

 private:
  bool next(packet& p, std::size_t& size);
  void refuse(const error& e);
  void accept(const packet& p);

  protocol_version version_;
  fuzz::standing standing_ = standing::fresh;
  sender self_;
  bool has_begun_ = false;  // the CONNECT, or CONNACK, was there
  std::string rest_;
  error error_{};
};

/// The statement that has the peer close behind an error of `by`, empty where there is none. A broker's are those that the conformance harness expects it to keep so;
/// a client's is one of 3.1.1: in 5.0 it only should.
std::string_view closing_statement(const error& e, protocol_version version, std::string_view wrong, sender by);

/// "F-CLOSE/3.1.1/PUBLISH/qos_3".
std::string closing_id(const error& e, protocol_version version);

}  // namespace mqttspan::fuzz
