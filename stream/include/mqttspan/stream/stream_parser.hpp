// From a stream of bytes, in chunks of any size, to packets: no allocation, memory of the caller's, and the same answer however the bytes were cut.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <variant>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/strictness.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// How to read a stream: the codec's options, and limits that act as soon as a packet's fixed header is there, before a byte of its body is stored.
struct stream_options {
  parse_options parse{};                                  ///< rules, leniencies, limits of single packets
  protocol_version version = protocol_version::v3_1_1;    ///< until a CONNECT names another
  bool connect_first = false;                             ///< the first packet must be CONNECT: else `errc::wrong_state`, decided at the first byte
  std::uint32_t max_connect_size = max_packet_length;     ///< with connect_first: bytes of that CONNECT; the limit ends with it
  std::array<std::uint32_t, 16> max_size_of{};            ///< bytes of a packet, by packet type; 0: no limit of its own
  std::uint32_t stream_publish_above = max_packet_length;  ///< a PUBLISH of more bytes comes in pieces, also where it would fit into `carry`
};

/// The front of a PUBLISH that comes in pieces: everything but its payload, which follows as chunks, and then a `publish_end`.
struct publish_begin {
  mqttspan::publish publish;   ///< its payload is empty
  std::uint32_t payload_size;  ///< bytes that follow
};

/// A piece of payload, never empty. Points into the input. How many pieces there are depends on the chunks; joined they do not.
struct payload_chunk {
  bytes_view bytes;          ///< the piece
  std::uint32_t bytes_left;  ///< of the payload, behind this piece
};

/// The PUBLISH that came in pieces is whole, and good.
struct publish_end {};

class stream_parser;

/// What `stream_parser::next` found. Views in it point into the input, or into `carry` where a packet was torn: they are good until the next call of
/// `next` or `for_each`, and no longer than the input's bytes are. May be copied.
class event {
 public:
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // gcc takes the enumerator `packet` for one that could hide the type
#endif
  /// The kinds of event.
  enum class kind : std::uint8_t {
    need_more,      ///< all input is used up
    packet,         ///< a whole packet
    publish_begin,  ///< a PUBLISH that comes in pieces begins
    payload_chunk,  ///< a piece of its payload
    publish_end,    ///< and its end
    error           ///< the stream is broken here, for ever
  };
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

  event() noexcept {}  // the union stays as it is: clearing it would cost more than parsing

  /// What was found, and so which of the readers below may be called.
  enum kind kind() const noexcept { return kind_; }
  /// The packet type: of the packet, of the one in pieces (PUBLISH), or that the error names; 0 where there is none.
  packet_type type() const noexcept { return type_; }
  /// Bytes of the whole packet on the wire, with `packet` and `publish_begin`; else 0.
  std::size_t size() const noexcept { return size_; }

  /// Each wants an event of its kind.
  /// @{
  const mqttspan::packet& packet() const noexcept { return packet_; }
  const mqttspan::publish_begin& publish_begin() const noexcept { return begin_; }
  const payload_chunk& chunk() const noexcept { return chunk_; }
  const mqttspan::error& error() const noexcept { return error_; }
  /// @}

  /// The packet, where the event is a packet of this type; else null.
  template <control_packet P>
  const P* get_if() const noexcept {
    return kind_ == kind::packet ? std::get_if<P>(&packet_) : nullptr;
  }

 private:
  friend class stream_parser;

  union {
    mqttspan::packet packet_;
    mqttspan::publish_begin begin_;
    payload_chunk chunk_;
    mqttspan::error error_;
  };
  std::size_t size_ = 0;
  enum kind kind_ = kind::need_more;
  packet_type type_{};
};

namespace detail {

struct frame;

// What a handler says, or that there is none.
enum class verdict : std::uint8_t { go_on, stop, not_taken };

// What the handler said, or a fault in the packet. Eight bytes, which travel in a register; `what` is 0 where all is well.
struct entry_answer {
  std::uint32_t what = 0;  // verdict, and the rule above it
  std::uint32_t offset = 0;

  static constexpr entry_answer of(verdict said) noexcept { return {static_cast<std::uint32_t>(said)}; }
  static constexpr entry_answer of(rule violated, std::uint32_t offset) noexcept { return {static_cast<std::uint32_t>(violated) << 8, offset}; }
  constexpr verdict said() const noexcept { return static_cast<verdict>(what & 0xFF); }
  constexpr rule violated() const noexcept { return static_cast<rule>(what >> 8); }
};

// What `for_each` knows of a handler: how to call it, and, packet type by packet type, how to decode for it. A type that it does not take brings in no decoder.
struct handler_table {
  using control_entry = entry_answer (*)(stream_parser&, void* handler, const std::byte* packet, const std::byte* body, const std::byte* end) noexcept;

