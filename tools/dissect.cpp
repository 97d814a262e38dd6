#include "dissect.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/topic.hpp>
#include <mqttspan/codec/varint.hpp>

#include "dissect_words.hpp"
#include "packet_stream.hpp"

namespace mqttspan {
namespace {

class dissector {
 public:
  dissector(bytes_view bytes, protocol_version version) : bytes_(bytes), version_(version_of(bytes, version)), end_(bytes.size()) {}

  std::vector<dissected> run() && {
    if (fixed_header()) body();
    rest();
    return std::move(rows_);
  }

 private:
  bool v5() const { return version_ == protocol_version::v5; }
  bool v3_1() const { return version_ == protocol_version::v3_1; }
  std::size_t left() const { return end_ - at_; }
  unsigned byte(std::size_t at) const { return std::to_integer<unsigned>(bytes_[at]); }

  // --- rows

  void remark(std::string field, std::string value = {}) { rows_.push_back({depth_, at_, 0, {}, std::move(field), std::move(value)}); }

  void bits(unsigned mask, std::string field, std::string value) {
    rows_.push_back({depth_ + 1, at_ - 1, 0, bit_pattern(byte(at_ - 1), mask), std::move(field), std::move(value)});
  }
  void bit(unsigned mask, std::string field, std::string_view set = "yes", std::string_view clear = "no") {
    const bool on = (byte(at_ - 1) & mask) != 0;
    bits(mask, std::move(field), (on ? "1, " : "0, ") + std::string(on ? set : clear));
  }

  // Covers the next `size` bytes; where they are not all there, what is left of the block, and the structure is broken.
  std::optional<bytes_view> take(std::size_t size, const std::string& field) {
    if (broken_) return std::nullopt;
    const bytes_view taken = bytes_.subspan(at_, std::min(size, left()));
    rows_.push_back({depth_, at_, taken.size(), {}, field, {}});
    at_ += taken.size();
    if (taken.size() == size) return taken;
    rows_.back().value = taken.empty() ? "missing" : "cut: " + std::to_string(taken.size()) + " of " + std::to_string(size) + " bytes";
    broken_ = true;
    return std::nullopt;
  }
  void value(std::string text) { rows_.back().value = std::move(text); }

  std::optional<std::uint32_t> integer(std::size_t size, const std::string& field) {
    const auto taken = take(size, field);
    if (!taken) return std::nullopt;
    std::uint32_t number = 0;
    for (const std::byte b : *taken) number = number << 8 | std::to_integer<std::uint32_t>(b);
    value(std::to_string(number));
    return number;
  }

  std::optional<std::uint32_t> variable_byte_integer(const std::string& field) {
    if (broken_) return std::nullopt;
    const auto number = decode_varint(bytes_.subspan(at_, left()));
    if (!number) {
      const bool cut = number.error().code == errc::incomplete;
      take(cut ? left() + 1 : 4, field);  // one more than there is: cut, or missing
      if (!cut) value("longer than four bytes");
      broken_ = true;
      return std::nullopt;
    }
    take(number->size, field);
    value(std::to_string(number->value) + (number->is_minimal() ? "" : ", in more bytes than need be"));
    return number->value;
  }

  std::optional<bytes_view> prefixed(const std::string& field) {
    const auto size = integer(2, field + " length");
    if (!size) return std::nullopt;
    if (*size == 0) {
      remark(field, "empty");
      return bytes_view{};
    }
    return take(*size, field);
  }
  std::optional<std::string_view> string(const std::string& field) {
    const auto text = prefixed(field);
    if (!text) return std::nullopt;
    if (!text->empty()) value(words_of_text(as_text(*text)));
    return as_text(*text);
  }
  void binary(const std::string& field) {
    const auto data = prefixed(field);
    if (data && !data->empty()) value(words_of_binary(*data));
  }

  void reason(packet_type type) {
    const auto code = integer(1, "reason code");
    if (code) value(words_of_reason(*code, type, version_));
  }

  // --- fixed header: type and flags<1> remaining length<1-4>

  bool fixed_header() {
    const auto first = integer(1, "type and flags");
    if (!first) return false;
    type_ = static_cast<packet_type>(*first >> 4);
    const std::string name(to_string(type_));
    value(name);
    bits(0xF0, "packet type", std::to_string(*first >> 4) + ", " + name);
    first_byte_flags();
    const auto remaining = variable_byte_integer("remaining length");
    if (!remaining) return false;
    const std::size_t whole = at_ + *remaining;
    if (whole > bytes_.size()) rows_.back().value += ": the packet is cut, " + std::to_string(left()) + " of these bytes are there";
    end_ = std::min(whole, bytes_.size());
    return true;
  }

