#include "owed_answer.hpp"

#include <array>

#include "hex.hpp"

namespace mqttspan {
namespace {

std::string action_text(const answer& a) {
  const std::string code = "0x" + to_hex(as_bytes(std::string_view(reinterpret_cast<const char*>(&a.reason), 1)));
  switch (a.action) {
    case answer::kind::nothing: return "nothing to answer";
    case answer::kind::close: return "close the connection without a word";
    case answer::kind::disconnect:
      return "send DISCONNECT with " + code + " " + std::string(text_of(a.reason, packet_type::disconnect)) + ", then close";
    case answer::kind::connack: break;
  }
  const auto wire = a.version == protocol_version::v5 ? std::nullopt : return_code(a.reason);
  const std::string which = wire ? "return code " + std::to_string(*wire) : code;
  return "send CONNACK with " + which + " " + std::string(text_of(a.reason, packet_type::connack)) + ", then close";
}

owed_answer owed_by(sender self, const sighting& seen, const error& e) {
  const answer a = answer_to(e, seen.version, self, seen.now);
  std::array<std::byte, 8> room{};
  const auto bytes = generate(a, room);
  owed_answer owed{self, action_text(a), {}};
  if (bytes) owed.bytes.assign(bytes->begin(), bytes->end());
  return owed;
}

}  // namespace

std::vector<owed_answer> answers_to(const sighting& seen, const error& e) {
  if (e.code == errc::incomplete) return {};
  const sender from = seen.from != sender::any ? seen.from : only_sender(e.in, seen.version);
  if (from == sender::client) return {owed_by(sender::server, seen, e)};
  if (from == sender::server) return {owed_by(sender::client, seen, e)};
  std::vector<owed_answer> both = {owed_by(sender::server, seen, e), owed_by(sender::client, seen, e)};
  if (both[0].text == both[1].text) {
    both.pop_back();
    both[0].by = sender::any;
  }
  return both;
}

}  // namespace mqttspan
