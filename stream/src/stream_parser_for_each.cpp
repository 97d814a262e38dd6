// `for_each`: the loop, with the decoding of PUBLISH in it. All other packets go through the handler's table.
#include <mqttspan/stream/stream_parser.hpp>

#include "finding.hpp"
#include "publish.hpp"

namespace mqttspan {

result<void> stream_parser::run(const detail::handler_table& table, void* handler) noexcept {
  if (closed_ & busy) return mqttspan::error{.code = errc::wrong_state};
  closed_ |= busy;
  while (run_straight(table, handler) && run_slowly(table, handler)) {
  }
  closed_ &= static_cast<std::uint8_t>(~busy);
  if (state_ == state::failed) return error_;
  return {};
}

// As long as whole packets lie in the input, and all about them is usual. False where the handler wants to stop.
bool stream_parser::run_straight(const detail::handler_table& table, void* handler) noexcept {
  if (kept_ != 0 || state_ != state::packets) return true;
  const std::byte* const end = end_;
  for (const std::byte* p = at_; p != end; p = at_) {
    const unsigned first = std::to_integer<unsigned>(*p);
    detail::verdict said;
    if (first >> 4 == static_cast<unsigned>(packet_type::publish)) {
      publish message;
      std::size_t size;
      if (!detail::read_usual_publish(bytes_view(p, end), version_, parse_, message, size)) return true;
      at_ = p + size;
      said = table.on_publish(handler, message);
    } else {
      detail::frame f;
      if (!read_usual_control(p, end, f)) return true;
      at_ = detail::bytes(f.end);
      const detail::entry_answer answer = table.on[first >> 4](*this, handler, p, p + 2, at_);
      if (answer.violated != rule::none) [[unlikely]] {
        at_ = p;
        return fail(make_error(answer.violated, answer.offset, static_cast<packet_type>(first >> 4))), true;
      }
      said = answer.said;
    }
    if (said != detail::verdict::go_on) [[unlikely]] {
      if (said == detail::verdict::stop) return false;
      at_ = p;
      return fail({.code = errc::wrong_state, .in = static_cast<packet_type>(first >> 4)}), true;
    }
  }
  return true;
}

// One packet or piece, whatever it is. False where there is none, and where the handler wants to stop.
bool stream_parser::run_slowly(const detail::handler_table& table, void* handler) noexcept {
  finding found;
  find(found, table.takes_pieces);
  detail::verdict said = detail::verdict::stop;
  switch (found.found) {
    case finding::what::nothing: return false;
    case finding::what::whole: return hand_over(table, handler, found);
    case finding::what::head: said = table.on_begin(handler, found.begin); break;
    case finding::what::piece: said = table.on_chunk(handler, found.chunk); break;
    case finding::what::end: said = table.on_end(handler, {}); break;
  }
  if (said == detail::verdict::not_taken) fail({.code = errc::wrong_state, .in = publish::type});
  return said == detail::verdict::go_on;
}

bool stream_parser::hand_over(const detail::handler_table& table, void* handler, const finding& found) noexcept {
  const bool was_torn = kept_ != 0;
  const packet_type type = found.type();
  detail::entry_answer answer;
  if (type == packet_type::publish) {
    const auto got = parse_as<publish>(found.bytes(), version_, parse_);
    use_up(found.size);
    if (got) answer.said = table.on_publish(handler, got->packet);
    else answer = {got.error().violated, {}, got.error().offset};
  } else {
    use_up(found.size);
    const auto entry = table.on[static_cast<unsigned>(type)];
    answer = entry(*this, handler, detail::bytes(found.frame.packet), detail::bytes(found.frame.body), detail::bytes(found.frame.end));
  }
  if (answer.violated == rule::none && answer.said != detail::verdict::not_taken) return answer.said == detail::verdict::go_on;
  take_back(found.size, was_torn);
  fail(answer.violated != rule::none ? make_error(answer.violated, answer.offset, type) : mqttspan::error{.code = errc::wrong_state, .in = type});
  return false;
}

}  // namespace mqttspan