  void first_byte_flags() {
    const bool two = type_ == packet_type::pubrel || type_ == packet_type::subscribe || type_ == packet_type::unsubscribe;
    const unsigned flags = byte(0) & 15;
    if (type_ == packet_type::publish || (two && v3_1())) {
      bit(0x08, "DUP", "sent before", "first time");
      bits(0x06, "QoS", words_of_qos(flags >> 1 & 3));
      if (type_ == packet_type::publish) bit(0x01, "RETAIN");
      else bits(0x01, "unused", std::to_string(flags & 1));
    } else {
      const char* expected = v3_1() ? ", unused" : two ? ", reserved, must be 2" : ", reserved, must be 0";
      bits(0x0F, "flags", std::to_string(flags) + expected);
    }
  }

  void body() {
    switch (type_) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P:     \
    P##_body();            \
    break;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
      default: broken_ = true;
    }
  }

  // Everything that no field has claimed.
  void rest() {
    depth_ = 0;
    const std::size_t size = bytes_.size() - at_;
    if (size == 0) return;
    rows_.push_back({0, at_, size, {}, broken_ ? "not explained" : "left over", std::to_string(size) + (size == 1 ? " byte" : " bytes")});
    at_ += size;
  }

  // --- the packets

  // protocol name<2+n> protocol level<1> connect flags<1> keep alive<2> properties? client id<2+n> will? user name<2+n>? password<2+n>?
  void connect_body() {
    string("protocol name");
    const auto level = integer(1, "protocol level");
    if (!level) return;
    value(words_of_level(*level));
    const unsigned spoken = *level & 0x7F;
    if (spoken < 3 || spoken > 5) {
      broken_ = true;
      return;
    }
    const auto flags = integer(1, "connect flags");
    if (!flags) return;
    connect_flags(*flags);
    if (const auto seconds = integer(2, "keep alive")) value(*seconds == 0 ? "0, off" : std::to_string(*seconds) + " s");
    properties(property_place::connect);
    string("client identifier");
    if ((*flags & 0x04) != 0) {
      properties(property_place::will);
      string("will topic");
      binary("will payload");
    }
    if ((*flags & 0x80) != 0 && !left_out_in_3_1("user name")) string("user name");
    if ((*flags & 0x40) != 0 && !left_out_in_3_1("password")) binary("password");
  }

  void connect_flags(unsigned flags) {
    value(std::to_string(flags));
    bit(0x80, "user name flag");
    bit(0x40, "password flag");
    bit(0x20, "will retain");
    bits(0x18, "will QoS", words_of_qos(flags >> 3 & 3));
    bit(0x04, "will flag");
    bit(0x02, v5() ? "clean start" : "clean session");
    bits(0x01, v3_1() ? "unused" : "reserved", std::to_string(flags & 1) + (v3_1() ? "" : ", must be 0"));
  }

  // 3.1 wants a missing user name or password at the end to be read as not there. [U31-3.1-d]
  bool left_out_in_3_1(const std::string& field) {
    if (!v3_1() || broken_ || left() > 0) return false;
    remark(field, "announced and left out");
    return true;
  }

  // acknowledge flags<1> reason code<1> properties?
  void connack_body() {
    const auto flags = integer(1, "acknowledge flags");
    if (!flags) return;
    if (v3_1()) {
      value(std::to_string(*flags) + ", unused");
    } else {
      bits(0xFE, "reserved", std::to_string(*flags >> 1) + ", must be 0");
      bit(0x01, "session present");
    }
    if (v5()) reason(packet_type::connack);
    else if (const auto code = integer(1, "return code")) value(words_of_return_code(*code));
    properties(property_place::connack);
  }

  // topic<2+n> packet id<2>? properties? payload<rest>
  void publish_body() {
    string("topic name");
    if ((byte(0) >> 1 & 3) != 0) integer(2, "packet identifier");
    properties(property_place::publish);
    if (broken_) return;
    if (left() == 0) return remark("payload", "empty");
    const auto data = take(left(), "payload");
    value(words_of_binary(*data));
  }

  void puback_body() { acknowledgement(property_place::puback); }
  void pubrec_body() { acknowledgement(property_place::pubrec); }
  void pubrel_body() { acknowledgement(property_place::pubrel); }
  void pubcomp_body() { acknowledgement(property_place::pubcomp); }

  // packet id<2> then 5.0: reason code<1>? properties?
  void acknowledgement(property_place place) {
    integer(2, "packet identifier");
    reason_and_properties(place);
  }

  // Both may be left out from the end.
  void reason_and_properties(property_place place) {
    if (broken_ || !v5()) return;
    if (left() == 0) return remark("reason code and properties", "left out: " + words_of_reason(0, type_, version_) + ", no properties");
    reason(type_);
    if (broken_) return;
    if (left() == 0) return remark("properties", "left out: none");
    properties(place);
  }

