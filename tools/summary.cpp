#include "summary.hpp"

#include <array>
#include <cstdio>

namespace mqttspan {
namespace {

constexpr std::size_t text_limit = 60;

// Puts the fields of a packet behind one another as name=value.
class fields {
 public:
  fields(protocol_version version, const palette& paint) : version_(version), paint_(paint) {}

  std::string text() && { return std::move(out_); }

  void operator()(const connect& p) {
    word(to_string(p.version));
    string("client_id", p.client_id);
    flag("clean_start", p.clean_start);
    number("keep_alive", p.keep_alive);
    flag("bridge", p.bridge);
    if (p.user_name) string("user_name", *p.user_name);
    if (p.password) number("password_bytes", p.password->size());
    if (p.will) will_fields(*p.will);
    properties(p.properties);
  }
  void operator()(const connack& p) {
    reason(p.reason_code, packet_type::connack);
    flag("session_present", p.session_present);
    properties(p.properties);
  }
  void operator()(const publish& p) {
    topic(p.topic);
    number("qos", static_cast<unsigned>(p.qos));
    if (p.qos != qos::at_most_once) number("packet_id", p.packet_id);
    flag("retain", p.retain);
    flag("dup", p.dup);
    payload("payload", p.payload);
    properties(p.properties);
  }
  void operator()(const puback& p) { acknowledgement(p); }
  void operator()(const pubrec& p) { acknowledgement(p); }
  void operator()(const pubrel& p) {
    acknowledgement(p);
    flag("dup", p.dup);
  }
  void operator()(const pubcomp& p) { acknowledgement(p); }
  void operator()(const subscribe& p) {
    number("packet_id", p.packet_id);
    flag("dup", p.dup);
    for (const subscription& s : p.subscriptions) entry(s);
    properties(p.properties);
  }
  void operator()(const suback& p) { reasons(p, packet_type::suback); }
  void operator()(const unsubscribe& p) {
    number("packet_id", p.packet_id);
    flag("dup", p.dup);
    for (const std::string_view filter : p.topic_filters) topic(filter);
    properties(p.properties);
  }
  void operator()(const unsuback& p) { reasons(p, packet_type::unsuback); }
  void operator()(const pingreq&) {}
  void operator()(const pingresp&) {}
  void operator()(const disconnect& p) { reason_and_properties(p); }
  void operator()(const auth& p) { reason_and_properties(p); }

 private:
  bool v5() const { return version_ == protocol_version::v5; }

  void word(std::string_view w) { out_.append(out_.empty() ? "" : " ").append(w); }
  void topic(std::string_view t) { word(paint_(tint::text, quote(t))); }
  void named(std::string_view name, std::string_view value) { word(paint_(tint::name, name) + "=" + std::string(value)); }
  void number(std::string_view name, std::uint64_t value) { named(name, std::to_string(value)); }
  void flag(std::string_view name, bool set) {
    if (set) word(paint_(tint::name, name));
  }
  void string(std::string_view name, std::string_view value) { named(name, paint_(tint::text, quote(value, text_limit))); }
  void payload(std::string_view name, bytes_view bytes) {
    const std::string size = std::to_string(bytes.size());
    named(name, bytes.empty() ? size : size + " " + paint_(tint::text, preview(bytes, text_limit)));
  }

  void reason(reason_code code, packet_type type) {
    const auto wire = v5() ? std::optional<std::uint8_t>() : return_code(code);
    std::array<char, 8> number{};
    std::snprintf(number.data(), number.size(), "0x%02x", static_cast<unsigned>(code));
    const std::string shown = wire && type == packet_type::connack ? std::to_string(*wire) : std::string(number.data());
    word(paint_(is_error(code) ? tint::wrong : tint::plain, shown + " " + std::string(text_of(code, type))));
  }

  template <class P>
  void acknowledgement(const P& p) {
    number("packet_id", p.packet_id);
    if (v5()) reason(p.reason_code, P::type);
    properties(p.properties);
  }
  template <class P>
  void reason_and_properties(const P& p) {
    if (v5()) reason(p.reason_code, P::type);
    properties(p.properties);
  }
  template <class P>
  void reasons(const P& p, packet_type type) {
    number("packet_id", p.packet_id);
    std::size_t index = 0;
    for (const reason_code code : p.reason_codes) {
      if (index++ > 0) out_ += ",";
      reason(code, type);
    }
    properties(p.properties);
  }

  void entry(const subscription& s) {
    topic(s.topic_filter);
    number("qos", static_cast<unsigned>(s.qos));
    flag("no_local", s.no_local);
    flag("retain_as_published", s.retain_as_published);
    if (s.retain_handling != retain_handling::send) number("retain_handling", static_cast<unsigned>(s.retain_handling));
  }

  void will_fields(const will& w) {
    fields inner(version_, paint_);
    inner.topic(w.topic);
    inner.number("qos", static_cast<unsigned>(w.qos));
    inner.flag("retain", w.retain);
    inner.payload("payload", w.payload);
    inner.properties(w.properties);
    named("will", "{" + inner.out_ + "}");
  }

  void properties(const property_list& list) {
    if (list.empty()) return;
    fields inner(version_, paint_);
    for (const property& p : list) inner.one(p);
    word("{" + inner.out_ + "}");
  }

  void one(const property& p) {
    const std::string_view name = to_string(p.id());
    switch (p.type()) {
      case property_type::string: return string(name, p.text());
      case property_type::binary: return payload(name, p.binary());
      case property_type::string_pair: return named(name, paint_(tint::text, quote(p.name(), text_limit) + ":" + quote(p.text(), text_limit)));
      default: return number(name, p.integer());
    }
  }

  protocol_version version_;
  const palette& paint_;
  std::string out_;
};

std::string place(const sighting& seen) {
  std::array<char, 64> out{};
  const auto offset = static_cast<unsigned long long>(seen.offset);
  if (seen.connection == 0) std::snprintf(out.data(), out.size(), "%8llu", offset);
  else std::snprintf(out.data(), out.size(), "#%-3zu %11.6f %8llu", seen.connection, seen.seconds, offset);
  return out.data();
}

}  // namespace

std::string_view arrow(sender from) { return from == sender::client ? "→" : from == sender::server ? "←" : " "; }

std::string summary(const sighting& seen, const packet& p, const palette& paint) {
  constexpr std::size_t type_width = 11;  // UNSUBSCRIBE
  const packet_type type = type_of(p);
  const sender from = seen.from != sender::any ? seen.from : only_sender(type, seen.version);
  fields written(seen.version, paint);
  std::visit(written, p);
  const std::string fields_text = std::move(written).text();
  const std::string name(to_string(type));
  std::string line = paint(tint::faint, place(seen)) + "  " + std::string(arrow(from)) + "  " + paint(tint::type, name);
  if (!fields_text.empty()) line += std::string(type_width - name.size() + 2, ' ') + fields_text;
  return line;
}

}  // namespace mqttspan
