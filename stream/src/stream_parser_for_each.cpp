// `for_each`: the loop, with the decoding of PUBLISH in it. All other packets go through the handler's table.
#include <mqttspan/stream/stream_parser.hpp>

#include "finding.hpp"
#include "publish.hpp"

namespace mqttspan {
namespace {

bool is_fine(const detail::entry_answer& a) noexcept { return a.violated == rule::none && a.said != detail::verdict::not_taken; }

error error_of(const detail::entry_answer& a, packet_type type) noexcept {
  return a.violated != rule::none ? make_error(a.violated, a.offset, type) : error{.code = errc::wrong_state, .in = type};
}

}  // namespace

result<void> stream_parser::run(const detail::handler_table& table, void* handler) noexcept {
  if (closed_ & busy) return mqttspan::error{.code = errc::wrong_state};
  closed_ |= busy;
  outcome so_far;
  do so_far = run_straight(table, handler);
  while (so_far == outcome::again || (so_far == outcome::unusual && run_slowly(table, handler)));
  closed_ &= static_cast<std::uint8_t>(~busy);
  if (state_ == state::failed) return error_;
  return {};
}

// As long as packets are whole, in carry or in the input, and all about them is usual; or they lack nothing but bytes.
[[gnu::always_inline]] inline stream_parser::outcome stream_parser::run_straight(const detail::handler_table& table, void* handler) noexcept {
  if (state_ != state::packets) return outcome::unusual;
  const std::size_t torn = kept();
  if (torn != 0 && !gather()) return outcome::done;
  const std::size_t gathered = kept();
  const std::byte* in_carry = carry_;
  const std::byte** const cursor = torn != 0 ? &in_carry : &at_;
  const std::byte* const end = torn != 0 ? fill_ : end_;
  if (torn != 0) empty_carry(gathered);

  for (const std::byte* p = *cursor; p != end; p = *cursor) {
    const unsigned first = std::to_integer<unsigned>(*p);
    detail::entry_answer answer;
    if (first >> 4 == static_cast<unsigned>(packet_type::publish)) {
      publish message;
      std::size_t size;
      if (!detail::read_usual_publish(bytes_view(p, end), version_, parse_, message, size)) return leave_straight(p, end, gathered);
      *cursor = p + size;
      answer.said = table.on_publish(handler, message);
    } else {
      detail::frame f;
      if (!read_usual_control(p, end, f)) return leave_straight(p, end, gathered);
      *cursor = detail::bytes(f.end);
      answer = table.on[first >> 4](*this, handler, p, p + 2, *cursor);
    }
    if (answer.violated != rule::none || answer.said != detail::verdict::go_on) [[unlikely]] {
      if (is_fine(answer)) return outcome::done;
      take_back(static_cast<std::size_t>(*cursor - p), gathered);
      fail(error_of(answer, static_cast<packet_type>(first >> 4)));
      return outcome::done;
    }
  }
  return torn != 0 ? outcome::again : outcome::done;
}

// What begins at p is not whole, or unusual.
inline stream_parser::outcome stream_parser::leave_straight(const std::byte* p, const std::byte* end, std::size_t gathered) noexcept {
  const std::size_t n = static_cast<std::size_t>(end - p), need = usual_need(p, n);
  if (gathered != 0) refill_carry(gathered);
  if (need == 0) return outcome::unusual;
  wanted_ = carry_ + need;
  if (gathered != 0) return outcome::again;
  gather();
  return outcome::done;
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
  const std::size_t gathered = kept();
  const packet_type type = found.type();
  detail::entry_answer answer;
  if (type == packet_type::publish) {
    const auto got = parse_as<publish>(found.bytes(), version_, parse_);
    use_up(found.size, gathered);
    if (got) answer.said = table.on_publish(handler, got->packet);
    else answer = {got.error().violated, {}, got.error().offset};
  } else {
    use_up(found.size, gathered);
    const auto entry = table.on[static_cast<unsigned>(type)];
    answer = entry(*this, handler, detail::bytes(found.frame.packet), detail::bytes(found.frame.body), detail::bytes(found.frame.end));
  }
  if (is_fine(answer)) return answer.said == detail::verdict::go_on;
  take_back(found.size, gathered);
  fail(error_of(answer, type));
  return false;
}

}  // namespace mqttspan
