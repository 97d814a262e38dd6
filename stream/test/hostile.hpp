// Scripts for one end of a connection: what a hostile peer sends, what a careless application does, how time passes. Made once, played in any chunks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mqttspan/stream/connection.hpp>

#include "generators.hpp"

namespace mqttspan::test {

/// One line of a script.
struct act {
  enum class kind : std::uint8_t { bytes, send, wait, drain, close, end_of_input };
  kind what{};
  std::string bytes{};         ///< that come in
  sample packet{};             ///< that the application sends
  std::uint32_t amount = 0;    ///< milliseconds, or bytes drained
};

/// How much of the output the transport takes.
enum class transport : std::uint8_t { takes_all, takes_some, takes_nothing };

struct script {
  sender self{};
  protocol_version version{};
  transport takes{};
  connection_options options{};
  std::vector<session_entry> session;
  std::vector<act> acts;
};

script make_script(sender self, protocol_version version, transport takes, entropy& choices);
script make_script(sender self, protocol_version version, transport takes, std::uint64_t seed);

/// What can be seen of a connection that plays a script.
struct performance {
  std::string events;       ///< one line each; payload chunks joined
  std::string output;
  std::string fault;        ///< what it did that it may not
  std::size_t packets_read = 0, packets_written = 0, rests = 0;
  bool was_connected = false, has_ended = false;
};

/// `chunk` bytes at a time; 0: all at once. With memory of its own, or with shared memory, which has the script's options, and a rest whenever there was no event.
performance play(const script& s, std::size_t chunk, connection_memory* shared = nullptr);

}  // namespace mqttspan::test
