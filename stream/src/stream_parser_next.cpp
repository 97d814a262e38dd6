// `next`: one event, with the packet built in it.
#include <mqttspan/stream/stream_parser.hpp>

#include <memory>

#include "decode.hpp"
#include "finding.hpp"
#include "plain_publish.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
// A plain PUBLISH in the input is taken here, and makes no call.
void stream_parser::advance(event& out) noexcept {
  if (closed_ != 0 || state_ != state::packets || kept() != 0 || std::to_integer<unsigned>(*at_) >> 4 != static_cast<unsigned>(packet_type::publish))
    return advance_slowly(out);
  std::construct_at(&out.packet_, std::in_place_type<publish>);
  publish& message = *std::get_if<publish>(&out.packet_);
  const detail::octet *behind, *rest;
  const detail::plain read =
      detail::read_plain_publish(detail::octets(at_), detail::octets(end_), largest_plain_publish_, version_, message, behind, rest);
  if (read == detail::plain::has_properties) [[unlikely]] return advance_to_properties(out, detail::bytes(rest), detail::bytes(behind));
  if (read == detail::plain::no) [[unlikely]] return advance_slowly(out);
  hand_over_message(out, detail::bytes(behind));
}

[[gnu::always_inline]] inline void stream_parser::hand_over_message(event& out, const std::byte* behind) noexcept {
  out.size_ = static_cast<std::size_t>(behind - at_);
  out.kind_ = event::kind::packet;
  out.type_ = packet_type::publish;
  at_ = behind;
}

[[gnu::noinline]] void stream_parser::advance_to_properties(event& out, const std::byte* properties, const std::byte* behind) noexcept {
  publish& message = *std::get_if<publish>(&out.packet_);
  if (detail::read_properties_and_payload(detail::octets(properties), detail::octets(behind), parse_, message)) hand_over_message(out, behind);
  else advance_slowly(out);
}

[[gnu::noinline]] void stream_parser::advance_slowly(event& out) noexcept {
  if (closed_ & busy) return;
  if (advance_straight(out)) return;
  finding found;
  find(found, true);
  switch (found.found) {
    case finding::what::nothing: break;
    case finding::what::whole: hand_over(out, found, kept()); break;
    case finding::what::head:
      std::construct_at(&out.begin_, found.begin);
      out.kind_ = event::kind::publish_begin;
      out.type_ = publish::type;
      out.size_ = found.size;
      break;
    case finding::what::piece:
      std::construct_at(&out.chunk_, found.chunk);
      out.kind_ = event::kind::payload_chunk;
      out.type_ = publish::type;
      break;
    case finding::what::end:
      out.kind_ = event::kind::publish_end;
      out.type_ = publish::type;
      break;
  }
  if (state_ != state::failed) return;
  std::construct_at(&out.error_, error_);
  out.kind_ = event::kind::error;
  out.type_ = error_.in;
}

// A whole packet but PUBLISH, in carry or in the input, with nothing unusual about it; or any packet that lacks nothing but bytes.
[[gnu::always_inline]] inline bool stream_parser::advance_straight(event& out) noexcept {
  if (state_ != state::packets || at_ == end_) return false;
  if (kept() != 0 && !gather()) return true;
  const std::size_t gathered = kept();
  const std::byte* const p = gathered != 0 ? carry_ : at_;
  const std::byte* const end = gathered != 0 ? fill_ : end_;
  finding found;
  if (read_usual_control(p, end, found.frame)) {
    found.size = static_cast<std::size_t>(found.frame.end - found.frame.packet);
    hand_over(out, found, gathered);
    return state_ == state::packets;
  }
  const std::size_t need = usual_need(p, static_cast<std::size_t>(end - p));
  if (need == 0) return false;
  wanted_ = carry_ + need;
  return !gather();
}

void stream_parser::hand_over(event& out, const finding& found, std::size_t kept) noexcept {
  const packet_type type = found.type();
  const detail::fault x = detail::parse_by_type(type, out.packet_, found.frame, version_, parse_);
  if (x.violated != rule::none) [[unlikely]] return fail(make_error(x.violated, x.offset, type));
  use_up(found.size, kept);
  out.kind_ = event::kind::packet;
  out.type_ = type;
  out.size_ = found.size;
  if (type == packet_type::connect) adopt(std::get_if<connect>(&out.packet_)->version);
}

}  // namespace mqttspan
