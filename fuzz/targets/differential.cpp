// The codec beside the reference decoder, which shares no code with it: the same verdict, value, fault and encoding.
#include <cstdio>

#include "comparison.hpp"
#include "packet_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  namespace reference = conformance::reference;
  if (size == 0 || size > 4096) return -1;
  const fuzz::packet_input in = fuzz::packet_input_of(fuzz::input_of(data, size));
  const auto version = in.version == protocol_version::v5 ? reference::protocol::v5 : in.version == protocol_version::v3_1 ? reference::protocol::v3_1 : reference::protocol::v3_1_1;
  const auto from = in.options.sender == sender::client ? reference::origin::client : in.options.sender == sender::server ? reference::origin::server : reference::origin::any;
  const std::string found = reference::disagreement({version, from, {data + 1, data + size}});
  if (!found.empty()) std::fprintf(stderr, "%s\n", found.c_str());
  fuzz::require(found.empty(), "codec and reference agree");
  const auto got = parse(in.bytes, in.version, {.sender = in.options.sender});
  if (got) fuzz::observe(got->size);
  else fuzz::observe(got.error());
  return 0;
}
