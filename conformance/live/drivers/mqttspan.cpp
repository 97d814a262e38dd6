// Our own client, driven by the live harness: lines of JSON in, lines of JSON out (../README.md, "Drivers").
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <mqttspan/codec/owned.hpp>
#include <mqttspan/posix/client.hpp>
#ifdef MQTTSPAN_DRIVER_WEBSOCKET
#include <mqttspan/websocket/websocket.hpp>
#endif

#include "hex.hpp"
#include "stdin_lines.hpp"

namespace mqttspan {
namespace {

using nlohmann::json;

struct unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void say(const json& what) {
  std::puts(what.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
  std::fflush(stdout);
}

json text_or_hex(std::string_view text) {
  json out = std::string(text);
  try {
    static_cast<void>(out.dump());
  } catch (const json::exception&) {
    out = {{"hex", to_hex(as_bytes(text))}};
  }
  return out;
}

std::string text_in(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  const auto bytes = from_hex(value.at("hex").get<std::string>());
  return std::string(as_text(bytes));
}

// The properties that a command names, and the memory they point into.
struct named_properties {
  std::vector<property> list;
  std::deque<std::string> texts;

  explicit named_properties(const json& from) {
    for (const auto& [name, value] : from.items()) add(name, value);
  }

 private:
  void add(const std::string& name, const json& value) {
    if (name == "session_expiry") list.push_back(prop::session_expiry_interval(value.get<std::uint32_t>()));
    if (name == "request_problem_information") list.push_back(prop::request_problem_information(value.get<std::uint8_t>()));
    if (name == "authentication_method") list.push_back(prop::authentication_method(keep(value)));
    if (name == "authentication_data") list.push_back(prop::authentication_data(as_bytes(keep(value))));
    if (name == "reason_string") list.push_back(prop::reason_string(keep(value)));
    if (name == "message_expiry") list.push_back(prop::message_expiry_interval(value.get<std::uint32_t>()));
    if (name == "topic_alias") list.push_back(prop::topic_alias(value.get<std::uint16_t>()));
    if (name == "subscription_identifier") list.push_back(prop::subscription_identifier(value.get<std::uint32_t>()));
    if (name == "user_properties")
      for (const json& pair : value) list.push_back(prop::user_property(keep(pair.at(0)), keep(pair.at(1))));
  }
  std::string_view keep(const json& value) { return texts.emplace_back(text_in(value)); }
};

class program {
 public:
  program() : lines_(loop_, STDIN_FILENO, 1'048'576, [this] { obey_all(); }) {
    obey_all();
    loop_.run();
  }

 private:
  void obey_all() {
    while (const auto line = lines_.next()) obey(json::parse(*line));
    if (lines_.is_over()) loop_.stop();
  }

  void obey(const json& command) {
    static const std::map<std::string, void (program::*)(const json&)> verbs{
        {"connect", &program::connect_to},   {"subscribe", &program::subscribe_to}, {"unsubscribe", &program::unsubscribe_from},
        {"publish", &program::publish_it},   {"disconnect", &program::leave},       {"authenticate", &program::authenticate},
        {"acknowledge", &program::acknowledge}};
    const auto verb = verbs.find(command.at("do").get<std::string>());
    try {
      if (verb == verbs.end()) throw unsupported(command.at("do").get<std::string>());
      (this->*verb->second)(command);
      say({{"done", command["do"]}});
    } catch (const unsupported& e) {
      say({{"unsupported", e.what()}});
    } catch (const std::exception& e) {
      say({{"error", e.what()}});
    }
  }

  void connect_to(const json& c) {
    posix::endpoint_options how;
    how.mqtt.connect_timeout = c.value("connect_timeout", 10u) * 1'000;
    how.mqtt.receive_maximum = c.value("receive_maximum", how.mqtt.receive_maximum);
    how.mqtt.topic_alias_maximum = c.value("topic_alias_maximum", how.mqtt.topic_alias_maximum);
    how.mqtt.parse.max_packet_size = c.value("maximum_packet_size", how.mqtt.parse.max_packet_size);
    how.mqtt.auto_acknowledge = !c.value("manual", false);
    if (c.value("automatic_aliases", false)) how.mqtt.aliases = alias_policy::least_recent;
    const bool goes_on = goes_on_ = !c.value("clean", true) && client_ != nullptr;
    const std::vector<session_entry> session = goes_on ? entries_ : std::vector<session_entry>{};
    client_ = std::make_unique<posix::client>(loop_, how);
    listen_to(*client_);
    wrap_in(*client_, c);
    client_->open({.host = c.at("host").get<std::string>(), .port = c.at("port").get<std::uint16_t>()});
    endpoint& end = **client_;
    if (goes_on) check(end.mqtt().import_session(session));
    if (!goes_on) messages_.clear(), later_.clear();
    entries_.clear();
    send_connect(end, c);
  }