  bool takes_pieces;  // then the three below are there
  verdict (*on_begin)(void* handler, const publish_begin&) noexcept;
  verdict (*on_chunk)(void* handler, const payload_chunk&) noexcept;
  verdict (*on_end)(void* handler, const publish_end&) noexcept;
  verdict (*on_publish)(void* handler, const publish&) noexcept;
  control_entry on[16];
};

template <class H, class E>
inline constexpr bool takes = std::is_invocable_v<H&, const E&>;

// Well-formed UTF-8 so far, across chunks: how many continuation bytes are due, and the range of the next one.
struct utf8_progress {
  std::uint8_t due = 0;
  std::uint8_t low = 0x80, high = 0xBF;
};
}  // namespace detail

/// The incremental parser. Give it bytes with `push`, then take what is in them with `next` or `for_each` until they are used up.
///
///     carry   [ kept bytes of a torn packet | missing … | free ]     a packet that lies in two chunks, gathered
///     input   [ used up | at … end )                                 all other packets, read where they are
///
/// Invariant: `carry` holds a prefix of the packet that comes next, and nothing that does not belong to it; while it holds one, all input before is used up.
///
/// - A packet that lies wholly inside the input is read in place; only a torn one is copied. Nothing is ever allocated.
/// - A packet above `carry`, or above a limit, is `packet_too_large`, wherever it lies. But a PUBLISH above `carry` or `stream_publish_above` comes in
///   pieces, wherever it lies: `publish_begin`, `payload_chunk`…, `publish_end`. Everything in front of its payload must fit into `carry`.
/// - So the events, the error and its offset depend on the bytes of the stream alone, not on the chunks; payload chunks, joined, too.
/// - Everything before an error is delivered; the error is final.
/// - Linear in the bytes, for chunks of any size.
class stream_parser {
 public:
  /// Bytes that `carry` has at least: those of a fixed header.
  static constexpr std::size_t min_carry = 5;

  /// Borrows `carry` for its life. Its size is the largest packet, PUBLISH apart, that can be read; with less than `min_carry` bytes the first byte
  /// of the stream gives `errc::no_space`.
  MQTTSPAN_API explicit stream_parser(std::span<std::byte> carry, const stream_options& options = {}) noexcept;
  /// Two parsers cannot share `carry`.
  stream_parser(const stream_parser&) = delete;
  stream_parser& operator=(const stream_parser&) = delete;

  /// Hands over the next bytes of the stream, and borrows them until they are used up: until `next` says `need_more`, or `for_each` has come to the end.
  /// False, and nothing is changed, while earlier input is not used up, inside a handler of `for_each`, and after an error.
  /// Bytes that only add to a torn packet are copied at once.
  [[nodiscard]] bool push(bytes_view input) noexcept {
    if (input.size() < missing()) {  // while a packet is torn, nothing else is under way
      append(input.data(), input.size());
      return true;
    }
    if (at_ != end_ || closed_ != 0) return false;
    at_ = input.data();
    end_ = at_ + input.size();
    origin_ += input.size();
    return true;
  }

  /// The next packet, piece of one, or error; `need_more` where the input is used up, and inside a handler of `for_each`. Views in the event point into
  /// the input or into `carry`: good until the next call of `next` or `for_each`.
  event next() noexcept {
    event out;
    if (has_work()) advance(out);
    return out;
  }
  /// Like the other, into an event that is there already.
  void next(event& out) noexcept {
    out.kind_ = event::kind::need_more;
    out.type_ = {};
    out.size_ = 0;
    if (has_work()) advance(out);
  }

  /// Calls the handler with all that is in the input, in order: the fast way to read. The handler has an `operator()` for each packet type that it takes
  /// (`const publish&`, `const puback&` …), and either none or all of `const publish_begin&`, `const payload_chunk&`, `const publish_end&`; it returns
  /// nothing or a bool, where false means: stop behind this one, go on with the next `for_each`. What it is given is good during the call. It must not throw,
  /// and not destroy the parser; `push`, `next` and `for_each` do nothing inside it.
  /// Errors: that of the stream; `errc::wrong_state` for a packet type that the handler does not take; `packet_too_large` for a PUBLISH that would come in
  /// pieces where it does not take those. All of them are final.
  template <class H>
  result<void> for_each(H&& handler) noexcept;

