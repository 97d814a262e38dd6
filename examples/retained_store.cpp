// A retained-message store: keeps what is published with RETAIN, and writes what each SUBSCRIBE gets of it.
//
//   retained_store [--version 3.1|3.1.1|5.0] [--now SECONDS] FILE|-
//
// The PUBLISH packets of the input arrive at second 0, its SUBSCRIBE packets at second --now; a CONNECT tells the version.
// Exit code: 0 fine, 1 malformed input (what came before it is done), 2 usage.
#include <algorithm>
#include <map>

#include <mqttspan/codec/owned.hpp>
#include <mqttspan/codec/property_buffer.hpp>
#include <mqttspan/codec/topic.hpp>

#include "stream.hpp"

namespace {

using namespace mqttspan;

constexpr parse_options rules{.sender = sender::client, .max_user_properties = 32};
using properties_to_edit = property_buffer<64>;  // the user properties and each other one fit in

class retained_store {
 public:
  retained_store(protocol_version version, std::uint32_t now) : version_(version), now_(now) {}

  void on(const connect& c) { version_ = c.version; }

  void on(const publish& message) {
    if (!message.retain) return;
    if (message.topic.empty()) return void(std::cout << "# not kept: a topic alias means something on its connection only\n");
    if (message.payload.empty()) return void(messages_.erase(std::string(message.topic)));  // [MQTT-3.3.1-6]
    properties_to_edit properties;
    if (!properties.append(message.properties)) return void(std::cout << "# not kept: too many properties\n");
    properties.erase(property_id::topic_alias);  // means something on this connection only
    publish kept = message;
    kept.properties = properties;
    kept.dup = false;
    auto copy = owned<publish>::copy_of(kept, version_);
    if (!copy) return void(std::cout << "# not kept: " << text_of(copy.error()) << '\n');
    messages_.insert_or_assign(std::string(message.topic), std::move(*copy));
  }

  void on(const subscribe& request) {
    std::vector<reason_code> codes;
    for (const subscription& s : request.subscriptions) codes.push_back(granted(s.qos));
    write(suback{.packet_id = request.packet_id, .reason_codes = codes});
    const auto identifier = request.properties.get(prop::subscription_identifier);
    for (const subscription& s : request.subscriptions) {
      if (version_ == protocol_version::v5 && split_share(s.topic_filter)) continue;  // a share gets no retained messages
      const bool is_new = known_filters_.insert_or_assign(std::string(s.topic_filter), s.qos).second;
      if (s.retain_handling == retain_handling::send_if_new && !is_new) continue;  // [MQTT-3.3.1-10]
      if (s.retain_handling == retain_handling::do_not_send) continue;             // [MQTT-3.3.1-11]
      for (const auto& [topic, message] : messages_)
        if (matches(s.topic_filter, topic, version_)) send(*message, s.qos, identifier);
    }
  }

  template <control_packet P>
  void on(const P&) {}

  protocol_version version() const { return version_; }

 private:
  void send(publish message, qos most, std::optional<std::uint32_t> identifier) {
    const auto expiry = message.properties.get(prop::message_expiry_interval);
    if (expiry && *expiry <= now_) return void(std::cout << "# expired: " << message.topic << '\n');  // [MQTT-3.3.2-5]
    properties_to_edit properties;
    bool fits = properties.append(message.properties);
    if (expiry) fits = fits && properties.set(prop::message_expiry_interval(*expiry - now_));   // [MQTT-3.3.2-6]
    if (identifier) fits = fits && properties.add(prop::subscription_identifier(*identifier));  // [MQTT-3.3.4-3]
    if (!fits) return void(std::cout << "# not sent: too many properties\n");
    message.properties = properties;
    message.qos = std::min(message.qos, most);
    message.packet_id = message.qos == qos::at_most_once ? std::uint16_t{0} : next_packet_id();
    write(message);
  }

  std::uint16_t next_packet_id() { return last_packet_id_ == 0xFFFF ? last_packet_id_ = 1 : ++last_packet_id_; }

  void write(const packet& p) {
    const generate_options options{.sender = sender::server, .allow = leniency::fields_not_in_version};  // what was kept may be newer
    std::vector<std::byte> out(encoded_size(p, version_, options).value_or(0));
    const auto written = generate(p, version_, out, options);
    if (written) std::cout << example::hex(*written) << '\n';
    else std::cout << "# not sent: " << text_of(written.error()) << '\n';
  }

  protocol_version version_;
  std::uint32_t now_;
  std::uint16_t last_packet_id_ = 0;
  std::map<std::string, owned<publish>> messages_;
  std::map<std::string, qos> known_filters_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto given = example::command_line(argc, argv, {{"--version", "5.0"}, {"--now", "0"}});
  const auto version = version_named(given ? given->at("--version") : std::string());
  const auto now = given ? example::number(given->at("--now")) : std::nullopt;
  if (!version || !now) return std::cerr << "usage: retained_store [--version 3.1|3.1.1|5.0] [--now SECONDS] FILE|-\n", 2;
  retained_store store(*version, *now);
  return example::for_each_packet(given->at("FILE"), *version, rules, [&](const auto& p) { return store.on(p), store.version(); });
}
