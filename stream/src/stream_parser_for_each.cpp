// `for_each`: the loop, with the decoding of plain PUBLISHes in it. All other packets go through the handler's table.
#include <mqttspan/stream/stream_parser.hpp>

#include "finding.hpp"
#include "plain_publish.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

// Where things are handed over to.
struct stream_parser::target {
  const detail::handler_table& table;
  void* handler;
};

namespace {

bool is_fine(detail::entry_answer a) noexcept { return a.violated() == rule::none && a.said() != detail::verdict::not_taken; }

error error_of(detail::entry_answer a, packet_type type) noexcept {
  return a.violated() != rule::none ? make_error(a.violated(), a.offset, type) : error{.code = errc::wrong_state, .in = type};
}

packet_type type_at(const std::byte* p) noexcept { return static_cast<packet_type>(std::to_integer<unsigned>(*p) >> 4); }

}  // namespace

result<void> stream_parser::run(const detail::handler_table& table, void* handler) noexcept {
  if (closed_ & busy) return mqttspan::error{.code = errc::wrong_state};
  closed_ |= busy;
  const target to{table, handler};
  outcome so_far;
  do so_far = run_straight(to);
  while (so_far == outcome::over || (so_far == outcome::unusual && run_slowly(to)));
  closed_ &= static_cast<std::uint8_t>(~busy);
  if (state_ == state::failed) return error_;
  return {};
}

// As long as packets are whole, in carry or in the input, and all about them is usual; or they lack nothing but bytes.
[[gnu::always_inline]] inline stream_parser::outcome stream_parser::run_straight(const target& to) noexcept {
  if (state_ == state::payload && !is_text_ && at_ != end_) {
    const payload_chunk piece = take_piece(input_left() < payload_left_ ? input_left() : payload_left_);
    const detail::verdict said = to.table.on_chunk(to.handler, piece);
    if (said == detail::verdict::not_taken) fail({.code = errc::wrong_state, .in = publish::type});
    if (said != detail::verdict::go_on || (at_ == end_ && state_ == state::payload)) return outcome::done;
  }
  if (state_ != state::packets) return outcome::unusual;
  if (kept() != 0) {
    if (!gather()) return outcome::done;
    const std::size_t gathered = kept();
    const std::byte *const end = fill_, *cursor = carry_;
    empty_carry(gathered);
    if (const outcome so_far = run_plain(carry_, end, cursor, to); so_far != outcome::unusual) {
      if (state_ == state::failed) refill_carry(gathered);
      return so_far;
    }
    refill_carry(gathered);
    const std::size_t need = usual_need(carry_, gathered);
    if (need == 0) return outcome::unusual;
    wanted_ = carry_ + need;
    return outcome::over;
  }
  if (const outcome so_far = run_plain(at_, end_, at_, to); so_far != outcome::unusual) return outcome::done;
  const std::size_t need = usual_need(at_, input_left());
  if (need == 0) return outcome::unusual;
  wanted_ = carry_ + need;
  gather();
  return outcome::done;
}

// Over: all of [p, end) is handed over. Unusual: not what begins at the cursor, which is not whole or not usual. Done: the handler stops, or the stream is broken.
[[gnu::noinline]] stream_parser::outcome stream_parser::run_plain(const std::byte* p, const std::byte* end, const std::byte*& cursor, const target& to) noexcept {
  publish message;
  for (const std::byte* next = p; p != end; p = next) {  // not the cursor: each packet would wait for it to come back from memory
    const unsigned first = std::to_integer<unsigned>(*p);
    detail::entry_answer answer;
    if (first >> 4 == static_cast<unsigned>(packet_type::publish)) {
      const detail::octet *behind, *rest;
      const detail::plain read = detail::read_plain_publish(detail::octets(p), detail::octets(end), largest_plain_publish_, version_, message, behind, rest);
      if (read == detail::plain::yes) [[likely]] {
        cursor = next = detail::bytes(behind);
        const detail::verdict said = to.table.on_publish(to.handler, message);
        if (said == detail::verdict::go_on) [[likely]] continue;
        answer = detail::entry_answer::of(said);
      } else {
        if (read == detail::plain::no || !detail::read_properties_and_payload(rest, behind, parse_, message)) return outcome::unusual;
        cursor = next = detail::bytes(behind);
        answer = detail::entry_answer::of(to.table.on_publish(to.handler, message));
        message.properties = {};
      }
    } else {
      detail::frame f;
      if (!read_usual_control(p, end, f)) return outcome::unusual;
      cursor = next = detail::bytes(f.end);
      answer = to.table.on[first >> 4](*this, to.handler, p, p + 2, next);
    }
    if (answer.what != 0) [[unlikely]] {
      if (is_fine(answer)) return outcome::done;
      cursor = p;
      fail(error_of(answer, type_at(p)));
      return outcome::done;
    }
  }
  return outcome::over;
}

// One packet or piece, whatever it is. False where there is none, and where the handler wants to stop.
bool stream_parser::run_slowly(const target& to) noexcept {
  finding found;
  find(found, to.table.takes_pieces);
  detail::verdict said = detail::verdict::stop;
  switch (found.found) {
    case finding::what::nothing: return false;
    case finding::what::whole: return hand_over(to, found);
    case finding::what::head: said = to.table.on_begin(to.handler, found.begin); break;
    case finding::what::piece: said = to.table.on_chunk(to.handler, found.chunk); break;
    case finding::what::end: said = to.table.on_end(to.handler, {}); break;
  }
  if (said == detail::verdict::not_taken) fail({.code = errc::wrong_state, .in = publish::type});
  return said == detail::verdict::go_on;
}

bool stream_parser::hand_over(const target& to, const finding& found) noexcept {
  const std::size_t gathered = kept();
  const packet_type type = found.type();
  detail::entry_answer answer;
  if (type == packet_type::publish) {
    const auto got = parse_as<publish>(found.bytes(), version_, parse_);
    use_up(found.size, gathered);
    answer = got ? detail::entry_answer::of(to.table.on_publish(to.handler, got->packet)) : detail::entry_answer::of(got.error().violated, got.error().offset);
  } else {
    use_up(found.size, gathered);
    const auto entry = to.table.on[static_cast<unsigned>(type)];
    answer = entry(*this, to.handler, detail::bytes(found.frame.packet), detail::bytes(found.frame.body), detail::bytes(found.frame.end));
  }
  if (is_fine(answer)) return answer.said() == detail::verdict::go_on;
  take_back(found.size, gathered);
  fail(error_of(answer, type));
  return false;
}

}  // namespace mqttspan
