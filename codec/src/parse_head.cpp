// All of a PUBLISH but its payload, which is too large to wait for.
#include <mqttspan/codec/parse.hpp>

#include "decode.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace detail {
namespace {

// How far the head of a PUBLISH reaches. Bytes are counted, and judged by nobody: that is for decode.
struct head_extent {
  std::size_t size;
  bool is_incomplete;  // `size` bytes are needed to see further
};

class head_walk {
 public:
  head_walk(bytes_view seen, std::size_t body, std::size_t packet_size) noexcept : seen_(seen), at_(body), packet_size_(packet_size) {}

  // topic<2+n> packet_id<2>? properties<varint+n>
  head_extent operator()(bool has_packet_id, bool has_properties) noexcept {
    if (step(2)) step(load_be16(last(2)));
    if (has_packet_id) step(2);
    if (has_properties) properties();
    return {at_, stopped_ && at_ > seen_.size()};
  }

 private:
  const octet* last(std::size_t n) const noexcept { return reinterpret_cast<const octet*>(seen_.data()) + at_ - n; }

  // False at the packet's end, where a field is cut and decode is going to say so, and where more must be seen.
  bool step(std::size_t n) noexcept {
    if (stopped_) return false;
    if (packet_size_ - at_ < n) return stopped_ = true, at_ = packet_size_ < seen_.size() ? packet_size_ : seen_.size(), false;
    at_ += n;
    stopped_ = at_ > seen_.size();
    return !stopped_;
  }

  void properties() noexcept {
    std::uint32_t size = 0;
    for (unsigned i = 0; i < 4 && step(1); ++i) {
      size |= (*last(1) & 0x7Fu) << (7 * i);
      if (*last(1) < 0x80) return static_cast<void>(step(size));
    }
  }

  bytes_view seen_;
  std::size_t at_;  // behind what has been stepped over
  std::size_t packet_size_;
  bool stopped_ = false;
};

}  // namespace
}  // namespace detail

result<parsed_head> parse_head(bytes_view input, protocol_version version, const parse_options& options) noexcept {
  using namespace detail;
  frame f;
  if (const error e = expect_type(read_frame(input, version, options, f), publish::type); e.code != errc{} && e.code != errc::incomplete) return e;
  const auto header = peek(input);
  if (!header) return header.error();
  const bool has_packet_id = (header->flags & 6) != 0;
  head_walk walk(input, header->header_size, header->packet_size());
  const head_extent head = walk(has_packet_id, is_v5(version));
  if (head.is_incomplete) return error{.code = errc::incomplete, .in = publish::type, .offset = static_cast<std::uint32_t>(head.size)};

  // Behind the head the packet ends, for decode: a payload of no bytes breaks no rule.
  result<parsed_head> out{std::in_place};
  const auto* const start = reinterpret_cast<const octet*>(input.data());
  const fault x = parse_body(bytes(start), bytes(start + header->header_size), bytes(start + head.size), version, options, out->packet);
  if (x.violated != rule::none) {
    out = error_of(x.violated, x.offset, publish::type);
    return out;
  }
  out->head_size = head.size;
  out->payload_size = static_cast<std::uint32_t>(header->packet_size() - head.size);
  return out;
}

}  // namespace mqttspan