  /// Whether the stream may end here: all input is used up, and no packet is under way.
  bool may_end() const noexcept { return at_ == end_ && kept() == 0 && state_ == state::packets; }
  /// Bytes of the input that are not used up.
  std::size_t input_left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  /// The stream position, in bytes from its beginning, of the first byte of the packet that is under way or comes next; behind an error, of the packet that
  /// it is in, so that `offset() + error()->offset` is the place. A packet that was just delivered began `event::size` bytes before.
  std::uint64_t offset() const noexcept { return origin_ - input_left() - used_; }
  /// The error, once there is one; else null.
  const struct error* error() const noexcept { return state_ == state::failed ? &error_ : nullptr; }
  /// After an error: the bytes of the packet that it is in, from its first byte, as far as they are at hand; empty inside a payload that came in pieces.
  /// For `describe`, and for `inspect_connect` of a CONNECT that was refused. Points into `carry` or the input.
  MQTTSPAN_API bytes_view rejected() const noexcept;

  /// The version that is read: of `stream_options`, of the last CONNECT (from before its event on), or of `set_version`.
  protocol_version version() const noexcept { return version_; }
  /// For the side that does not read the CONNECT. Takes effect with the next packet; wants no packet to be under way.
  MQTTSPAN_API void set_version(protocol_version version) noexcept;
  /// Other rules and limits, from the next packet on; wants no packet to be under way. `version` and `connect_first` are not looked at.
  MQTTSPAN_API void set_options(const stream_options& options) noexcept;

 private:
  friend struct parser_access;
  friend class connection;
  enum class state : std::uint8_t { packets, payload, end_of_payload, failed };
  static constexpr std::uint8_t busy = 1, broken = 2;

  // For a connection whose memory comes and goes: `carry` is somewhere else from now on, or nowhere, where nothing may be pushed.
  // Only while none is kept.
  stream_parser(std::byte* carry, std::size_t size, const stream_options& options) noexcept;
  void move_carry(std::byte* carry) noexcept { carry_ = fill_ = wanted_ = carry; }

  struct finding;  // what stands at the front of what has not been delivered

  bool has_work() const noexcept { return at_ != end_ || state_ >= state::end_of_payload; }
  std::size_t kept() const noexcept { return static_cast<std::size_t>(fill_ - carry_); }
  std::size_t missing() const noexcept { return static_cast<std::size_t>(wanted_ - fill_); }
  void append(const std::byte* from, std::size_t size) noexcept {
    if (size == 1) *fill_ = *from;  // a call would cost more than the byte
    else if (size != 0) std::memcpy(fill_, from, size);
    fill_ += size;
  }
  // A CONNECT was read.
  MQTTSPAN_API void adopt(protocol_version version) noexcept;

  MQTTSPAN_API void advance(event& out) noexcept;
  void advance_to_properties(event& out, const std::byte* properties, const std::byte* behind) noexcept;
  void advance_slowly(event& out) noexcept;
  bool advance_straight(event& out) noexcept;
  void hand_over_message(event& out, const std::byte* behind) noexcept;
  void hand_over(event& out, const finding& found, std::size_t kept) noexcept;

  MQTTSPAN_API result<void> run(const detail::handler_table& table, void* handler) noexcept;
  enum class outcome : std::uint8_t { done, over, unusual };
  struct target;
  outcome run_straight(const target& to) noexcept;
  outcome run_plain(const std::byte* p, const std::byte* end, const std::byte*& cursor, const target& to) noexcept;
  bool run_slowly(const target& to) noexcept;
  bool hand_over(const target& to, const finding& found) noexcept;

  void prepare() noexcept;
  void fail(const struct error& e) noexcept;
  void empty_carry(std::size_t kept) noexcept;
  void refill_carry(std::size_t kept) noexcept;
  void use_up(std::size_t size, std::size_t kept) noexcept;
  void take_back(std::size_t size, std::size_t kept) noexcept;
  bool gather() noexcept;
  std::size_t usual_need(const std::byte* p, std::size_t n) const noexcept;
  void find(finding& out, bool takes_pieces) noexcept;
  std::size_t look_at(bytes_view seen, finding& out, bool takes_pieces) noexcept;
  std::size_t look_at_head(bytes_view seen, const parse_options& options, finding& out) noexcept;
  void find_piece(finding& out) noexcept;
  payload_chunk take_piece(std::size_t size) noexcept;
  bool read_usual_control(const std::byte* p, const std::byte* end, detail::frame& out) const noexcept;

