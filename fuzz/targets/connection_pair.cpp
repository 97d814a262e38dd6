// Two connections over a link that is cut wherever the input says, with messages of all qualities of service in both directions: in the end every promise is kept.
#include <algorithm>
#include <cstdio>

#include "pair.hpp"
#include "pair_promises.hpp"
#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

using test::application_options;
using test::entropy;

connection_options line_of(entropy& choices) {
  connection_options o;
  o.carry_size = choices.below(2) == 0 ? 256 : 48;
  o.output_size = 128 + choices.below(128);
  o.receive_maximum = static_cast<std::uint16_t>(1 + choices.below(4));
  o.unannounced_maximum = 64;  // 3.x cannot announce it, and what is said again counts again
  o.send_maximum = static_cast<std::uint16_t>(1 + choices.below(4));
  o.max_requests = 1;
  o.aliases = static_cast<alias_policy>(choices.below(2));
  o.topic_alias_maximum = static_cast<std::uint16_t>(choices.below(4));
  return o;
}

application_options application_of(entropy& choices, protocol_version version, bool is_client) {
  application_options a{.version = version, .acknowledges_itself = choices.below(2) != 0, .line = line_of(choices)};
  a.is_hasty = is_client && choices.below(4) == 3;
  a.says_again = version != protocol_version::v5 && choices.below(4) == 3;
  return a;
}

void publish_some(entropy& choices, test::pair& both, unsigned& number) {
  for (std::uint32_t left = choices.below(5); left != 0; --left) {
    const bool by_client = choices.below(2) == 0;
    const auto q = static_cast<qos>(choices.below(3));
    const std::string text = (by_client ? "c" : "s") + std::to_string(number++) + std::string(choices.below(4) == 3 ? 60 : 0, 'x');
    (by_client ? both.client : both.server).publish(text, q);
  }
}

void check(entropy& choices) {
  constexpr protocol_version versions[] = {protocol_version::v5, protocol_version::v3_1_1, protocol_version::v3_1};
  const protocol_version version = versions[choices.below(3)];
  application_options of_client = application_of(choices, version, true);
  const application_options of_server = application_of(choices, version, false);
  if (of_client.is_hasty) of_client.line.send_maximum = std::min(of_client.line.send_maximum, of_server.line.receive_maximum);  // it is not told in time
  const auto how = static_cast<test::chunks>(choices.below(3));
  test::pair both(of_client, of_server, how, 1 + choices.below(256));
  unsigned number = 0;
  publish_some(choices, both, number);
  for (std::uint32_t cuts = choices.below(6); cuts != 0; --cuts) {
    const bool to_server = choices.below(2) != 0;
    both.connect({to_server, choices.below(1024), choices.below(2) == 0});
    both.run();
    publish_some(choices, both, number);
  }
  both.connect();
  require(both.run(), "a link that is not cut carries everything");
  const std::string broken = test::broken_promise(both);
  if (!broken.empty()) std::fprintf(stderr, "%s\n", broken.c_str());
  require(broken.empty(), "every promise is kept");
  observe(number);
  observe(both.carried(true));
  observe(both.carried(false));
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mqttspan::test::byte_entropy choices(mqttspan::fuzz::input_of(data, size));
  mqttspan::fuzz::check(choices);
  return 0;
}
