// What an error says to a person, and which statement it rests on.
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/property.hpp>

#include <cstring>

namespace mqttspan {
namespace {

struct by_version {
  const char* v3_1;
  const char* v3_1_1;
  const char* v5;

  std::string_view in(protocol_version version) const noexcept {
    return version == protocol_version::v3_1 ? v3_1 : version == protocol_version::v3_1_1 ? v3_1_1 : v5;
  }
};

std::string_view general_statement(rule r, protocol_version version) noexcept {
  switch (r) {
    case rule::none: break;
#define MQTTSPAN_RULE(name, code, reason, text, v3_1, v3_1_1, v5) \
  case rule::name: return by_version{v3_1, v3_1_1, v5}.in(version);
#include <mqttspan/codec/rules.inc>
#undef MQTTSPAN_RULE
  }
  return {};
}

// Where a rule has a statement of its own for one packet type.
std::string_view packet_statement(rule r, protocol_version version, packet_type type) noexcept {
#define MQTTSPAN_STATEMENT(name, packet, v3_1, v3_1_1, v5)                 \
  if (r == rule::name && type == packet_type::packet) {                    \
    const std::string_view id = by_version{v3_1, v3_1_1, v5}.in(version); \
    if (!id.empty()) return id;                                            \
  }
#define MQTTSPAN_PROPERTY_STATEMENT(...)
#include "statements.inc"
#undef MQTTSPAN_PROPERTY_STATEMENT
#undef MQTTSPAN_STATEMENT
  return {};
}

std::string_view property_statement(rule r, property_place place, property_id id) noexcept {
#define MQTTSPAN_STATEMENT(...)
#define MQTTSPAN_PROPERTY_STATEMENT(where, property, duplicate, range)                   \
  if (place == property_place::where && id == property_id::property) {                   \
    if (r == rule::property_duplicate) return duplicate;                                 \
    if (r == rule::property_out_of_range || r == rule::topic_alias_is_zero) return range; \
  }
#include "statements.inc"
#undef MQTTSPAN_PROPERTY_STATEMENT
#undef MQTTSPAN_STATEMENT
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
  switch (code) {
    case errc::incomplete: return "packet is incomplete";
    case errc::no_space: return "output is too short for the packet";
    case errc::wrong_state: return "packet is of another type than asked for";
    default: return "no error";
  }
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
    const std::string_view exact = property_statement(e.violated, place, static_cast<property_id>(bytes[at]));
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
