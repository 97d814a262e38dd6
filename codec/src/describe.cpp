// What an error says to a person, and which statement it rests on.
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/property.hpp>

#include <cstring>

#include "words.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

using detail::word;

// Statement ids of rules.inc, by version and then by rule.
#define MQTTSPAN_RULE(name, code, reason, text, v3_1, v3_1_1, v5) v3_1 "\0"
constexpr char general_3_1[] = "\0"
#include <mqttspan/codec/rules.inc>
    ;
#undef MQTTSPAN_RULE
#define MQTTSPAN_RULE(name, code, reason, text, v3_1, v3_1_1, v5) v3_1_1 "\0"
constexpr char general_3_1_1[] = "\0"
#include <mqttspan/codec/rules.inc>
    ;
#undef MQTTSPAN_RULE
#define MQTTSPAN_RULE(name, code, reason, text, v3_1, v3_1_1, v5) v5 "\0"
constexpr char general_5[] = "\0"
#include <mqttspan/codec/rules.inc>
    ;
#undef MQTTSPAN_RULE

// Statement ids of statements.inc for one packet type; three words a row.
struct packet_case {
  rule violated;
  packet_type type;
};
#define MQTTSPAN_PROPERTY_STATEMENT(...)
#define MQTTSPAN_STATEMENT(name, packet, ...) {rule::name, packet_type::packet},
constexpr packet_case packet_cases[] = {
#include "statements.inc"
};
#undef MQTTSPAN_STATEMENT
#define MQTTSPAN_STATEMENT(name, packet, v3_1, v3_1_1, v5) v3_1 "\0" v3_1_1 "\0" v5 "\0"
constexpr char packet_statements[] =
#include "statements.inc"
    ;
#undef MQTTSPAN_STATEMENT
#undef MQTTSPAN_PROPERTY_STATEMENT

// Statement ids of statements.inc for one property in one place; two words a row.
struct property_case {
  property_place place;
  property_id id;
};
#define MQTTSPAN_STATEMENT(...)
#define MQTTSPAN_PROPERTY_STATEMENT(where, property, ...) {property_place::where, property_id::property},
constexpr property_case property_cases[] = {
#include "statements.inc"
};
#undef MQTTSPAN_PROPERTY_STATEMENT
#define MQTTSPAN_PROPERTY_STATEMENT(where, property, duplicate, range) duplicate "\0" range "\0"
constexpr char property_statements[] =
#include "statements.inc"
    ;
#undef MQTTSPAN_PROPERTY_STATEMENT
#undef MQTTSPAN_STATEMENT

constexpr unsigned column_of(protocol_version version) noexcept {
  return version == protocol_version::v3_1 ? 0 : version == protocol_version::v3_1_1 ? 1 : 2;
}

std::string_view general_statement(rule r, protocol_version version) noexcept {
  if (static_cast<unsigned>(r) > rule_count) return {};
  const unsigned column = column_of(version);
  return word(column == 0 ? general_3_1 : column == 1 ? general_3_1_1 : general_5, static_cast<unsigned>(r));
}

std::string_view packet_statement(rule r, protocol_version version, packet_type type) noexcept {
  unsigned row = 0;
  for (const packet_case& c : packet_cases) {
    if (c.violated == r && c.type == type) return word(packet_statements, 3 * row + column_of(version));
    ++row;
  }
  return {};
}

std::string_view property_statement(bool duplicate, property_place place, property_id id) noexcept {
  unsigned row = 0;
  for (const property_case& c : property_cases) {
    if (c.place == place && c.id == id) return word(property_statements, 2 * row + (duplicate ? 0 : 1));
    ++row;
  }
  return {};
}

// Appends to a buffer, cut to fit.
class text_writer {
 public:
  explicit text_writer(std::span<char> out) noexcept : out_(out) {}
  void add(std::string_view s) noexcept {
    const std::size_t n = s.size() < out_.size() - size_ ? s.size() : out_.size() - size_;
    if (n != 0) std::memcpy(out_.data() + size_, s.data(), n);
    size_ += n;
  }
  void add(std::uint32_t number) noexcept {
    char digits[10];
    std::size_t n = 0;
    do digits[n++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) != 0);
    while (n != 0) add(std::string_view(&digits[--n], 1));
  }
  std::string_view text() const noexcept { return {out_.data(), size_}; }

 private:
  std::span<char> out_;
  std::size_t size_ = 0;
};

std::string_view plain_text_of(errc code) noexcept {
  if (code == errc::incomplete) return "packet is incomplete";
  if (code == errc::no_space) return "output is too short for the packet";
  if (code == errc::wrong_state) return "packet is of another type than asked for";
  return "no error";
}

std::string_view describe_with(const error& e, std::string_view statement, std::span<char> out) noexcept {
  text_writer text(out);
  text.add(e.in == packet_type{} ? std::string_view("packet") : to_string(e.in));
  if (e.violated != rule::none) {
    text.add(" byte ");
    text.add(e.offset);
  }
  text.add(": ");
  text.add(text_of(e));
  if (!statement.empty()) {
    text.add(" [");
    text.add(statement);
    text.add("]");
  }
  return text.text();
}

// The will's properties stand behind CONNECT's own and its client identifier.
bool is_in_will(bytes_view packet, std::size_t offset) noexcept {
  const auto header = peek(packet);
  if (!header || header->type != packet_type::connect) return false;
  const connect_inspection seen = inspect_connect(packet);
  if (!seen.client_id) return false;
  const std::size_t client_id = static_cast<std::size_t>(as_bytes(*seen.client_id).data() - packet.data());
  return offset >= client_id + seen.client_id->size();
}

}  // namespace

std::string_view statement_id(rule r, protocol_version version, packet_type type) noexcept {
  const std::string_view exact = packet_statement(r, version, type);
  return exact.empty() ? general_statement(r, version) : exact;
}

std::string_view statement_id(const error& e, protocol_version version, bytes_view bytes) noexcept {
  const bool duplicate = e.violated == rule::property_duplicate;
  const bool range = e.violated == rule::property_out_of_range || e.violated == rule::topic_alias_is_zero;
  // A duplicate is named at its identifier, a value out of range right behind it.
  const std::size_t at = range && e.offset > 0 ? e.offset - 1 : e.offset;
  if ((duplicate || range) && at < bytes.size()) {
    const auto place = is_in_will(bytes, at) ? property_place::will : static_cast<property_place>(e.in);
    const std::string_view exact = property_statement(duplicate, place, static_cast<property_id>(bytes[at]));
    if (!exact.empty()) return exact;
  }
  return statement_id(e.violated, version, e.in);
}

std::string_view text_of(const error& e) noexcept { return e.violated == rule::none ? plain_text_of(e.code) : text_of(e.violated); }

std::string_view describe(const error& e, protocol_version version, std::span<char> out) noexcept {
  return describe_with(e, statement_id(e.violated, version, e.in), out);
}

std::string_view describe(const error& e, protocol_version version, bytes_view bytes, std::span<char> out) noexcept {
  return describe_with(e, statement_id(e, version, bytes), out);
}

}  // namespace mqttspan
