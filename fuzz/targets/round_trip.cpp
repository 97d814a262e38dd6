// What is read can be written, and means the same. What generate makes of it is the shortest form, and is read and written to the same bytes for ever.
#include "packet_input.hpp"

namespace mqttspan::fuzz {
namespace {

void check(const packet_input& in) {
  const auto got = parse(in.bytes, in.version, in.options);
  if (!got) return observe(got.error());
  const protocol_version version = version_of(got->packet, in.version);
  generate_options how{.sender = in.options.sender, .allow = in.options.allow, .reject = in.options.reject};
  const std::vector<std::byte> shortest = generated(got->packet, version, how);
  observe(shortest);
  if (in.options.allow == leniency::none) require(shortest.size() <= got->size, "no legal form of a packet is shorter than ours");
  const auto read = parse(shortest, in.version, in.options);
  require(read.has_value() && read->packet == got->packet, "what is written is read as the same packet");
  require(generated(read->packet, version, how) == shortest, "the shortest form is written as it was");
  how.spell_out = true;
  const std::vector<std::byte> spelled_out = generated(got->packet, version, how);
  if (spelled_out == shortest) return;  // which was read
  const auto read_long = parse(spelled_out, in.version, {.sender = in.options.sender, .allow = in.options.allow, .reject = in.options.reject});
  require(read_long.has_value() && read_long->packet == got->packet, "the long form means the same");
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return -1;
  mqttspan::fuzz::check(mqttspan::fuzz::packet_input_of(mqttspan::fuzz::input_of(data, size)));
  return 0;
}
