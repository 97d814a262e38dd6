// Eclipse Paho's C client (MQTTAsync), driven by the live harness: lines of JSON in, lines of JSON out (../README.md, "Drivers").
#include <MQTTAsync.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;

struct unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::mutex said;
void say(const json& what) {
  const std::string line = what.dump(-1, ' ', false, json::error_handler_t::replace);
  const std::lock_guard lock(said);
  std::puts(line.c_str());
  std::fflush(stdout);
}

std::string text_in(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string out;
  const std::string hex = value.at("hex").get<std::string>();
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}
json text_or_hex(const std::string& text) {
  json out = text;
  try {
    static_cast<void>(out.dump());
    return out;
  } catch (const json::exception&) {
  }
  std::string hex;
  for (const char c : text) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += two;
  }
  return {{"hex", hex}};
}

void must(int status, const char* what) {
  if (status != MQTTASYNC_SUCCESS) throw std::runtime_error(std::string(what) + ": " + std::to_string(status));
}

// The properties that a command names. They copy what they are given.
struct named_properties {
  MQTTProperties list = MQTTProperties_initializer;

  explicit named_properties(const json& from) {
    const std::map<std::string, MQTTPropertyCodes> numbers{
        {"session_expiry", MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL}, {"receive_maximum", MQTTPROPERTY_CODE_RECEIVE_MAXIMUM},
        {"maximum_packet_size", MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE}, {"topic_alias_maximum", MQTTPROPERTY_CODE_TOPIC_ALIAS_MAXIMUM},
        {"request_problem_information", MQTTPROPERTY_CODE_REQUEST_PROBLEM_INFORMATION}, {"message_expiry", MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL},
        {"topic_alias", MQTTPROPERTY_CODE_TOPIC_ALIAS}, {"subscription_identifier", MQTTPROPERTY_CODE_SUBSCRIPTION_IDENTIFIER}};
    for (const auto& [name, value] : from.items()) {
      const auto number = numbers.find(name);
      if (number != numbers.end()) add_number(number->second, value.get<unsigned>());
      if (name == "user_properties")
        for (const json& pair : value) add_pair(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
      if (name == "reason_string") add_text(MQTTPROPERTY_CODE_REASON_STRING, value.get<std::string>());
    }
  }
  ~named_properties() { MQTTProperties_free(&list); }
  named_properties(const named_properties&) = delete;
  named_properties& operator=(const named_properties&) = delete;

 private:
  void add_number(MQTTPropertyCodes code, unsigned value) {
    MQTTProperty p{};
    p.identifier = code;
    const int type = MQTTProperty_getType(code);
    if (type == MQTTPROPERTY_TYPE_BYTE) p.value.byte = static_cast<unsigned char>(value);
    else if (type == MQTTPROPERTY_TYPE_TWO_BYTE_INTEGER) p.value.integer2 = static_cast<unsigned short>(value);
    else p.value.integer4 = value;
    must(MQTTProperties_add(&list, &p), "property");
  }
  void add_text(MQTTPropertyCodes code, std::string text) {
    MQTTProperty p{};
    p.identifier = code;
    p.value.data = {static_cast<int>(text.size()), text.data()};
    must(MQTTProperties_add(&list, &p), "property");
  }
  void add_pair(std::string name, std::string value) {
    MQTTProperty p{};
    p.identifier = MQTTPROPERTY_CODE_USER_PROPERTY;
    p.value.data = {static_cast<int>(name.size()), name.data()};
    p.value.value = {static_cast<int>(value.size()), value.data()};
    must(MQTTProperties_add(&list, &p), "property");
  }
};

// What the server takes. Paho hands that to the application, and sends what it is asked for; so this application does not ask for more. Receive Maximum Paho counts itself.
class limits {
 public:
  explicit limits(const MQTTProperties* told = nullptr) {
    if (told) told_ = MQTTProperties_copy(told);
  }
  ~limits() { MQTTProperties_free(&told_); }
  limits(const limits&) = delete;
  limits& operator=(limits&& other) noexcept {
    std::swap(told_, other.told_);
    return *this;
  }

