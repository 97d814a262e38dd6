#include "comparison.hpp"

#include <algorithm>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

#include "packet_json.hpp"
#include "sample_packets.hpp"

namespace mqttspan::conformance::reference {
namespace {

protocol_version codec_version(protocol version) {
  constexpr protocol_version versions[] = {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5};
  return versions[static_cast<std::size_t>(version)];
}

mqttspan::sender codec_sender(origin from) {
  constexpr mqttspan::sender senders[] = {mqttspan::sender::client, mqttspan::sender::server, mqttspan::sender::any};
  return senders[static_cast<std::size_t>(from)];
}

struct class_row {
  errc code;
  fault_class here;
};
constexpr class_row classes[] = {
    {errc::malformed, fault_class::malformed},
    {errc::protocol_violation, fault_class::protocol_error},
    {errc::unsupported_version, fault_class::unsupported},
    {errc::packet_too_large, fault_class::limit},
};

bool class_counts(const fault& expected, errc code) {
  return std::any_of(expected.classes.begin(), expected.classes.end(), [&](fault_class c) {
    return std::any_of(std::begin(classes), std::end(classes), [&](const class_row& row) { return row.code == code && row.here == c; });
  });
}

std::string in_words(const fault& f) { return f.rule + "@" + std::to_string(f.offset); }
std::string in_words(const error& e) { return std::string(to_string(e.violated)) + "@" + std::to_string(e.offset) + " " + std::string(to_string(e.code)); }

std::string reference_says(const decoded& expected) {
  if (expected.result == outcome::valid) return "reference accepts " + expected.packet.dump(-1, ' ', false, json::error_handler_t::replace);
  if (expected.result == outcome::incomplete) return "reference waits";
  std::string all = "reference refuses:";
  for (const fault& f : expected.faults) all += " " + in_words(f);
  return all;
}

// Several faults that one byte gives away come in no order.
const fault* first_like(const decoded& expected, const error& e) {
  for (const fault& f : expected.faults) {
    if (f.known == expected.faults.front().known && f.offset == e.offset && f.rule == to_string(e.violated)) return &f;
  }
  return nullptr;
}

std::string compare_refusal(const decoded& expected, const error& e) {
  if (expected.result == outcome::incomplete) return e.code == errc::incomplete ? "" : "codec refuses " + in_words(e);
  if (e.code == errc::incomplete) return "codec waits";
  if (expected.result == outcome::valid) return "codec refuses " + in_words(e);
  const fault* const same = first_like(expected, e);
  if (same == nullptr) return "codec reports " + in_words(e);
  const fault& first = *same;
  if (!class_counts(first, e.code)) return "codec's class " + in_words(e);
  const bool code_counts = first.codes.empty() || expected.version != protocol::v5 || std::count(first.codes.begin(), first.codes.end(), static_cast<int>(e.reason)) > 0;
  return code_counts ? "" : "codec's reason code " + in_words(e) + " " + std::to_string(static_cast<int>(e.reason));
}

// What both have decoded, encoded again.
std::string compare_encoding(const packet& decoded_packet, const decoded& expected) {
  const bytes ours = encode(expected.version, expected.packet);
  const protocol_version version = codec_version(expected.version);
  const auto size = encoded_size(decoded_packet, version);
  if (!size) return "codec does not encode it: " + in_words(size.error());
  std::vector<std::byte> room(*size);
  const auto written = generate(decoded_packet, version, room);
  if (!written) return "codec does not encode it: " + in_words(written.error());
  const std::span<const std::byte> theirs = *written;
  const auto same = [](std::uint8_t a, std::byte b) { return a == std::to_integer<std::uint8_t>(b); };
  if (std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(), same)) return "";
  return "reference encodes it as " + to_hex(ours) + ", codec otherwise";
}

std::string compare(const question& asked, const decoded& expected) {
  const auto outcome_of_codec = parse(std::as_bytes(std::span(asked.input)), codec_version(asked.version), {.sender = codec_sender(asked.sender)});
  if (!outcome_of_codec) return compare_refusal(expected, outcome_of_codec.error());
  const packet_json packet = to_json(outcome_of_codec->packet, codec_version(expected.version));
  if (expected.result != outcome::valid) return "codec accepts " + packet.dump();
  if (outcome_of_codec->size != expected.size) return "codec takes " + std::to_string(outcome_of_codec->size) + " bytes";
  if (packet != expected.packet) return "codec reads " + packet.dump();
  return compare_encoding(outcome_of_codec->packet, expected);
}

std::map<std::string, std::size_t>& rule_counts() {
  static std::map<std::string, std::size_t> counts;
  return counts;
}

}  // namespace

const std::map<std::string, std::size_t>& broken_rules() { return rule_counts(); }

std::string disagreement(const question& asked) {
  const decoded expected = decode(asked.version, asked.sender, asked.input);
  if (!expected.faults.empty()) ++rule_counts()[expected.faults.front().rule];
  const std::string found = compare(asked, expected);
  if (found.empty()) return "";
  constexpr const char* senders[] = {"client", "server", "any"};
  return std::string(name_of(asked.version)) + " from " + senders[static_cast<std::size_t>(asked.sender)] + " " + to_hex(asked.input) + ": " +
         reference_says(expected) + "; " + found;
}

}  // namespace mqttspan::conformance::reference
