// Reads the first packet of a connection, decides which backend gets it, and writes what goes there:
//
//   connect_router [--keep-alive SECONDS] FILE|-
//
// Exit code: 0 routed, 1 refused (the answer that the client gets is printed), 2 usage.
#include <algorithm>
#include <array>

#include <mqttspan/codec/answer.hpp>
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/property_buffer.hpp>

#include "stream.hpp"

namespace {

using namespace mqttspan;

bool has_user_property(const connect& c, string_pair wanted) {
  return std::ranges::any_of(c.properties, [&](const property& p) { return p.pair() == wanted; });
}

struct route {
  std::string_view backend;
  bool (*takes)(const connect&);
};

// The first that takes a connection gets it.
constexpr route routes[] = {
    {"acme", [](const connect& c) { return has_user_property(c, {"tenant", "acme"}); }},
    {"control", [](const connect& c) { return c.user_name == "admin"; }},
    {"ingest", [](const connect& c) { return c.client_id.starts_with("sensor-"); }},
    {"durable", [](const connect& c) { return c.properties.get(prop::session_expiry_interval).value_or(0) > 0; }},
    {"legacy", [](const connect& c) { return c.version != protocol_version::v5; }},
    {"default", [](const connect&) { return true; }},
};

// Nobody has logged in yet, so nobody gets to send much. The backends forgive what these leniencies forgive.
constexpr leniency forgiven = leniency::client_id_length | leniency::will_message_not_ascii;
constexpr parse_options before_login{.sender = sender::client, .allow = forgiven, .max_packet_size = 4096, .max_user_properties = 32};
constexpr generate_options to_backend{.sender = sender::client, .allow = forgiven};

int forward(const connect& original, std::uint16_t longest_keep_alive) {
  connect c = original;
  if (c.keep_alive == 0 || c.keep_alive > longest_keep_alive) c.keep_alive = longest_keep_alive;
  property_buffer<64> properties;  // must live until generate is done
  if (c.version == protocol_version::v5) {
    if (!properties.append(original.properties) || !properties.add(prop::user("via", "connect_router")))
      return std::cerr << "cannot forward: too many properties\n", 1;
    c.properties = properties;
  }
  std::vector<std::byte> out(encoded_size(c, c.version, to_backend).value_or(0));
  const auto written = generate(c, out, to_backend);
  if (!written) return std::cerr << "cannot forward: " << text_of(written.error()) << '\n', 1;

  const auto* chosen = std::ranges::find_if(routes, [&](const route& r) { return r.takes(original); });
  std::cout << "client " << c.client_id << " of MQTT " << to_string(c.version) << '\n'
            << "backend " << chosen->backend << '\n'
            << "keep alive " << original.keep_alive << " becomes " << c.keep_alive << '\n'
            << "send " << example::hex(*written) << '\n';
  return 0;
}

int refuse(const std::string& path, const error& e, bytes_view input) {
  const connect_inspection seen = inspect_connect(input);
  example::report(path, 0, e, seen.version(), input);
  std::cout << "client " << seen.client_id.value_or("unknown") << '\n';
  const answer owed = answer_to(e, seen.version(), sender::server, phase::before_connack);
  std::array<std::byte, max_answer_size> room{};
  if (const auto packet = generate(owed, room); packet && !packet->empty()) std::cout << "send " << example::hex(*packet) << '\n';
  std::cout << (owed.action == answer::kind::nothing ? "wait\n" : "close\n");
  return 1;
}

int run(const std::string& path, std::uint16_t longest_keep_alive) {
  const auto input = example::read(path);
  if (!input) return 2;
  const auto first = parse_as<connect>(*input, protocol_version::v5, before_login);  // or whichever version it names
  if (!first) return refuse(path, first.error(), *input);
  if (const int failed = forward(first->packet, longest_keep_alive)) return failed;
  if (first->size < input->size()) std::cout << "then " << input->size() - first->size << " bytes unchanged\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto given = example::command_line(argc, argv, {{"--keep-alive", "300"}});
  const std::uint32_t keep_alive = given ? example::number(given->at("--keep-alive")).value_or(0) : 0;
  if (keep_alive > 0 && keep_alive <= 0xFFFF) return run(given->at("FILE"), static_cast<std::uint16_t>(keep_alive));
  return std::cerr << "usage: connect_router [--keep-alive SECONDS] FILE|-\n", 2;
}
