#include "peer_options.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <random>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <mqttspan/codec/generate.hpp>

#include "broker_url.hpp"

namespace mqttspan {
namespace {

struct version_word {
  std::string_view word;
  protocol_version version;
};
constexpr version_word version_words[] = {
    {"mqttv31", protocol_version::v3_1},     {"31", protocol_version::v3_1},    {"3.1", protocol_version::v3_1},
    {"mqttv311", protocol_version::v3_1_1},  {"311", protocol_version::v3_1_1}, {"3.1.1", protocol_version::v3_1_1}, {"3", protocol_version::v3_1_1},
    {"mqttv5", protocol_version::v5},        {"5", protocol_version::v5},       {"5.0", protocol_version::v5},
};

protocol_version version_of_word(std::string_view word) {
  for (const version_word& v : version_words)
    if (v.word == word) return v.version;
  throw usage_error("-V is mqttv31, mqttv311 or mqttv5, not \"" + std::string(word) + "\"");
}

// Fresh for each run, and within the 23 characters of 3.1.
std::string fresh_client_id(const std::string& program) {
  std::random_device random;
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "-%08x%04x", static_cast<unsigned>(random()), static_cast<unsigned>(random()) & 0xFFFF);
  return program + digits.data();
}

std::uint32_t seconds_of(const std::string& text) {
  if (text == "-1" || text == "∞") return 0xFFFF'FFFF;
  std::uint32_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc() || end != text.data() + text.size()) throw usage_error("-x is a number of seconds, or -1 for ever, not \"" + text + "\"");
  return seconds;
}

void add_address_options(CLI::App& app, peer_options& o) {
  app.add_option("-h,--host", o.host, "The server's name or address")->capture_default_str()->group("Server");
  app.add_option("-p,--port", o.port, "Its port: 1883, with TLS 8883")->group("Server");
  app.add_option("--unix", o.unix_path, "A Unix-domain socket instead")->group("Server");
  app.add_option("-L,--url", o.url, "mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT][/TOPIC], ws[s]://…/PATH")->group("Server");
  app.add_option("arguments", o.positional, "PORT HOST TOPIC …, or a URL")->group("Server");
}

void add_client_options(CLI::App& app, peer_options& o) {
  app.add_option("-V,--protocol-version", o.version_name, "mqttv31, mqttv311 or mqttv5; also 3.1, 3.1.1, 5, …")->capture_default_str()->group("Client");
  app.add_option("-i,--id", o.client_id, "Client id; a fresh one by default")->group("Client");
  app.add_option("-I,--id-prefix", o.id_prefix, "Client id: this, and the process id")->group("Client");
  app.add_option("-u,--username", o.user_name, "User name")->group("Client");
  app.add_option("-P,--pw", o.password, "Password")->group("Client");
  app.add_option("-k,--keepalive", o.keep_alive, "Keep alive in seconds, 0: off")->capture_default_str()->group("Client");
  app.add_flag("-c,--disable-clean-session", o.keep_session, "Go on with the session of this client id")->group("Client");
  app.add_option("-x,--session-expiry-interval", o.session_expiry, "5.0: seconds that the session outlives the connection, -1: for ever")->group("Client");
  app.add_option("-D,--property", "COMMAND NAME VALUE [VALUE]: a property of 5.0")->group("Client")->expected(3, 4);
}

void add_will_options(CLI::App& app, peer_options& o) {
  app.add_option("--will-topic", o.will.topic, "Where the server publishes when we vanish")->group("Will");
  app.add_option("--will-payload", o.will.payload, "What it says")->group("Will");
  app.add_option("--will-qos", o.will.qos, "With which QoS")->check(CLI::Range(0, 2))->group("Will");
  app.add_flag("--will-retain", o.will.retain, "To be retained")->group("Will");
}

void add_tls_options(CLI::App& app, peer_options& o) {
  app.add_option("--cafile", o.tls_files.ca_file, "Trusted certificates; switches TLS on, as all of these do")->group("TLS");
  app.add_option("--capath", o.tls_files.ca_path, "A folder of them")->group("TLS");
  app.add_flag("--tls-use-os-certs", o.tls_files.use_system_store, "Trust the system's certificates")->group("TLS");
  app.add_option("--cert", o.tls_files.certificate, "Our certificate")->group("TLS");
  app.add_option("--key", o.tls_files.key, "Its key")->group("TLS");
  app.add_option("--ciphers", o.tls_files.ciphers, "As OpenSSL names them")->group("TLS");
  app.add_option("--alpn,--tls-alpn", o.tls_files.alpn, "Protocol to ask for")->expected(1)->group("TLS");
  app.add_flag("--insecure", o.tls_files.insecure, "Do not ask whether the certificate is for this host")->group("TLS");
}

bool wants_tls(const tls_arguments& t) {
  return !t.ca_file.empty() || !t.ca_path.empty() || !t.certificate.empty() || !t.key.empty() || !t.ciphers.empty() || !t.alpn.empty() || t.insecure || t.use_system_store;
}