  using endpoint = posix::endpoint;

#ifdef MQTTSPAN_DRIVER_WEBSOCKET
  static void wrap_in(posix::client& in, const json& c) {
    if (c.value("transport", "tcp") != "websocket") return;
    in.wrap = [path = c.value("path", "/mqtt")](any_transport lower, const posix::address& to) {
      websocket_client_options how;
      how.host = to.text();
      how.path = path;
      return any_transport(websocket_transport(std::move(lower), how));
    };
  }
#else
  static void wrap_in(posix::client&, const json& c) {
    if (c.contains("transport")) throw unsupported("built without WebSocket");
  }
#endif

  void send_connect(endpoint& end, const json& c) {
    connect hello;
    hello.version = *version_named(c.at("version").get<std::string>());
    const std::string id = text_in(c.at("client_id"));
    hello.client_id = id;
    hello.clean_start = c.value("clean", true);
    hello.keep_alive = c.value("keep_alive", std::uint16_t{0});
    const std::string user = c.contains("user_name") ? text_in(c["user_name"]) : "", password = c.contains("password") ? text_in(c["password"]) : "";
    if (c.contains("user_name")) hello.user_name = user;
    if (c.contains("password")) hello.password = as_bytes(password);
    std::string topic, payload;
    if (c.contains("will")) {
      topic = text_in(c["will"].at("topic")), payload = text_in(c["will"].at("payload"));
      hello.will = will{.topic = topic, .payload = as_bytes(payload), .qos = static_cast<qos>(c["will"].value("qos", 0)), .retain = c["will"].value("retain", false)};
    }
    const named_properties with(hello.version == protocol_version::v5 ? c : json::object());
    hello.properties = with.list;
    check(end.send(hello));
  }

  void subscribe_to(const json& c) {
    const std::string filter = text_in(c.at("topic"));
    const subscription one[] = {{.topic_filter = filter, .qos = static_cast<qos>(c.value("qos", 0))}};
    const named_properties with(c);
    subscribe p;
    p.subscriptions = one;
    p.properties = with.list;
    check((**client_).send(p));
  }

  void unsubscribe_from(const json& c) {
    const std::string filter = text_in(c.at("topic"));
    const std::string_view one[] = {filter};
    unsubscribe p;
    p.topic_filters = one;
    check((**client_).send(p));
  }

  void publish_it(const json& c) {
    const std::string topic = text_in(c.at("topic")), payload = text_in(c.at("payload"));
    const named_properties with(c);
    publish p;
    p.topic = topic;
    p.payload = as_bytes(payload);
    p.qos = static_cast<qos>(c.value("qos", 0));
    p.retain = c.value("retain", false);
    p.properties = with.list;
    if (!c.value("queued", false)) return publish_now(**client_, p);
    p.packet_id = 1;  // copies must have one; it gets its own when it is sent
    later_.push_back(copy_of(p));
    go_on(**client_);
  }

  void publish_now(endpoint& end, publish p) {
    const auto r = end.send(p);
    check(r);
    if (p.qos == qos::at_most_once) return;
    p.packet_id = r->packet_id;
    messages_.push_back(copy_of(p));
  }
  owned<publish> copy_of(const publish& p) {
    auto copy = owned<publish>::copy_of(p, (**client_).mqtt().version());
    check(copy);
    return std::move(*copy);
  }
  // Sends what waits, as far as the server takes it now.
  void go_on(endpoint& end) {
    for (; !later_.empty() && end.mqtt().send_quota() > 0; later_.pop_front()) {
      publish p = *later_.front();
      if (!p.dup) p.packet_id = 0;
      publish_now(end, p);
    }
  }

