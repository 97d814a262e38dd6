// A stream in any chunks tells the story that the whole of it tells, with `next` and with `for_each`.
// The input: settings as ever, a byte for the size of the parser's own memory, one for how events are taken, three for the chunks' sizes, then the stream.
#include <cstdio>
#include <cstdlib>

#include "chunked.hpp"
#include "packet_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size < 6 || size > 2048) return -1;
  const bytes_view input = fuzz::input_of(data, size);
  const fuzz::packet_input in = fuzz::packet_input_of(input);
  const bytes_view stream = input.subspan(6);
  stream_options options{.parse = in.options, .version = in.version, .connect_first = (data[1] & 1) != 0};
  options.stream_publish_above = (data[1] & 2) != 0 ? 8 : max_packet_length;
  const std::size_t carry = stream_parser::min_carry + (data[1] >> 2) * 4u;
  const test::story expected = test::told(stream, options, carry);
  fuzz::observe(expected.events.size());
  const test::cuts cuts{data[3] % 16u + 1u, data[4] % 64u + 1u, data[5] + 1u};
  const std::string problem = test::feed(stream, expected, options, carry, cuts, static_cast<test::pull>(data[2] % 4));
  if (!problem.empty()) std::fprintf(stderr, "%s\n", problem.c_str());
  fuzz::require(problem.empty(), "a stream in chunks tells the same story");
  return 0;
}