void take_positional(peer_options& o, std::size_t words) {
  if (o.positional.empty()) return;
  if (o.positional.size() == 1 && looks_like_url(o.positional[0])) {
    if (!o.url.empty()) throw usage_error("there are two URLs");
    o.url = o.positional[0];
    return;
  }
  if (o.positional.size() != words) {
    const std::string form = words == 4 ? "PORT HOST TOPIC PAYLOAD" : "PORT HOST TOPIC";
    throw usage_error("without options it is " + form + ", or a URL; there are " + std::to_string(o.positional.size()) + " words");
  }
  o.is_positional = true;
  o.port = o.positional[0];
  o.host = o.positional[1];
}

void take_url(peer_options& o) {
  const broker_url url = parse_broker_url(o.url);
  o.uses_tls = url.tls;
  o.uses_websocket = url.websocket;
  o.host = url.host;
  if (!o.port) o.port = std::to_string(url.port);
  if (!o.user_name) o.user_name = url.user_name;
  if (!o.password) o.password = url.password;
  if (!url.websocket) o.url_topic = url.path;
  else if (!url.path.empty()) o.websocket_path = "/" + url.path;
}

void finish_address(peer_options& o) {
  o.uses_tls = o.uses_tls || wants_tls(o.tls_files);
  if (!o.unix_path.empty()) {
    o.to = {.host = {}, .port = 0, .path = o.unix_path};
    return;
  }
  if (o.host.empty()) throw usage_error("the host is empty");
  o.to = {.host = o.host, .port = o.port ? parse_port(*o.port) : static_cast<std::uint16_t>(o.uses_tls ? 8883 : 1883)};
}

void finish_session(peer_options& o) {
  o.version = version_of_word(o.version_name);
  const bool is_v5 = o.version == protocol_version::v5;
  if (!is_v5 && !o.properties.empty()) throw usage_error("-D is for MQTT 5.0: add -V 5");
  if (!is_v5 && !o.session_expiry.empty()) throw usage_error("-x is for MQTT 5.0: add -V 5");
  if (o.keep_session && !o.client_id) throw usage_error("-c needs a client id that stays the same: add -i");
  if (!o.session_expiry.empty()) o.properties.add_default(property_place::connect, property_id::session_expiry_interval, seconds_of(o.session_expiry));
  else if (is_v5 && o.keep_session) o.properties.add_default(property_place::connect, property_id::session_expiry_interval, 0xFFFF'FFFF);
  if (!o.will.topic && (o.will.payload || o.will.retain || o.will.qos != 0)) throw usage_error("a will needs --will-topic");
  if (o.client_id) return;
  o.client_id = o.id_prefix.empty() ? fresh_client_id(o.program) : o.id_prefix + std::to_string(::getpid());
}

bool is_number(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos; }

}  // namespace

void add_peer_options(CLI::App& app, peer_options& options) {
  app.set_help_flag("--help", "This text");
  app.set_version_flag("--version", MQTTSPAN_VERSION);
  add_address_options(app, options);
  add_client_options(app, options);
  add_will_options(app, options);
  add_tls_options(app, options);
  app.add_flag("-d,--debug", options.debug, "Show each packet on standard error");
  app.add_flag("--quiet", options.quiet, "No word about errors");
}

void parse_arguments(CLI::App& app, peer_options& options, int argc, char** argv, std::size_t words) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::vector<std::string> first;
  if (arguments.size() >= words && is_number(arguments[0])) {
    const auto end = arguments.begin() + static_cast<std::ptrdiff_t>(words);
    first.assign(arguments.begin(), end);
    arguments.erase(arguments.begin(), end);
  }
  arguments = take_properties(app, arguments, options.properties);
  app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  options.positional.insert(options.positional.begin(), first.begin(), first.end());
  take_positional(options, words);
  if (!options.url.empty()) take_url(options);
  finish_address(options);
  finish_session(options);
}

connect connect_of(const peer_options& o) {
  connect c{.version = o.version, .clean_start = !o.keep_session, .keep_alive = o.keep_alive, .client_id = *o.client_id};
  if (o.user_name) c.user_name = *o.user_name;
  if (o.password) c.password = as_bytes(*o.password);
  c.properties = o.properties.in(property_place::connect);
  if (!o.will.topic) return c;
  c.will = will{.topic = *o.will.topic, .qos = static_cast<qos>(o.will.qos), .retain = o.will.retain};
  if (o.will.payload) c.will->payload = as_bytes(*o.will.payload);
  c.will->properties = o.properties.in(property_place::will);
  return c;
}

void check(const packet& p, protocol_version version) {
  const generate_options how{.sender = sender::client, .allow = lenient_sending};
  const auto size = encoded_size(p, version, how);
  if (!size) throw usage_error(std::string(describe(size.error(), version).view()));
  std::vector<std::byte> bytes(*size);
  const auto done = generate(p, version, bytes, how);
  if (!done) throw usage_error(std::string(describe(done.error(), version).view()));
}

}  // namespace mqttspan
