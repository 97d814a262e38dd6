#include <variant>

#include <mqttspan/codec/generate.hpp>

#include "hostile.hpp"

namespace mqttspan::test {
namespace {

// Small packets that fit together often enough to get somewhere. A call takes one choice at the most: in which order its arguments are made differs between compilers, and the same choices shall give the same
// script everywhere.
class author {
 public:
  author(sender self, protocol_version version, entropy& choices) : random_(choices), source_(random_, 200), self_(self), version_(version) {}

  script write(transport takes);

 private:
  std::uint32_t below(std::uint32_t n) { return random_.below(n); }
  bool chance(std::uint32_t one_in) { return below(one_in) == 0; }
  bool v5() const { return version_ == protocol_version::v5; }
  std::uint16_t id() { return static_cast<std::uint16_t>(chance(20) ? below(65'536) : 1 + below(4)); }

  sample some(packet p, const std::vector<property>& properties = {});
  sample opening(bool accepts_only);
  sample any(bool by_application);
  sample generated();
  std::string bytes_of(const sample& s, protocol_version version);
  std::string garbage();
  std::string mutated(std::string bytes);
  connection_options options();

  entropy& random_;
  packet_source source_;
  sender self_;
  protocol_version version_;
};

template <class Change>
void with_properties(packet& p, Change change) {
  std::visit([&](auto& own) {
    if constexpr (requires { own.properties; }) change(own.properties);
  }, p);
}

sample author::some(packet p, const std::vector<property>& properties) {
  auto kept = std::make_shared<packet_storage>();
  if (v5() && !properties.empty()) {
    kept->properties.push_back(properties);
    with_properties(p, [&](property_list& list) { list = kept->properties.back(); });
  }
  return {p, version_, {}, kept};
}

// What gets a connection going: CONNECT, or CONNACK.
sample author::opening(bool by_client) {
  std::vector<property> properties;
  if (chance(3)) properties.push_back(prop::receive_maximum(static_cast<std::uint16_t>(1 + below(4))));
  if (chance(3)) properties.push_back(prop::topic_alias_maximum(static_cast<std::uint16_t>(below(4))));
  if (chance(4)) properties.push_back(prop::maximum_packet_size(1 + below(60)));
  if (chance(12)) properties.push_back(prop::authentication_method("m"));
  if (by_client) {
    if (chance(4)) properties.push_back(prop::request_problem_information(0));
    connect c{.version = version_, .clean_start = chance(2), .keep_alive = static_cast<std::uint16_t>(below(3) * 10), .client_id = "c"};
    if (chance(3)) c.will = will{.topic = "w"};
    return some(c, properties);
  }
  if (chance(4)) properties.push_back(prop::maximum_qos(static_cast<std::uint8_t>(below(2))));
  if (chance(8)) properties.push_back(prop::retain_available(0));
  if (chance(8)) properties.push_back(prop::wildcard_subscription_available(0));
  if (chance(8)) properties.push_back(prop::server_keep_alive(5));
  connack k{.session_present = version_ != protocol_version::v3_1 && chance(8)};
  if (chance(15)) k = {.reason_code = reason_code::not_authorized};
  return some(k, properties);
}

sample author::any(bool by_application) {
  static constexpr subscription one[] = {{.topic_filter = "a", .qos = qos::at_least_once}}, two[] = {{.topic_filter = "a/+"}, {.topic_filter = "$share/g/b"}};
  static constexpr std::string_view filters[] = {"a", "b"};
  static constexpr reason_code codes[] = {reason_code::success, reason_code::success};
  const std::size_t count = 1 + below(2);
  const auto code = v5() && chance(6) ? reason_code::unspecified_error : reason_code::success;
  const std::uint16_t own = by_application ? std::uint16_t{0} : id();  // the connection takes one
  switch (below(25)) {
    case 0: case 1: case 2: case 3: case 4: case 5: case 6: {
      const auto q = static_cast<qos>(below(3));
      std::vector<property> properties;
      if (chance(3)) properties.push_back(prop::topic_alias(static_cast<std::uint16_t>(1 + below(3))));
      publish p{.topic = properties.empty() || chance(2) ? (chance(2) ? "a/b" : "some/longer/topic") : "", .payload = as_bytes("payload"), .qos = q};
      p.retain = chance(10);
      if (!v5() && p.topic.empty()) p.topic = "t";
      if (q != qos::at_most_once) p.packet_id = chance(5) ? id() : own, p.dup = chance(5);
      return some(p, properties);
    }
    case 7: case 8: return some(puback{.packet_id = id(), .reason_code = code});
    case 9: case 10: {
      const bool says_why = chance(6);
      return some(pubrec{.packet_id = id(), .reason_code = code}, says_why ? std::vector<property>{prop::reason_string("why")} : std::vector<property>{});
    }
    case 11: case 12: return some(pubrel{.packet_id = id()});
    case 13: case 14: return some(pubcomp{.packet_id = id()});
    case 15: return some(subscribe{.packet_id = own, .subscriptions = count == 1 ? wire_list<subscription>(one) : wire_list<subscription>(two)});
    case 16: return some(suback{.packet_id = id(), .reason_codes = std::span(codes, count)});
    case 17: return some(unsubscribe{.packet_id = own, .topic_filters = std::span(filters, count)});
    case 18: return some(unsuback{.packet_id = id(), .reason_codes = v5() ? std::span(codes, count) : std::span<const reason_code>()});
    case 19: return some(pingreq{});
    case 20: return by_application ? some(pingreq{}) : some(pingresp{});
    case 21: {
      if (!v5()) return some(pingreq{});
      const std::string_view method = chance(6) ? "other" : "m";
      return some(auth{.reason_code = chance(3) ? reason_code::success : chance(2) ? reason_code::re_authenticate : reason_code::continue_authentication},
                  {prop::authentication_method(method)});
    }
    case 22: return opening(chance(2));
    default: {
      sample s = chance(4) ? some(disconnect{}) : generated();
      if (by_application && std::get_if<pingresp>(&s.packet)) s.packet = pingreq{};
      return s;
    }
  }
}

sample author::generated() {
  sample s = source_.next(static_cast<packet_type>(1 + below(v5() ? 15 : 14)), version_);
  std::visit([&](auto& own) {
    if constexpr (requires { own.packet_id; })
      if (own.packet_id != 0) own.packet_id = id();
  }, s.packet);
  return s;
}

std::string author::bytes_of(const sample& s, protocol_version version) {
  std::string bytes(encoded_size(s.packet, version).value_or(0), '\0');
  const auto written = generate(s.packet, version, std::as_writable_bytes(std::span(bytes)), {.allow = leniency::dup_with_qos_0});
  bytes.resize(written ? written->size() : 0);
  return bytes;
}

std::string author::garbage() {
  std::string bytes(1 + below(20), '\0');
  for (char& c : bytes) c = static_cast<char>(below(256));
  if (chance(4)) bytes = "\x10\xFF\xFF\xFF\x7F";
  return bytes;
}

std::string author::mutated(std::string bytes) {
  if (bytes.empty()) return bytes;
  const std::uint32_t at = below(static_cast<std::uint32_t>(bytes.size()));
  switch (below(4)) {
    case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8))); break;
    case 1: bytes.erase(at, 1 + below(3)); break;
    case 2: bytes.insert(at, 1, static_cast<char>(below(256))); break;
    default: bytes[at] = static_cast<char>(below(256));
  }
  return bytes;
}

connection_options author::options() {
  connection_options o;
  o.carry_size = chance(3) ? 40 + below(100) : 600;
  o.output_size = 80 + below(400);
  o.high_water = o.output_size / 2;
  o.receive_maximum = static_cast<std::uint16_t>(1 + below(4));
  o.unannounced_maximum = static_cast<std::uint16_t>(1 + below(chance(2) ? 4 : 100));
  o.send_maximum = static_cast<std::uint16_t>(1 + below(4));
  o.max_requests = static_cast<std::uint16_t>(below(3));
  o.topic_alias_maximum = static_cast<std::uint16_t>(below(4));
  o.max_sent_aliases = static_cast<std::uint16_t>(below(4));
  o.aliases = static_cast<alias_policy>(below(3));
  o.auto_acknowledge = !chance(3);
  o.auto_ping = !chance(4);
  o.stray = chance(4) ? stray_acknowledgement::close : stray_acknowledgement::ignore;
  if (chance(4)) o.parse.max_packet_size = 64 + below(100);
  if (chance(4)) o.parse.reject = static_cast<strictness>(below(1u << 10));
  return o;
}

script author::write(transport takes) {
  script s{.self = self_, .version = version_, .takes = takes, .options = options(), .session = {}, .acts = {}};
  const bool is_client = self_ == sender::client;
  if (chance(3))
    for (std::uint16_t i = 1, n = static_cast<std::uint16_t>(below(5)); i <= n; ++i)
      s.session.push_back({i, static_cast<exchange>(1 + below(4)), chance(2)});
  const auto come = [&](std::string bytes) { s.acts.push_back({.what = act::kind::bytes, .bytes = std::move(bytes)}); };
  if (!chance(10)) {  // get it going
    if (is_client) s.acts.push_back({.what = act::kind::send, .packet = opening(true)});
    std::string first = bytes_of(opening(!is_client), version_);
    if (chance(6)) first = mutated(first);
    for (std::uint32_t more = chance(3) ? 1 + below(3) : 0; more != 0; --more) first += bytes_of(any(false), version_);  // behind it, at once
    come(std::move(first));
    if (!is_client) s.acts.push_back({.what = act::kind::send, .packet = opening(false)});
  }
  for (std::uint32_t left = 5 + below(40); left != 0; --left) {
    const std::uint32_t what = below(100);
    if (what < 55) {
      std::string bytes;
      for (std::uint32_t n = 1 + below(3); n != 0; --n) {
        const protocol_version version = chance(50) ? protocol_version::v5 : version_;
        bytes += bytes_of(any(false), version);
      }
      if (chance(25)) bytes = mutated(bytes);
      if (chance(50)) bytes += garbage();
      come(std::move(bytes));
    } else if (what < 88) {
      s.acts.push_back({.what = act::kind::send, .packet = any(true)});
    } else if (what < 95) {
      if (takes == transport::takes_some) s.acts.push_back({.what = act::kind::drain, .amount = below(120)});
      else s.acts.push_back({.what = act::kind::wait, .amount = below(chance(3) ? 12'000 : 3'000)});
    } else if (chance(10)) {
      s.acts.push_back({.what = chance(2) ? act::kind::close : act::kind::end_of_input});
    }
  }
  return s;
}

}  // namespace

script make_script(sender self, protocol_version version, transport takes, entropy& choices) { return author(self, version, choices).write(takes); }

script make_script(sender self, protocol_version version, transport takes, std::uint64_t seed) {
  seeded_entropy choices(seed * 0x9E37'79B9'7F4A'7C15 + 1);
  return make_script(self, version, takes, choices);
}

}  // namespace mqttspan::test
