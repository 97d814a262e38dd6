// The values inside the packets: numbers, lengths, strings, topics, reason codes and properties, with a taste for boundaries.
#include "generators.hpp"

namespace mqttspan::test {

namespace {

// Well-formed characters at the edges of their encoded lengths, and those that MQTT lets pass with a shrug:
// control characters, the byte order mark, noncharacters. [U5-1.5.4-c] [MQTT-1.5.4-3]
constexpr std::string_view edge_characters[] = {"a",          "0",          " ",          "$",          "\x01",       "\x7F",      "\u0080",
                                                "\u00E9",     "\u07FF",     "\u0800",     "\u20AC",     "\uD7FF",     "\uE000",    "\uFEFF",
                                                "\uFFFD",     "\uFFFF",     "\U00010000", "\U0001F600", "\U0010FFFF", "\u4E2D",    "\\"};

// Reason codes by packet and side, from the tables of the specification. 5.0 tables 3-1, 3-4 to 3-8, 3-10, 3-11 and 3.x.2.1
constexpr std::string_view connack_codes =
    "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8A\x8C\x90\x95\x97\x99\x9A\x9B\x9C\x9D\x9F";
constexpr std::string_view receipt_codes = "\x80\x83\x87\x90\x91\x97\x99\x10";  // PUBACK, PUBREC; the last one by servers only
constexpr std::string_view release_codes = "\x92";                              // PUBREL, PUBCOMP
constexpr std::string_view suback_codes = {"\x00\x01\x02\x80\x83\x87\x8F\x91\x97\x9E\xA1\xA2", 12};
constexpr std::string_view unsuback_codes = {"\x00\x11\x80\x83\x87\x8F\x91", 7};
constexpr std::string_view disconnect_client = "\x04\x80\x81\x82\x83\x90\x93\x94\x95\x96\x97\x98\x99";
constexpr std::string_view disconnect_server =
    "\x80\x81\x82\x83\x87\x89\x8B\x8D\x8E\x8F\x90\x93\x94\x95\x96\x97\x98\x99\x9A\x9B\x9C\x9D\x9E\x9F\xA0\xA1\xA2";

std::string_view codes_of(packet_type type, sender from) {
  switch (type) {
    case packet_type::connack: return connack_codes;
    case packet_type::puback:
    case packet_type::pubrec: return receipt_codes.substr(0, receipt_codes.size() - (from == sender::client));
    case packet_type::pubrel:
    case packet_type::pubcomp: return release_codes;
    case packet_type::suback: return suback_codes;
    case packet_type::unsuback: return unsuback_codes;
    case packet_type::disconnect: return from == sender::client ? disconnect_client : disconnect_server;
    case packet_type::auth: return from == sender::client ? "\x18\x19" : "\x18";
    default: return {};
  }
}

// Property identifiers by place, from table 2-4; User Property first. Only one side may send some: left out for the other.
std::string_view properties_of(property_place place, sender from) {
  switch (place) {
    case property_place::will: return "\x26\x01\x02\x03\x08\x09\x18";
    case property_place::connect: return "\x26\x11\x15\x16\x17\x19\x21\x22\x27";
    case property_place::connack: return "\x26\x1F\x11\x12\x13\x15\x16\x1A\x1C\x21\x22\x24\x25\x27\x28\x29\x2A";
    case property_place::publish: return from == sender::client ? "\x26\x01\x02\x03\x08\x09\x23" : "\x26\x01\x02\x03\x08\x09\x23\x0B";
    case property_place::subscribe: return "\x26\x0B";
    case property_place::unsubscribe: return "\x26";
    case property_place::disconnect: return from == sender::client ? "\x26\x1F\x11" : "\x26\x1F\x1C";
    case property_place::auth: return "\x26\x1F\x15\x16";
    default: return "\x26\x1F";
  }
}

bool has(const std::vector<property>& list, property_id id) {
  for (const property& p : list)
    if (p.id() == id) return true;
  return false;
}

std::size_t encoded(const property& p) {
  switch (p.type()) {
    case property_type::byte: return 2;
    case property_type::two_byte: return 3;
    case property_type::four_byte: return 5;
    case property_type::variable_byte: return p.integer() < 0x80 ? 2 : p.integer() < 0x4000 ? 3 : p.integer() < 0x20'0000 ? 4 : 5;
    case property_type::string: return 3 + p.text().size();
    case property_type::binary: return 3 + p.binary().size();
    case property_type::string_pair: return 5 + p.name().size() + p.text().size();
  }
  return 0;
}

}  // namespace

std::uint16_t packet_source::packet_id() { return static_cast<std::uint16_t>(integer(1, 0xFFFF)); }

std::uint32_t packet_source::integer(std::uint32_t minimum, std::uint32_t maximum) {
  const std::uint32_t range = maximum - minimum;
  const std::uint32_t edge = one_of({0u, 1u, 2u, 0x7Fu, 0x80u, 0x3FFFu, 0x4000u, 0x1F'FFFFu, 0x20'0000u, 0xFFFF'FFFFu, 0xFFu, 0x100u});
  if (edge == 0xFF && range > 0xFF) return minimum + choices_.below(range);
  return edge >= minimum && edge <= maximum ? edge : edge > maximum ? maximum : minimum;
}

std::size_t packet_source::length() {
  const std::uint32_t kind = choices_.below(64);
  std::size_t size = choices_.below(kind < 32 ? 8 : 40);
  if (kind >= 58) {
    constexpr std::size_t edges[] = {127, 128, 128, 255, 16'384, 65'535};
    size = edges[kind - 58] - (size < 12 ? size : 0);  // a little less, so that what it stands in hits the edge
  }
  return size < text_left_ ? size : 0;
}

std::size_t packet_source::list_length() { return one_of({1u, 1u, 2u, 3u, 2u, 5u, 1u, 9u}) + (chance(64) ? 130 : 0); }

std::string_view packet_source::keep(std::string text) {
  text_left_ -= text.size() < text_left_ ? text.size() : text_left_;
  return storage_->texts.emplace_back(std::move(text));
}

// Short texts character by character, long ones by repetition: a few choices are enough for 65,535 bytes.
std::string packet_source::characters(std::size_t size) {
  std::string made;
  while (made.size() < size && made.size() < 12) {
    const bool edge = chance(4);
    made += edge ? edge_characters[choices_.below(std::size(edge_characters))] : std::string(1, static_cast<char>('a' + choices_.below(26)));
  }
  if (made.size() > size) return std::string(size, 'a');
  const std::string unit = made;
  while (!unit.empty() && made.size() + unit.size() <= size) made += unit;
  return made.append(size - made.size(), 'z');
}

std::string_view packet_source::text() { return keep(characters(length())); }

// 3.1 has no rule on the bytes of a string outside of topics, 3.1.1 and 5.0 have. [U31-2.5-a] [MQTT-1.5.4-1]
std::string_view packet_source::user_name() {
  if (version_ == protocol_version::v3_1 && chance(4)) return keep("caf\xE9 \xC0\x80 \xED\xA0\x80");
  return text();
}

std::string packet_source::topic(bool filter) {
  std::string made;
  const std::uint32_t levels = one_of({1u, 2u, 3u, 1u, 4u, 8u});
  for (std::uint32_t i = 0; i < levels; ++i) {
    if (i != 0) made += '/';
    const std::uint32_t kind = choices_.below(filter ? 8 : 5);
    if (kind >= 5 && kind < 7) made += '+';
    else if (kind == 7) return made += '#';
    else if (kind == 4 && i == 0) made += "$SYS";
    else if (kind != 3 || levels == 1) made += characters(1 + choices_.below(6));
  }
  return made;
}

std::string_view packet_source::topic_name() {
  std::string name = topic(false);
  if (chance(48) && text_left_ > 65'535) {
    const bool v3_1 = version_ == protocol_version::v3_1;  // at most 32,767 characters [U31-3.3-a]
    name = v3_1 ? std::string(32'767, chance(2) ? '/' : 'n') : std::string(65'535, chance(2) ? '/' : 'n');
  }
  if (name.empty()) name = "/";
  return keep(std::move(name));
}

std::string_view packet_source::topic_filter() {
  std::string filter = topic(true);
  if (filter.empty()) filter = "/";
  if (chance(4)) {
    std::string shared = "$share/";
    do shared += characters(1 + choices_.below(5));
    while (chance(3));
    filter = shared + '/' + filter;
  } else if (chance(64) && text_left_ > 65'535) {
    const std::size_t size = version_ == protocol_version::v3_1 ? 32'767 : 65'535;
    filter = std::string(size - 2, chance(2) ? '/' : 'f') + (chance(2) ? "/#" : "/z");
  }
  return keep(std::move(filter));
}

bytes_view packet_source::binary(std::size_t size) {
  std::string made;
  while (made.size() < size && made.size() < 8) made += static_cast<char>(choices_.below(256));
  const std::string unit = made;
  while (made.size() < size) made.append(unit, 0, size - made.size());
  return as_bytes(keep(std::move(made)));
}

bytes_view packet_source::ascii(std::size_t size) { return as_bytes(keep(std::string(size, static_cast<char>(choices_.below(128))))); }

// Payload Format Indicator 1 promises UTF-8, and may hold U+0000. [U5-3.3.2.3.2-a]
bytes_view packet_source::payload(const property_list& list) {
  const std::size_t size = length();
  if (list.get(prop::payload_format_indicator).value_or(0) == 0) return binary(size);
  std::string made = characters(size);
  if (!made.empty() && chance(8) && made.front() == 'a') made.front() = '\0';
  return as_bytes(keep(std::move(made)));
}

reason_code packet_source::code_of(packet_type type) {
  const std::string_view codes = codes_of(type, from_);
  return static_cast<reason_code>(codes[choices_.below(static_cast<std::uint32_t>(codes.size()))]);
}

property_list packet_source::properties(property_place place) {
  if (!v5()) return {};
  auto& list = storage_->properties.emplace_back();
  for (std::uint32_t left = one_of({0u, 0u, 1u, 2u, 3u, 6u, 12u}) + (chance(100) ? 130 : 0); left != 0; --left) add_property(list, place);
  if (has(list, property_id::authentication_data) && !has(list, property_id::authentication_method))  // [U5-3.1.2.11.10-a]
    list.push_back(prop::authentication_method("m"));
  if (place == property_place::auth && !has(list, property_id::authentication_method)) list.push_back(prop::authentication_method("m"));
  if (chance(16)) pad(list);
  return list;
}

void packet_source::add_property(std::vector<property>& list, property_place place) {
  const std::string_view ids = properties_of(place, from_);
  const auto id = static_cast<property_id>(ids[choices_.below(static_cast<std::uint32_t>(ids.size()))]);
  const bool repeats = id == property_id::user_property || (id == property_id::subscription_identifier && place == property_place::publish);
  if (repeats || !has(list, id)) list.push_back(make_property(id));
}

// Brings the block to a length at which its own length takes a byte more.
void packet_source::pad(std::vector<property>& list) {
  const std::size_t target = one_of<std::size_t>({127, 128, 16'383, 16'384});
  std::size_t size = 5;
  for (const property& p : list) size += encoded(p);
  if (size <= target && target - size < text_left_) list.push_back(prop::user("", keep(characters(target - size))));
}

property packet_source::make_property(property_id id) {
  using enum property_id;
  switch (id) {
    case payload_format_indicator:
    case request_problem_information:
    case request_response_information:
    case maximum_qos:
    case retain_available:
    case wildcard_subscription_available:
    case subscription_identifier_available:
    case shared_subscription_available: return property(id, choices_.below(2));
    case subscription_identifier: return property(id, integer(1, 268'435'455));
    case receive_maximum:
    case topic_alias: return property(id, integer(1, 0xFFFF));
    case server_keep_alive:
    case topic_alias_maximum: return property(id, integer(0, 0xFFFF));
    case maximum_packet_size: return property(id, integer(1, 0xFFFF'FFFF));
    case message_expiry_interval:
    case session_expiry_interval:
    case will_delay_interval: return property(id, integer(0, 0xFFFF'FFFF));
    case correlation_data:
    case authentication_data: return property(id, binary(length()));
    case response_topic: return property(id, topic_name());
    case user_property: {
      const std::string_view value = text();  // by itself: compilers differ in the order of arguments, and packets shall not
      return prop::user(text(), value);
    }
    default: return property(id, text());
  }
}

}  // namespace mqttspan::test
