// A script: what some parties send to the peer, packet by packet. Cases are scripts, and so are reproducers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::fuzz {

/// What a party does. A party connects before its first packet.
enum class action : std::uint8_t {
  send,   ///< bytes, usually one packet
  end,    ///< says that it has sent everything, and waits until the peer closes
  abort,  ///< resets the connection, as a program that died
  mark    ///< the end of a case: asks for a PINGRESP, and goes on
};

struct step {
  std::uint8_t party = 0;
  action what = action::send;
  std::string bytes{};

  friend bool operator==(const step&, const step&) = default;
};

/// Steps in their order. Before another party goes on, the one before has had a PINGRESP: what it sent has been dealt with.
struct script {
  std::vector<protocol_version> parties;  ///< the version that each of them speaks
  std::vector<step> steps;

  friend bool operator==(const script&, const script&) = default;
};

/// How many packets are sent. Marks, and the PINGREQs of the player, do not count.
std::size_t packets_in(const script& s);

/// Both, one behind the other, each with parties of its own.
script joined(const script& a, const script& b);

/// Without the parties that do nothing.
script compacted(script s);

/// The type of the last packet that is sent, in words: "SUBSCRIBE"; "nothing".
std::string last_packet(const script& s);

/// A reproducer: the script, and what it is to show.
struct reproducer {
  std::string id;      ///< of the finding; empty: whatever comes
  std::string title{};
  fuzz::script script{};
};

/// A file that is no reproducer; the text says why.
struct reproducer_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The file's text, format `mqttspan-fuzz-case/1` (README.md): a step a line, its bytes in hexadecimal and in words. `of_client`: the sender's role, for the words.
std::string to_text(const reproducer& r, sender from);
/// Reads it. Throws reproducer_error.
reproducer read_reproducer(std::string_view text);

}  // namespace mqttspan::fuzz
