// A connection between a peer that sends anything and an application that is no better: nothing illegal is written, it ends once, and chunks, shared memory and
// resting make no difference.
#include <cstdio>

#include "hostile.hpp"
#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

void check(test::entropy& choices) {
  constexpr protocol_version versions[] = {protocol_version::v5, protocol_version::v3_1_1, protocol_version::v3_1};
  const sender self = choices.below(2) == 0 ? sender::server : sender::client;
  const protocol_version version = versions[choices.below(3)];
  const auto takes = static_cast<test::transport>(choices.below(3));
  const test::script s = test::make_script(self, version, takes, choices);
  const test::performance whole = test::play(s, 0);
  if (!whole.fault.empty()) std::fprintf(stderr, "%s\n%s\n", whole.fault.c_str(), whole.events.c_str());
  require(whole.fault.empty(), "a connection does nothing that it may not");
  observe(as_bytes(whole.events));
  observe(as_bytes(whole.output));
  if (takes == test::transport::takes_nothing) return;  // then it depends on the chunks where reading stops
  const test::performance bytewise = test::play(s, 1);
  require(bytewise.events == whole.events && bytewise.output == whole.output && bytewise.fault.empty(), "chunks make no difference");
  const std::size_t most_kept = choices.below(2);
  connection_memory shared(s.options, most_kept);
  const test::performance resting = test::play(s, 5, &shared);
  require(resting.events == whole.events && resting.output == whole.output && resting.fault.empty(), "shared memory and rest make no difference");
  require(shared.lent() == 0 && shared.kept() <= most_kept, "memory that was lent is given back, and as much is kept as was asked for");
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mqttspan::test::byte_entropy choices(mqttspan::fuzz::input_of(data, size));
  mqttspan::fuzz::check(choices);
  return 0;
}
