// What holds for parse on any bytes, in one version: nothing is allocated, views lie inside the packet, errors inside the input, and the same bytes give the
// same answer.
#pragma once

#include <functional>

#include "counted_allocations.hpp"
#include "packet_input.hpp"
#include "packet_views.hpp"

namespace mqttspan::fuzz {

inline void check_error(const error& e, bytes_view input) {
  observe(e);
  if (e.code == errc::incomplete) return require(e.offset > input.size(), "an incomplete packet says that there must be more than there is");
  require(e.offset <= input.size(), "the error lies inside the input");
  require(e.violated != rule::none, "an error names its rule");
}

inline void check_packet(const parsed& got, const packet_input& in) {
  require(got.size <= in.bytes.size() && got.size <= in.options.max_packet_size, "a packet is no larger than its input and its limit");
  observe(static_cast<std::uint64_t>(type_of(got.packet)) << 32 | got.size);
  const std::byte* const end = in.bytes.data() + got.size;
  std::size_t seen = 0;
  test::for_each_view(got.packet, [&](bytes_view view) {
    const bool is_inside = view.empty() || (!std::less<>()(view.data(), in.bytes.data()) && !std::less<>()(end, view.data() + view.size()));
    require(is_inside, "views lie inside the packet");
    seen += view.size();
    observe(view);
  });
  require(seen <= got.size, "views are no longer than the packet together");
}

inline int check_parse(bytes_view input, protocol_version version) {
  if (input.empty()) return -1;
  packet_input in = packet_input_of(input);
  in.version = version;
  result<parsed> got = error{};
  require(test::allocations_in([&] { got = parse(in.bytes, version, in.options); }) == 0, "parse allocates nothing");
  const auto again = parse(in.bytes, version, in.options);
  require(got.has_value() == again.has_value(), "the same bytes give the same verdict");
  if (got) {
    require(got->packet == again->packet && got->size == again->size, "the same bytes give the same packet");
    check_packet(*got, in);
  } else {
    require(got.error() == again.error(), "the same bytes give the same error");
    check_error(got.error(), in.bytes);
  }
  return 0;
}

}  // namespace mqttspan::fuzz
