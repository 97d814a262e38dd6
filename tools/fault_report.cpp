#include "fault_report.hpp"

#include <array>
#include <cstdio>

namespace mqttspan {
namespace {

std::string place(const sighting& seen) {
  std::string out;
  if (seen.connection != 0) out = "connection " + std::to_string(seen.connection) + ", " + std::string(to_string(seen.from)) + ": ";
  return out + "offset " + std::to_string(seen.offset);
}

std::string incomplete_line(const sighting& seen, const error& e) {
  std::string out = place(seen) + ": " + std::string(to_string(e.in)) + " is incomplete: ";
  const auto header = peek(seen.bytes);
  const std::string there = std::to_string(seen.bytes.size());
  return out + (header ? there + " of " + std::to_string(header->packet_size()) + " bytes are there" : "the input ends inside its fixed header");
}

}  // namespace

std::string fault_line(const sighting& seen, const error& e) {
  if (e.code == errc::incomplete) return incomplete_line(seen, e);
  std::array<char, max_description> room{};
  sighting wrong = seen;
  wrong.offset += e.offset;
  std::string out = place(wrong) + ", packet at " + std::to_string(seen.offset) + ": ";
  out += describe(e, seen.version, seen.bytes, room);
  out += ", MQTT " + std::string(to_string(seen.version)) + ", rule " + std::string(to_string(e.violated));
  return out;
}

void fault_reporter::bad_input(const std::string& what) { complain(what); }

void fault_reporter::fault(const sighting& seen, const error& e) {
  if (is_shown(seen.connection)) complain(fault_line(seen, e));
}

void fault_reporter::version_assumed(const sighting& seen) {
  if (!is_shown(seen.connection)) return;
  note(place(seen) + ": no CONNECT names the version up to here: read as MQTT " + std::string(to_string(seen.version)) + " (--version to choose)");
}

void fault_reporter::not_mqtt(std::size_t number, const endpoint& a, const endpoint& b) {
  if (is_shown(number)) note("connection " + std::to_string(number) + " (" + to_string(a) + " to " + to_string(b) + ") is not MQTT: passed over");
}

void fault_reporter::gap(const sighting& where, std::size_t held_back) {
  if (is_shown(where.connection))
    complain(place(where) + ": the capture lacks bytes; " + std::to_string(held_back) + " bytes behind the gap were not read");
}

void fault_reporter::complain(const std::string& line) {
  found_fault_ = true;
  note(line);
}

void fault_reporter::note(const std::string& line) const {
  std::fflush(stdout);  // what was found before comes before
  std::fprintf(stderr, "mqttspan: %s: %s\n", name_.c_str(), line.c_str());
}

}  // namespace mqttspan