  void allow_publish(const json& c, const MQTTProperties& with) {
    const std::size_t texts = text_in(c.at("topic")).size() + text_in(c.at("payload")).size();
    const int size = static_cast<int>(1 + 2 + 2 + 2 + 2 + texts) + with.length;  // lengths that take two bytes, as those of large packets do at least
    keep(c.value("qos", 0) <= get(MQTTPROPERTY_CODE_MAXIMUM_QOS, 2), "Maximum QoS");
    keep(!c.value("retain", false) || get(MQTTPROPERTY_CODE_RETAIN_AVAILABLE, 1) != 0, "Retain Available");
    keep(c.value("topic_alias", 0) <= get(MQTTPROPERTY_CODE_TOPIC_ALIAS_MAXIMUM, 0), "Topic Alias Maximum");
    keep(size <= get(MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE, size), "Maximum Packet Size");
  }
  void allow_subscribe(const json& c) {
    const std::string filter = text_in(c.at("topic"));
    keep(filter.find_first_of("+#") == std::string::npos || get(MQTTPROPERTY_CODE_WILDCARD_SUBSCRIPTION_AVAILABLE, 1) != 0, "Wildcard Subscription Available");
    keep(!c.contains("subscription_identifier") || get(MQTTPROPERTY_CODE_SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 1) != 0, "Subscription Identifier Available");
    keep(filter.rfind("$share/", 0) != 0 || get(MQTTPROPERTY_CODE_SHARED_SUBSCRIPTION_AVAILABLE, 1) != 0, "Shared Subscription Available");
  }

 private:
  int get(MQTTPropertyCodes code, int otherwise) { return MQTTProperties_hasProperty(&told_, code) ? static_cast<int>(MQTTProperties_getNumericValue(&told_, code)) : otherwise; }
  static void keep(bool holds, const char* name) {
    if (!holds) throw unsupported(std::string("Paho leaves the server's ") + name + " to the application");
  }

  MQTTProperties told_ = MQTTProperties_initializer;
};

class program {
 public:
  void obey(const json& command) {
    static const std::map<std::string, void (program::*)(const json&)> verbs{{"connect", &program::connect},       {"subscribe", &program::subscribe}, {"unsubscribe", &program::unsubscribe},
                                                                             {"publish", &program::publish}, {"disconnect", &program::disconnect}};
    const auto verb = verbs.find(command.at("do").get<std::string>());
    try {
      if (verb == verbs.end()) throw unsupported("Paho's interface has no \"" + command["do"].get<std::string>() + "\"");
      (this->*verb->second)(command);
      say({{"done", command["do"]}});
    } catch (const unsupported& e) {
      say({{"unsupported", e.what()}});
    } catch (const std::exception& e) {
      say({{"error", e.what()}});
    }
  }

 private:
  void connect(const json& c) {
    for (const char* key : {"manual", "authentication_method"})
      if (c.contains(key)) throw unsupported(std::string("Paho's interface has no \"") + key + "\"");
    static const std::map<std::string, int> levels{{"3.1", MQTTVERSION_3_1}, {"3.1.1", MQTTVERSION_3_1_1}, {"5.0", MQTTVERSION_5}};
    version_ = levels.at(c.at("version").get<std::string>());
    if (!client_) make(c);
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer, options_5 = MQTTAsync_connectOptions_initializer5;
    MQTTAsync_connectOptions& use = is_5() ? options_5 : options;
    use.MQTTVersion = version_;
    use.keepAliveInterval = c.value("keep_alive", 0);
    use.connectTimeout = c.value("connect_timeout", 10);
    use.automaticReconnect = 0;
    use.context = this;
    const named_properties with(is_5() ? c : json::object());
    MQTTProperties list = with.list;
    if (is_5()) use.cleanstart = c.value("clean", true), use.connectProperties = &list, use.onSuccess5 = connected_5, use.onFailure5 = failed_5;
    else use.cleansession = c.value("clean", true), use.onSuccess = connected, use.onFailure = failed;
    const std::string user = c.value("user_name", ""), password = c.value("password", "");
    if (c.contains("user_name")) use.username = user.c_str(), use.password = password.c_str();
    MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
    std::string topic, payload;
    if (c.contains("will")) {
      topic = c["will"].at("topic").get<std::string>(), payload = c["will"].at("payload").get<std::string>();
      will.topicName = topic.c_str(), will.message = payload.c_str(), will.qos = c["will"].value("qos", 0), will.retained = c["will"].value("retain", false);
      use.will = &will;
    }
    must(MQTTAsync_connect(client_, &use), "connect");
  }

  void make(const json& c) {
    MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer;
    create.MQTTVersion = version_;
    const std::string scheme = c.value("transport", "tcp") == "websocket" ? "ws://" : "tcp://";
    const std::string uri = scheme + c.at("host").get<std::string>() + ":" + std::to_string(c.at("port").get<int>()) + c.value("path", "");
    must(MQTTAsync_createWithOptions(&client_, uri.c_str(), c.at("client_id").get<std::string>().c_str(), MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create), "create");
    must(MQTTAsync_setCallbacks(client_, this, lost, arrived, nullptr), "set callbacks");
    if (is_5()) must(MQTTAsync_setDisconnected(client_, this, left), "set disconnected");
  }

