// type:4 flags:4 remaining_length<varint> fields…
#include <list>

#include "fields.hpp"
#include "wire_reader.hpp"

namespace mqttspan::conformance::reference {
namespace {

// The order of keys in a packet JSON; a packet has those that it has.
constexpr const char* key_order[] = {"type",      "version", "session_present", "dup",           "clean_start",  "keep_alive", "client_id",
                                     "will",      "user_name", "password",      "qos",           "retain",       "topic",      "packet_id",
                                     "reason_code", "return_code", "payload",   "subscriptions", "topic_filters", "reason_codes", "properties"};
constexpr const char* will_key_order[] = {"topic", "payload", "qos", "retain", "properties"};

template <std::size_t N>
json ordered(const values& from, const std::string& prefix, const char* const (&order)[N]) {
  json result = json::object();
  for (const char* key : order) {
    const auto found = from.find(prefix + key);
    if (found != from.end()) result[key] = found->second;
  }
  return result;
}

json assemble(values from) {
  json will = ordered(from, "will.", will_key_order);
  if (!will.empty()) from["will"] = std::move(will);
  return ordered(from, "", key_order);
}

// 3.x knows DISCONNECT from clients alone.
bool direction_fits(const packet_row& row, protocol version, origin sender) {
  if (sender == origin::client) return row.from_client;
  if (sender == origin::server) return row.from_server || (version == protocol::v5 && std::string_view(row.name) == "disconnect");
  return true;
}

void check_publish_flags(unsigned flags, findings& found) {
  const unsigned qos = flags / 2 % 4;
  if (qos == 3) found.add("qos_3", 0);
  if (qos == 0 && flags / 8 == 1) found.add("dup_with_qos_0", 0);
}

// In 3.1 the bits that a packet does not use need no check, and PUBREL, SUBSCRIBE and UNSUBSCRIBE have DUP and QoS there.
void check_flags(const packet_row& row, unsigned flags, findings& found) {
  if (std::string_view(row.name) == "publish") return check_publish_flags(flags, found);
  if (found.version() != protocol::v3_1) {
    if (flags != row.flags) found.add("fixed_header_flags", 0);
  } else if (row.flags != 0 && (flags & 0b0110U) != row.flags) {
    found.open("QoS bits of the first byte are not 1");
  }
}

const packet_row& check_first_byte(unsigned first, origin sender, findings& found) {
  const packet_row* row = packet_of_type(first / 16);
  if (row == nullptr || row->since > found.version()) found.add_and_stop("packet_type_reserved", 0);
  if (row->type != 1) check_flags(*row, first % 16, found);  // CONNECT names its own version, so its flags wait for it
  if (!direction_fits(*row, found.version(), sender)) found.add("packet_from_wrong_side", 0);
  if (!found.faults().empty()) throw unreadable{};
  return *row;
}

struct frame {
  std::size_t begin = 0;  ///< of what follows the fixed header
  std::size_t size = 0;   ///< of the packet; 0 while Remaining Length is not complete
  bool minimal = true;
};

frame read_frame(std::span<const std::uint8_t> input, findings& found) {
  std::size_t value = 0;
  std::size_t factor = 1;
  for (std::size_t i = 1; i < input.size(); ++i, factor *= 128) {
    value += input[i] % 128 * factor;
    if (input[i] < 128) return {.begin = i + 1, .size = i + 1 + value, .minimal = i == 1 || input[i] != 0};
    if (i == 4) found.add_and_stop("variable_byte_integer_too_long", 1);
  }
  return {};
}

// 5.0 alone demands the shortest Remaining Length.
void check_frame(bool minimal, findings& found) {
  if (minimal) return;
  if (found.version() == protocol::v5) found.add("variable_byte_integer_not_minimal", 1);
  else found.open("Remaining Length is longer than it need be");
}

void read_first_byte(packet_reading& reading) {
  const std::string_view name = reading.packet->name;
  reading.value["type"] = name;
  if (name == "publish") {
    reading.value["qos"] = reading.first / 2 % 4;
    reading.value["retain"] = reading.first % 2 == 1;
  }
  const bool dup_in_3_1 = reading.found.version() == protocol::v3_1 && reading.packet->flags != 0;
  if (name == "publish" || dup_in_3_1) reading.value["dup"] = reading.first / 8 % 2 == 1;
}

// Bytes behind the last field. In a 3.1 CONNECT a user name or password without its flag is to be disregarded, by one reading of the text.
void check_end(packet_reading& reading) {
  if (reading.in.left() == 0) return;
  const bool open = reading.packet->type == 1 && reading.found.version() == protocol::v3_1 && reading.connect_flags / 64 != 3;
  reading.found.add("bytes_left_over", reading.in.at(), open);
}

void read_body(packet_reading& reading) {
  read_first_byte(reading);
  for (const field_row& row : field_table()) {
    const bool ours = std::string_view(row.packet) == reading.packet->name && in_version(row, reading.found.version());
    if (ours && is_there(row, reading)) read_field(row, reading);
  }
  check_end(reading);
}

// Whether the packet is complete; what it holds goes to `result`.
bool read_packet(std::span<const std::uint8_t> input, origin sender, findings& found, decoded& result) {
  if (input.empty()) return false;
  const packet_row& row = check_first_byte(input[0], sender, found);
  const frame head = read_frame(input, found);
  result.size = head.size;
  if (head.size == 0) return false;
  if (row.type != 1) check_frame(head.minimal, found);
  if (!found.faults().empty()) throw unreadable{};
  if (head.size > input.size()) return false;
  packet_reading reading{&row, input[0], sender, wire_reader(input, head.begin, head.size, "field_past_end", found), found, {}, 0, 0, head.minimal};
  read_body(reading);
  if (found.faults().empty()) result.packet = assemble(std::move(reading.value));
  return true;
}

}  // namespace

void check_fixed_header(packet_reading& reading) {
  check_flags(*reading.packet, reading.first % 16, reading.found);
  check_frame(reading.minimal, reading.found);
}

decoded decode(protocol version, origin sender, std::span<const std::uint8_t> input) {
  decoded result;
  findings found(version);
  bool complete = true;
  try {
    complete = read_packet(input, sender, found, result);
  } catch (const unreadable&) {
  }
  result.version = found.version();
  result.faults = found.faults();
  std::list<fault> in_order(result.faults.begin(), result.faults.end());  // a list's sort is stable; std::stable_sort of libstdc++ 12 is a warning of clang 19
  in_order.sort([](const fault& a, const fault& b) { return a.known < b.known; });
  result.faults.assign(in_order.begin(), in_order.end());
  result.policies = found.policies();
  result.result = !result.faults.empty() ? outcome::refused : complete ? outcome::valid : outcome::incomplete;
  return result;
}

}  // namespace mqttspan::conformance::reference
