#include "journal.hpp"

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/parse.hpp>

#include "../../tools/summary.hpp"

namespace mqttspan::conformance {
namespace {

constexpr std::size_t max_entries = 400;
constexpr std::size_t max_bytes = 512;

}  // namespace

std::string in_words(const packet& p, protocol_version version) {
  sighting seen;
  seen.version = version;
  const std::string line = summary(seen, p, palette(false));
  const std::size_t begin = line.find(to_string(type_of(p)));  // behind the place and the arrow
  return line.substr(begin == std::string::npos ? 0 : begin);
}

std::string in_words(std::string_view bytes, protocol_version version, sender from) {
  std::string words;
  bytes_view rest = as_bytes(bytes);
  while (!rest.empty()) {
    if (!words.empty()) words += " | ";
    const auto found = parse(rest, version, {.sender = from});
    if (!found) {
      const auto head = peek(rest);
      words += found.error().code == errc::incomplete && head ? std::string(to_string(head->type)) + ", incomplete"
                                                              : std::string(describe(found.error(), version, rest).view());
      break;
    }
    words += in_words(found->packet, version);
    rest = rest.subspan(found->size);
  }
  return words;
}

void journal::bytes(const std::string& connection, bool from_peer, std::string_view bytes, std::string text) {
  if (log_.size() >= max_entries) return;
  exchange& e = add(connection, from_peer, std::move(text));
  const bytes_view kept = as_bytes(bytes.substr(0, max_bytes));
  e.bytes.assign(kept.begin(), kept.end());
  e.omitted = bytes.size() - kept.size();
}

void journal::event(const std::string& connection, bool from_peer, std::string text) { add(connection, from_peer, std::move(text)); }

exchange& journal::add(const std::string& connection, bool from_peer, std::string text) {
  exchange e;
  e.at = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_);
  e.connection = connection;
  e.from_peer = from_peer;
  e.text = std::move(text);
  return log_.emplace_back(std::move(e));
}

}  // namespace mqttspan::conformance