  void leave(const json& c) {
    if (!c.contains("reason_code") && !c.contains("reason_string") && !c.contains("user_properties")) return (**client_).close();
    const named_properties with(c);
    disconnect p;
    p.reason_code = static_cast<reason_code>(c.value("reason_code", 0));
    p.properties = with.list;
    check((**client_).send(p));
  }

  void authenticate(const json& c) {
    const named_properties with(c);
    auth p;
    p.reason_code = static_cast<reason_code>(c.value("reason_code", 0x18));
    p.properties = with.list;
    check((**client_).send(p));
  }

  // What came last, with a reason code and properties, where the connection was told "manual".
  void acknowledge(const json& c) {
    const named_properties with(c);
    if (c.at("packet") == "puback") return answer<puback>(c, with.list);
    if (c.at("packet") == "pubrec") return answer<pubrec>(c, with.list);
    if (c.at("packet") == "pubrel") return answer<pubrel>(c, with.list);
    if (c.at("packet") == "pubcomp") return answer<pubcomp>(c, with.list);
    throw unsupported("acknowledge");
  }
  template <class P>
  void answer(const json& c, const std::vector<property>& with) {
    P p;
    p.packet_id = c.at("packet_id").get<std::uint16_t>();
    p.reason_code = static_cast<reason_code>(c.value("reason_code", 0));
    p.properties = with;
    check((**client_).send(p));
  }

  template <class T>
  static void check(const result<T>& r) {
    if (!r) throw std::runtime_error(std::string(text_of(r.error())));
  }

  void listen_to(posix::client& c) {
    c.on.connack = [this](endpoint& end, const connack& answer) {
      const bool goes_on = answer.session_present || (goes_on_ && end.mqtt().version() == protocol_version::v3_1);  // which does not say
      if (answer.reason_code == reason_code::success && goes_on) send_again(end);
      if (!goes_on) messages_.clear(), later_.clear();
      say({{"connected", answer.reason_code == reason_code::success}, {"reason_code", static_cast<int>(answer.reason_code)}, {"session_present", answer.session_present}});
    };
    c.on.publish = [](endpoint&, const publish& m) {
      say({{"message", {{"topic", text_or_hex(m.topic)}, {"payload", text_or_hex(as_text(m.payload))}, {"qos", static_cast<int>(m.qos)}, {"retain", m.retain}, {"packet_id", m.packet_id}}}});
    };
    c.on.puback = [this](endpoint& end, const puback& a) { settled(a.packet_id), go_on(end); };
    c.on.pubrec = [this](endpoint& end, const pubrec& a) { settled(a.packet_id), go_on(end); };
    c.on.pubcomp = [this](endpoint& end, const pubcomp&) { go_on(end); };
    c.on.suback = [](endpoint&, const suback& a) {
      json codes = json::array();
      for (const reason_code code : a.reason_codes) codes.push_back(static_cast<int>(code));
      say({{"subscribed", codes}});
    };
    c.on.unsuback = [](endpoint&, const unsuback&) { say({{"unsubscribed", true}}); };
    c.on.auth = [](endpoint&, const auth& a) { say({{"authentication", static_cast<int>(a.reason_code)}}); };
    c.on.close = [this](endpoint& end, const posix::closing& why) {
      entries_.resize(end.mqtt().export_session({}));
      entries_.resize(std::min(entries_.size(), end.mqtt().export_session(entries_)));
      say({{"closed", why.text()}});
    };
  }

  // Behind PUBACK, and behind PUBREC, nobody needs the message any more.
  void settled(std::uint16_t id) {
    std::erase_if(messages_, [id](const owned<publish>& m) { return m->packet_id == id; });
  }
  void send_again(endpoint& end) {
    for (; !messages_.empty(); messages_.pop_back()) {
      publish p = *messages_.back();
      p.dup = true;
      later_.push_front(copy_of(p));
    }
    go_on(end);
  }

  posix::loop loop_;
  std::unique_ptr<posix::client> client_;
  std::vector<session_entry> entries_;
  bool goes_on_ = false;
  std::deque<owned<publish>> messages_;  // sent, and not acknowledged
  std::deque<owned<publish>> later_;     // not sent yet, on this connection
  stdin_lines lines_;
};

}  // namespace
}  // namespace mqttspan

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  mqttspan::program();
  return 0;
}