  void subscribe(const json& c) {
    const named_properties with(is_5() ? c : json::object());
    if (is_5()) limits_.allow_subscribe(c);
    MQTTAsync_responseOptions how = MQTTAsync_responseOptions_initializer;
    how.context = this;
    how.properties = with.list;
    must(MQTTAsync_subscribe(client_, text_in(c.at("topic")).c_str(), c.value("qos", 0), &how), "subscribe");
  }
  void unsubscribe(const json& c) {
    MQTTAsync_responseOptions how = MQTTAsync_responseOptions_initializer;
    must(MQTTAsync_unsubscribe(client_, text_in(c.at("topic")).c_str(), &how), "unsubscribe");
  }
  void publish(const json& c) {
    const named_properties with(is_5() ? c : json::object());
    if (is_5()) limits_.allow_publish(c, with.list);
    MQTTAsync_responseOptions how = MQTTAsync_responseOptions_initializer;
    MQTTAsync_message m = MQTTAsync_message_initializer;
    std::string payload = text_in(c.at("payload"));
    m.payload = payload.data();
    m.payloadlen = static_cast<int>(payload.size());
    m.qos = c.value("qos", 0);
    m.retained = c.value("retain", false);
    m.properties = with.list;
    must(MQTTAsync_sendMessage(client_, text_in(c.at("topic")).c_str(), &m, &how), "publish");
  }
  void disconnect(const json& c) {
    const named_properties with(is_5() ? c : json::object());
    MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer, options_5 = MQTTAsync_disconnectOptions_initializer5;
    MQTTAsync_disconnectOptions& use = is_5() ? options_5 : options;
    use.timeout = 1'000;
    use.context = this;
    if (is_5()) use.properties = with.list, use.reasonCode = static_cast<MQTTReasonCodes>(c.value("reason_code", 0)), use.onSuccess5 = [](void*, MQTTAsync_successData5*) { say({{"closed", "disconnected"}}); };
    else use.onSuccess = [](void*, MQTTAsync_successData*) { say({{"closed", "disconnected"}}); };
    must(MQTTAsync_disconnect(client_, &use), "disconnect");
  }

  bool is_5() const { return version_ == MQTTVERSION_5; }

  static void connected(void*, MQTTAsync_successData* d) { say({{"connected", true}, {"session_present", d && d->alt.connect.sessionPresent != 0}}); }
  static void connected_5(void* context, MQTTAsync_successData5* d) {
    static_cast<program*>(context)->limits_ = limits(d ? &d->properties : nullptr);
    say({{"connected", true}, {"reason_code", d ? static_cast<int>(d->reasonCode) : 0}, {"session_present", d && d->alt.connect.sessionPresent != 0}});
  }
  static void failed(void*, MQTTAsync_failureData* d) { say({{"closed", "refused"}, {"code", d ? d->code : 0}}); }
  static void failed_5(void*, MQTTAsync_failureData5* d) { say({{"closed", "refused"}, {"code", d ? d->code : 0}}); }
  static void lost(void*, char* cause) { say({{"closed", cause ? cause : "lost"}}); }
  static void left(void*, MQTTProperties*, MQTTReasonCodes code) { say({{"disconnect", static_cast<int>(code)}}); }
  static int arrived(void*, char* topic, int size, MQTTAsync_message* m) {
    const std::string name = size > 0 ? std::string(topic, static_cast<std::size_t>(size)) : std::string(topic);
    const std::string payload(static_cast<const char*>(m->payload), static_cast<std::size_t>(m->payloadlen));
    json message{{"topic", text_or_hex(name)}, {"payload", text_or_hex(payload)}, {"qos", m->qos}, {"retain", m->retained != 0}, {"packet_id", m->msgid}};
    if (MQTTProperties_hasProperty(&m->properties, MQTTPROPERTY_CODE_TOPIC_ALIAS)) message["topic_alias"] = MQTTProperties_getNumericValue(&m->properties, MQTTPROPERTY_CODE_TOPIC_ALIAS);
    say({{"message", message}});
    MQTTAsync_freeMessage(&m);
    MQTTAsync_free(topic);
    return 1;
  }

  MQTTAsync client_ = nullptr;
  int version_ = 0;
  limits limits_;  // written by Paho's thread before "connected" is said
};

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  program it;
  for (std::string line; std::getline(std::cin, line);) it.obey(json::parse(line));
  std::fflush(stdout);
  std::_Exit(0);  // the library's threads are of no interest any more
}
