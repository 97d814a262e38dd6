// Some packets, a parser with its carry, and a handler that says what it takes: for tests of single facts.
#pragma once

#include <string>
#include <vector>

#include <mqttspan/stream/stream_parser.hpp>

#include "hex.hpp"

namespace mqttspan::test {

using bytes = std::vector<std::byte>;

inline bytes operator+(bytes a, const bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline const bytes connect_3_1_1 = hex("10 0D 0004 4D515454 04 02 003C 0001 61");
inline const bytes connect_5 = hex("10 0E 0004 4D515454 05 02 003C 00 0001 61");
inline const bytes publish_abc = hex("30 06 0001 74 616263");
inline const bytes puback_1 = hex("40 02 0001");

// A parser with its carry.
struct reader {
  explicit reader(std::size_t carry_size = 64, const stream_options& options = {}) : carry(carry_size), parser(carry, options) {}

  bytes carry;
  stream_parser parser;
};

// Says what it takes, in a word each.
struct teller {
  std::string said;
  void operator()(const connect& p) { said += "connect " + std::string(p.client_id) + ";"; }
  void operator()(const publish& p) { said += "publish " + std::string(p.topic) + "=" + std::string(as_text(p.payload)) + ";"; }
  void operator()(const puback& p) { said += "puback " + std::to_string(p.packet_id) + ";"; }
  void operator()(const pingreq&) { said += "pingreq;"; }
  void operator()(const publish_begin& b) { said += "begin " + std::string(b.publish.topic) + "," + std::to_string(b.payload_size) + ";"; }
  void operator()(const payload_chunk& c) { said += "chunk " + std::string(as_text(c.bytes)) + "," + std::to_string(c.bytes_left) + ";"; }
  void operator()(const publish_end&) { said += "end;"; }
};

inline std::string told(stream_parser& parser, bytes_view input) {
  teller t;
  if (!parser.push(input)) return "refused";
  const auto done = parser.for_each(t);
  return done ? t.said : t.said + std::string(to_string(done.error().code)) + "@" + std::to_string(done.error().offset);
}

}  // namespace mqttspan::test