  const std::byte* at_ = nullptr;  // the input that is not used up
  const std::byte* end_ = nullptr;
  std::byte* carry_;          // [carry_, fill_) is kept of a torn packet
  std::byte* fill_ = carry_;
  std::byte* wanted_ = carry_;  // it is worth a look when filled up to here
  std::uint64_t origin_ = 0;    // the stream position of end_, less what is kept: bytes that are only kept do not change it
  parse_options parse_;                                   // its max_packet_size is that of a PUBLISH which is read whole
  protocol_version version_;
  state state_ = state::packets;
  std::uint8_t closed_ = 0;  // busy in a handler, or broken: takes no input
  std::array<std::uint8_t, 16> usual_first_{};            // by type: the first byte that needs no second look; 0xFF: none
  std::array<std::uint32_t, 16> limit_of_{};              // by type, with max_packet_size and carry in it
  std::uint32_t carry_size_;
  std::uint32_t max_connect_size_;
  std::uint32_t largest_whole_publish_;
  std::uint32_t largest_plain_publish_;                   // 0 where texts are to be judged even if they are plain
  std::uint32_t payload_left_ = 0;
  std::uint32_t used_ = 0;                                // bytes of a packet in pieces that have been delivered
  std::uint32_t sequence_ = 0;                            // where in the packet the UTF-8 sequence under way begins
  bool is_text_ = false;                                  // the payload under way says it is UTF-8
  detail::utf8_progress text_{};
  bool awaits_connect_;
  struct error error_{};
};

/// Not for user code: what the entries of `for_each` need of the parser.
struct parser_access {
  /// The version that is read.
  static protocol_version version(const stream_parser& p) noexcept { return p.version_; }
  /// The rules that it is read by.
  static const parse_options& options(const stream_parser& p) noexcept { return p.parse_; }
  /// Tells it of a CONNECT.
  static void adopt(stream_parser& p, protocol_version version) noexcept { p.adopt(version); }
};

namespace detail {

template <class H, class E>
verdict call(void* handler, const E& what) noexcept {
  H& h = *static_cast<H*>(handler);
  if constexpr (std::is_void_v<std::invoke_result_t<H&, const E&>>) {
    h(what);
    return verdict::go_on;
  } else {
    return h(what) ? verdict::go_on : verdict::stop;
  }
}

template <class H, class E>
verdict call_or_refuse(void* handler, const E& what) noexcept {
  if constexpr (takes<H, E>) return call<H>(handler, what);
  return verdict::not_taken;
}

inline entry_answer refuse(stream_parser&, void*, const std::byte*, const std::byte*, const std::byte*) noexcept {
  return entry_answer::of(verdict::not_taken);
}

template <class H, class P>
[[gnu::noinline]] entry_answer decode_and_call(stream_parser& parser, void* handler, const std::byte* packet, const std::byte* body,
                                               const std::byte* end) noexcept {
  P out;
  const fault x = parse_body(packet, body, end, parser_access::version(parser), parser_access::options(parser), out);
  if (x.violated != rule::none) [[unlikely]] return entry_answer::of(x.violated, x.offset);
  if constexpr (std::is_same_v<P, connect>) parser_access::adopt(parser, out.version);
  return entry_answer::of(call<H>(handler, out));
}

template <class H, class P>
entry_answer read_and_call(stream_parser& parser, void* handler, const std::byte* packet, const std::byte* body, const std::byte* end) noexcept {
  P out;
  if (read_shortest(packet, body, end, out)) [[likely]] return entry_answer::of(call<H>(handler, out));
  return decode_and_call<H, P>(parser, handler, packet, body, end);
}

template <class H, class P>
constexpr handler_table::control_entry entry_for() noexcept {
  if constexpr (!takes<H, P> || std::is_same_v<P, publish>) return refuse;
  else if constexpr (has_shortest<P>) return read_and_call<H, P>;
  else return decode_and_call<H, P>;
}

template <class H>
constexpr handler_table make_table() noexcept {
  constexpr bool any_piece = takes<H, publish_begin> || takes<H, payload_chunk> || takes<H, publish_end>;
  constexpr bool all_pieces = takes<H, publish_begin> && takes<H, payload_chunk> && takes<H, publish_end>;
  static_assert(any_piece == all_pieces, "a handler takes all of publish_begin, payload_chunk and publish_end, or none");
  handler_table table{.takes_pieces = all_pieces,
                      .on_begin = call_or_refuse<H, publish_begin>,
                      .on_chunk = call_or_refuse<H, payload_chunk>,
                      .on_end = call_or_refuse<H, publish_end>,
                      .on_publish = call_or_refuse<H, publish>,
                      .on = {}};
  table.on[0] = refuse;
#define MQTTSPAN_PACKET(P) table.on[static_cast<unsigned>(P::type)] = entry_for<H, P>();
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  return table;
}

template <class H>
inline constexpr handler_table table_for = make_table<H>();
}  // namespace detail

template <class H>
result<void> stream_parser::for_each(H&& handler) noexcept {
  using handler_type = std::remove_reference_t<H>;
  if (!has_work()) return {};
  return run(detail::table_for<handler_type>, const_cast<std::remove_const_t<handler_type>*>(&handler));
}

}  // namespace mqttspan