  // packet id<2> properties? (topic filter<2+n> options<1>)+
  void subscribe_body() {
    integer(2, "packet identifier");
    properties(property_place::subscribe);
    for (unsigned n = 1; left() > 0 && !broken_; ++n) {
      remark("subscription " + std::to_string(n));
      ++depth_;
      filter(string("topic filter"));
      subscription_options();
      --depth_;
    }
  }

  void filter(std::optional<std::string_view> text) {
    if (!text || !v5()) return;
    if (const auto parts = split_share(*text)) {
      remark("share name", words_of_text(parts->share_name));
      remark("shared topic filter", words_of_text(parts->topic_filter));
    }
  }

  void subscription_options() {
    const auto options = integer(1, v5() ? "subscription options" : "requested QoS");
    if (!options) return;
    if (v5()) {
      bits(0xC0, "reserved", std::to_string(*options >> 6) + ", must be 0");
      bits(0x30, "retain handling", words_of_retain_handling(*options >> 4 & 3));
      bit(0x08, "retain as published");
      bit(0x04, "no local");
    } else {
      bits(0xFC, v3_1() ? "unused" : "reserved", std::to_string(*options >> 2) + (v3_1() ? "" : ", must be 0"));
    }
    bits(0x03, v5() ? "maximum QoS" : "QoS", words_of_qos(*options & 3));
  }

  // packet id<2> properties? reason code<1>+
  void suback_body() {
    integer(2, "packet identifier");
    properties(property_place::suback);
    while (left() > 0 && !broken_) reason(packet_type::suback);
  }

  // packet id<2> properties? topic filter<2+n>+
  void unsubscribe_body() {
    integer(2, "packet identifier");
    properties(property_place::unsubscribe);
    while (left() > 0 && !broken_) filter(string("topic filter"));
  }

  // packet id<2> then 5.0: properties, reason code<1>+
  void unsuback_body() {
    integer(2, "packet identifier");
    properties(property_place::unsuback);
    while (v5() && left() > 0 && !broken_) reason(packet_type::unsuback);
  }

  void pingreq_body() {}
  void pingresp_body() {}
  void disconnect_body() { reason_and_properties(property_place::disconnect); }
  void auth_body() { reason_and_properties(property_place::auth); }

  // --- properties: length<varint> (identifier<varint> value)*

  void properties(property_place place) {
    if (broken_ || !v5()) return;
    const auto size = variable_byte_integer(place == property_place::will ? "will property length" : "property length");
    if (!size) return;
    if (*size > left()) {
      rows_.back().value += ": more than the " + std::to_string(left()) + " bytes left in the packet";
      broken_ = true;
      return;
    }
    const std::size_t outer_end = std::exchange(end_, at_ + *size);
    ++depth_;
    while (left() > 0 && !broken_) one_property();
    --depth_;
    end_ = outer_end;
  }

  void one_property() {
    const auto identifier = variable_byte_integer("property");
    if (!identifier) return;
    // All that exist take one byte; a longer spelling of one is none. [MQTT-1.5.5-1]
    const bool short_form = rows_.back().size == 1;
    const std::string_view name = short_form ? to_string(static_cast<property_id>(*identifier)) : std::string_view();
    value(words_of_property(*identifier, name) + (short_form ? "" : " in " + std::to_string(rows_.back().size) + " bytes"));
    if (name.empty()) {
      broken_ = true;
      return;
    }
    ++depth_;
    property_value(static_cast<property_id>(*identifier));
    --depth_;
  }

  void property_value(property_id id) {
    switch (type_of(id)) {
      case property_type::byte: return property_number(id, integer(1, "value"));
      case property_type::two_byte: return property_number(id, integer(2, "value"));
      case property_type::four_byte: return property_number(id, integer(4, "value"));
      case property_type::variable_byte: variable_byte_integer("value"); return;
      case property_type::string: string("value"); return;
      case property_type::binary: return binary("value");
      case property_type::string_pair:
        string("name");
        if (!broken_) string("value");
        return;
    }
  }
  void property_number(property_id id, std::optional<std::uint32_t> number) {
    if (number) value(words_of_property_number(id, *number));
  }

  bytes_view bytes_;
  protocol_version version_;
  packet_type type_{};
  std::size_t at_ = 0;
  std::size_t end_;  // of the block that is being read: the packet, or a property section
  unsigned depth_ = 0;
  bool broken_ = false;  // a field could not be read: nothing behind it can be told apart
  std::vector<dissected> rows_;
};

}  // namespace

std::vector<dissected> dissect(bytes_view bytes, protocol_version version) { return dissector(bytes, version).run(); }

}  // namespace mqttspan
