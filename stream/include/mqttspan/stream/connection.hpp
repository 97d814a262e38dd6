// One MQTT connection, client or server, without I/O, clock or threads: bytes and times go in, events and bytes come out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/owning_pointer.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/strictness.hpp>
#include <mqttspan/codec/version.hpp>
#include <mqttspan/stream/connection_memory.hpp>
#include <mqttspan/stream/connection_options.hpp>
#include <mqttspan/stream/instant.hpp>
#include <mqttspan/stream/output_queue.hpp>
#include <mqttspan/stream/packet_ids.hpp>
#include <mqttspan/stream/stream_parser.hpp>
#include <mqttspan/stream/topic_aliases.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// How far the connection is. It never goes back.
enum class connection_phase : std::uint8_t {
  fresh,       ///< no CONNECT yet
  connecting,  ///< CONNECT is there, CONNACK is not
  connected,   ///< CONNACK has accepted
  ended        ///< nothing is read or sent any more; `output()` may still hold the last words
};
inline constexpr unsigned connection_phase_count = 4;  ///< for tables

namespace detail {
enum class authentication : std::uint8_t;
enum class signal : std::uint8_t;
}

/// What one side said about itself in CONNECT (client) or CONNACK (server); before that, and in 3.x, the defaults. @spec [U5-3.1.2.11-a] [U5-3.2.2.3-a]
struct announced {
  std::uint32_t maximum_packet_size = max_packet_length;  ///< bytes of a packet that it takes
  std::uint16_t receive_maximum = 65'535;                 ///< messages with QoS 1 and 2 that may be in flight to it
  std::uint16_t topic_alias_maximum = 0;                  ///< aliases that may be used towards it
  qos maximum_qos = qos::exactly_once;                    ///< server
  bool retain_available = true;                           ///< server
  bool wildcard_subscription_available = true;            ///< server
  bool subscription_identifier_available = true;          ///< server
  bool shared_subscription_available = true;              ///< server
  bool request_problem_information = true;                ///< client
  bool request_response_information = false;              ///< client
  std::uint32_t session_expiry_interval = 0;              ///< seconds
};

/// Why and how a connection ended.
struct ending {
  /// What ended it.
  enum class cause : std::uint8_t {
    fault_of_peer,  ///< `error` says what the peer did wrong
    timeout,        ///< `error.violated` says which
    peer,           ///< the peer sent DISCONNECT, or a CONNACK that refuses
    self,           ///< the caller sent DISCONNECT or a CONNACK that refuses, or called `close`
    transport,      ///< the byte stream ended; `error` is `incomplete` where that was inside a packet
    no_memory       ///< ours, not the peer's
  };
  cause why{};                 ///< what ended it
  mqttspan::error error{};     ///< its offset counts from the packet's first byte
  std::uint64_t position = 0;  ///< of that packet's first byte, in the bytes received
  reason_code reason{};        ///< what was said in the last DISCONNECT or CONNACK, by either side; or what would have been
  bool will_is_due = false;    ///< server: the client had a will and did not end with DISCONNECT as it should [3.1.1/MQTT-3.1.2-8] [5.0/MQTT-3.1.2-8]
};

/// What `send` did. Not sent at all: an error.
struct sent {
  std::uint16_t packet_id = 0;   ///< of PUBLISH with QoS 1 and 2, SUBSCRIBE, UNSUBSCRIBE: the caller's, or the one that was taken
  bool over_high_water = false;  ///< it will be sent; but let `output()` drain before sending more
};

/// An exchange in flight, as it is kept between connections. @spec 5.0 §4.1
struct session_entry {
  std::uint16_t packet_id;  ///< 1 to 65,535
  exchange state;           ///< what is to come next
  bool is_ours;             ///< begun by us

  /// Equal in all three.
  friend bool operator==(const session_entry&, const session_entry&) = default;
};

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // gcc takes the enumerator `packet` for one that could hide the type
#endif
/// The kinds of `connection_event`.
enum class connection_event_kind : std::uint8_t {
  nothing,        ///< come back with more input, or with output drained, or after CONNACK is sent
  packet,         ///< a packet that is legal here and now
  publish_begin,  ///< a PUBLISH too large to be kept: its head; its payload follows
  payload_chunk,  ///< a piece of its payload
  publish_end,    ///< it is whole, and good
  ended           ///< the last event, once
};
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/// What `next_event` found. Small; what it shows is kept by the connection until its next call.
class connection_event {
 public:
  /// What happened, and so which of the readers below may be called.
  connection_event_kind kind() const noexcept { return kind_; }
  /// With `packet`.
  const mqttspan::packet& packet() const noexcept { return event_->packet(); }
  /// The packet, where the event is a packet of this type; else null.
  template <control_packet P>
  const P* get_if() const noexcept {
    return kind_ == connection_event_kind::packet ? event_->get_if<P>() : nullptr;
  }
  /// With `publish_begin`.
  const mqttspan::publish_begin& publish_begin() const noexcept { return event_->publish_begin(); }
  /// With `payload_chunk`.
  const payload_chunk& chunk() const noexcept { return event_->chunk(); }
  /// With `ended`.
  const mqttspan::ending& ending() const noexcept { return *ending_; }

 private:
  friend class connection;
  connection_event(connection_event_kind kind, const event* e) noexcept : kind_(kind), event_(e) {}
  explicit connection_event(const mqttspan::ending* end) noexcept : kind_(connection_event_kind::ended), ending_(end) {}

  connection_event_kind kind_;  // two words in all: travels in registers
  union {
    const event* event_;
    const mqttspan::ending* ending_;
  };
};

/// One connection. The loop that drives it is in stream/README.md.
///
/// What it owns: the order of packets, the version, both sides' limits, packet identifiers, the steps of QoS 1 and 2, topic aliases, keep alive,
/// the last CONNACK or DISCONNECT it owes. What it does not: messages, redelivery, subscriptions, reconnecting.
/// Neither copied nor moved: events point into it.
class connection {
 public:
  /// A client, or a server's end, from now on. Where memory is out, the first event is `ended`.
  MQTTSPAN_API connection(sender self, instant now, const connection_options& options = {}) noexcept;
  /// The same with the options of `shared`, and without memory of its own: `shared` lends it a block from the first call that needs one until `rest` or
  /// the destructor, and must outlive it. Where memory is out then: `send` and `import_session` say `no_space`; `receive` and a ping end the connection;
  /// last words are not said.
  MQTTSPAN_API connection(sender self, instant now, connection_memory& shared) noexcept;
  MQTTSPAN_API ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Hands over bytes from the transport. They are borrowed until `input_left()` is 0. False, and nothing taken, while earlier bytes are left or
  /// after the end.
  [[nodiscard]] MQTTSPAN_API bool receive(bytes_view input, instant now) noexcept;
  /// The next thing that happened. Also does what it owes for the event before: acknowledgements, answers. `nothing` with `input_left()` not 0 means that
  /// output must drain first, or that the server's caller owes a CONNACK: packets that a client sends behind its CONNECT wait for it [MQTT-3.1.4-6].
  MQTTSPAN_API connection_event next_event() noexcept;
  /// Bytes of the input that are not used up.
  std::size_t input_left() const noexcept { return phase_ == connection_phase::ended ? 0 : parser_.input_left(); }
  /// The transport has no more bytes: the connection has ended, as on network failure.
  MQTTSPAN_API void end_of_input() noexcept;

  /// Sends a packet, if it is legal here and now; `error::violated` says why not. Where the packet identifier of a PUBLISH, SUBSCRIBE or UNSUBSCRIBE is 0, the next free
  /// one is taken. Nothing is sent and nothing has changed after an error:
  /// `quota_exceeded` too many in flight: come back after an acknowledgement; `no_space` too much output waits: come back when it has drained;
  /// `packet_too_large` for the peer; `wrong_state` not now; `invalid_argument` not at all. Reason String and User Properties that the peer does not
  /// want or cannot take are left out where 5.0 asks for that. In 5.0 CONNECT and CONNACK are completed by the limits of `connection_options`.
  template <control_packet P>
  result<sent> send(const P& p, instant now) noexcept { return send_packet(p, now); }
  /// The same for a packet whose type is known at run time only.
  MQTTSPAN_API result<sent> send(const packet& p, instant now) noexcept;
  /// Like `send`, but the payload is not copied: it must stay until `output()` has passed it, which `is_borrowing()` tells. One at a time, else `no_space`.
  MQTTSPAN_API result<sent> send_borrowed(const publish& p, instant now) noexcept;
  /// Whether a payload of `send_borrowed` is still needed.
  bool is_borrowing() const noexcept { return output_.is_borrowing(); }

  /// Ends the connection: 5.0 sends DISCONNECT with the reason (a server before CONNACK: CONNACK), 3.x just ends.
  MQTTSPAN_API void close(reason_code reason = reason_code::normal_disconnection) noexcept;

  /// The next bytes to be written to the transport; empty where there are none. Good until the next call that is not const. Call again after `consume_output`:
  /// a borrowed payload is a piece of its own.
  bytes_view output() const noexcept { return output_.front(); }
  /// That many of them have been written.
  MQTTSPAN_API void consume_output(std::size_t size, instant now) noexcept;
  /// All bytes that wait.
  std::size_t output_size() const noexcept { return output_.size(); }

  /// When `handle_timeout` wants to be called, unless something happens before.
  MQTTSPAN_API std::optional<instant> next_timeout() const noexcept;
  /// Pings, or ends the connection, if it is time; too early is harmless.
  MQTTSPAN_API void handle_timeout(instant now) noexcept;

  /// Takes over what was in flight in an earlier connection of the same session, in the order in which it began; an empty list says that there is a session.
  /// An exchange that is listed twice is taken as it stands first. Client: before CONNECT; server: before CONNACK. Dropped where the CONNACK says that no
  /// session is present. After CONNACK, PUBREL is sent again by itself if `auto_acknowledge`; messages are for the caller to send again, with DUP and their
  /// old identifiers. @spec [3.1.1/MQTT-4.4.0-1] [5.0/MQTT-4.4.0-1]
  MQTTSPAN_API result<void> import_session(std::span<const session_entry> entries) noexcept;
  /// Writes what belongs to the session, in the order in which it began, and returns how many entries that are; where `out` is shorter, only the number counts.
  MQTTSPAN_API std::size_t export_session(std::span<session_entry> out) const noexcept;

  /// Gives a lent block back, if nothing is in it: no input left and no packet torn, no output, nothing in flight in either direction. Else, and with
  /// memory of its own, nothing happens. Call it at the end of each turn, when `output()` is written: what the last event showed is gone then, as with `next_event`.
  MQTTSPAN_API void rest() noexcept;
  /// Whether it shares memory, and has no block now.
  bool is_resting() const noexcept { return shared_ && !memory_; }

  /// Which side we are.
  sender self() const noexcept { return self_; }
  /// How far it is.
  connection_phase phase() const noexcept { return phase_; }
  /// What is spoken: the version of the CONNECT; 3.1.1 before there is one.
  protocol_version version() const noexcept { return version_; }
  /// Seconds; the server's word, if it has one. 0: off.
  std::uint16_t keep_alive() const noexcept { return keep_alive_; }
  /// What we announced.
  const announced& ours() const noexcept { return self_ == sender::client ? client_ : server_; }
  /// What the peer announced.
  const announced& theirs() const noexcept { return self_ == sender::client ? server_ : client_; }
  /// How many more messages with QoS 1 and 2 may be sent now. @spec [MQTT-4.9.0-1]
  MQTTSPAN_API std::size_t send_quota() const noexcept;
  /// What an identifier that we gave is in use for.
  exchange state_of_ours(std::uint16_t packet_id) const noexcept { return state_in(ours_, packet_id); }
  /// What an identifier that the peer gave is in use for.
  exchange state_of_theirs(std::uint16_t packet_id) const noexcept { return state_in(theirs_, packet_id); }
  /// Server: what could be read of a CONNECT that was refused. Points into the bytes of the last `receive`, or into our memory: read it before those go.
  const connect_inspection& refused_connect() const noexcept { return refused_; }

 private:
  static constexpr std::size_t reserve = 16;  // bytes of output for answers that must not fail: an acknowledgement and the last words
  static constexpr std::size_t last_words = 5;

  // What becomes of a packet that was read: broken, or good, and then for the caller or not.
  struct taken {
    rule broken = rule::none;
    bool is_for_caller = true;
  };
  // An acknowledgement that is due when the caller comes back.
  struct debt {
    packet_type answer{};
    std::uint16_t packet_id = 0;
  };

  // Reading: connection_take.cpp
  inline bool may_read() const noexcept;
  bool take_event() noexcept;
  bool take_packet() noexcept;
  inline bool accept(packet_type type, const taken& t) noexcept;
  rule check_turn(sender who, packet_type type) const noexcept;
  taken take(const mqttspan::connect& p) noexcept;
  taken take(const connack& p) noexcept;
  taken take(mqttspan::publish& p) noexcept;
  taken take(const puback& p) noexcept;
  taken take(const pubrec& p) noexcept;
  taken take(const pubrel& p) noexcept;
  taken take(const pubcomp& p) noexcept;
  taken take(const subscribe& p) noexcept;
  taken take(const suback& p) noexcept;
  taken take(const unsubscribe& p) noexcept;
  taken take(const unsuback& p) noexcept;
  taken take(const pingreq& p) noexcept;
  taken take(const pingresp& p) noexcept;
  taken take(const disconnect& p) noexcept;
  taken take(const auth& p) noexcept;
  rule resolve_alias(mqttspan::publish& p) noexcept;
  taken take_message(const mqttspan::publish& p) noexcept;
  taken take_again(packet_ids::entry& e, const mqttspan::publish& p) noexcept;
  taken take_request(std::uint16_t id, bool dup, detail::signal s, std::size_t answers) noexcept;
  rule check_receive_maximum() const noexcept;
  taken take_answer(std::uint16_t id, detail::signal s, std::size_t answers) noexcept;
  taken take_stray() const noexcept;
  rule check_problem_information(const property_list& properties) const noexcept;
  void settle() noexcept;
  bool acknowledge_simply() noexcept;
  void resume() noexcept;

  // Sending: connection_send.cpp, connection_answer.cpp
  template <class P>
  result<sent> send_one(const P& p, instant now) noexcept;
#define MQTTSPAN_PACKET(P) MQTTSPAN_API result<sent> send_packet(const mqttspan::P& p, instant now) noexcept;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  result<sent> put(const mqttspan::connect& p) noexcept;
  result<sent> put(const connack& p) noexcept;
  result<sent> put(const mqttspan::publish& p) noexcept;
  result<sent> put(const puback& p) noexcept;
  result<sent> put(const pubrec& p) noexcept;
  result<sent> put(const pubrel& p) noexcept;
  result<sent> put(const pubcomp& p) noexcept;
  result<sent> put(const subscribe& p) noexcept;
  result<sent> put(const suback& p) noexcept;
  result<sent> put(const unsubscribe& p) noexcept;
  result<sent> put(const unsuback& p) noexcept;
  result<sent> put(const pingreq& p) noexcept;
  result<sent> put(const pingresp& p) noexcept;
  result<sent> put(const disconnect& p) noexcept;
  result<sent> put(const auth& p) noexcept;
  result<sent> put_message(mqttspan::publish p, bool borrow) noexcept;
  rule check_delivery(const mqttspan::publish& p, const packet_ids::entry* e) const noexcept;
  result<sent> write_with_alias(const mqttspan::publish& p, bool borrow) noexcept;
  result<sent> write_message(const mqttspan::publish& p, bool borrow) noexcept;
  rule check_order(const packet_ids::entry& e, detail::signal s) const noexcept;
  template <class P>
  result<sent> put_answer(const P& p, detail::signal s, std::size_t answers) noexcept;
  template <class P>
  result<sent> put_request(P p, detail::signal s, std::size_t answers) noexcept;
  template <class P>
  P without_explanation(P p) const noexcept;
  template <class P>
  result<sent> write_answer(const P& p) noexcept;
  // The four bytes of nearly all acknowledgements, without a detour. False where there is anything to think about.
  bool write_bare(packet_type type, std::uint16_t id, std::size_t kept_free) noexcept {
    if (output_.space() < kept_free + 4 || theirs().maximum_packet_size < 4) return false;
    std::byte* const p = output_.tail().data();
    p[0] = static_cast<std::byte>(static_cast<unsigned>(type) << 4 | (type == packet_type::pubrel ? 2 : 0));
    p[1] = std::byte{2};
    p[2] = static_cast<std::byte>(id >> 8);
    p[3] = static_cast<std::byte>(id & 0xFF);
    output_.commit(4);
    return true;
  }
  template <class P>
  result<sent> write(const P& p, std::size_t kept_free = 2 * reserve) noexcept;
  rule check_message(const mqttspan::publish& p) const noexcept;
  generate_options writing() const noexcept;
  result<sent> done(std::uint16_t packet_id = 0) const noexcept;

  // Memory: connection_memory.cpp
  connection(sender self, instant now, const connection_options& options, connection_memory* shared) noexcept;
  bool has_memory() noexcept { return memory_ || take_memory(); }
  bool take_memory() noexcept;
  void use_memory(std::byte* block, const detail::memory_layout& parts) noexcept;
  bool is_quiet() const noexcept;
  bool grow_theirs() noexcept;
  // Null where memory is out.
  packet_ids::entry* enter_theirs(std::uint16_t id, exchange state) noexcept {
    return theirs_.size() != theirs_.capacity() || grow_theirs() ? theirs_.insert(id, state) : nullptr;
  }

  // Life: connection.cpp
  template <class P>
  bool say_last(const P& p) noexcept;
  enum class timer : std::uint8_t { opening, pingresp, pingreq, silence };
  std::optional<instant> due(timer which) const noexcept;
  void start_session(bool session_present) noexcept;
  bool start_aliases() noexcept;
  bool keep_method(const property_list& properties) noexcept;
  rule check_method(const property_list& properties) const noexcept;
  void apply_limits() noexcept;
  bytes_view whole_rejected(std::uint32_t offset) const noexcept;
  void fail(const mqttspan::error& e) noexcept;
  void time_out(rule which, packet_type in = packet_type{}) noexcept;
  void end(enum ending::cause why, reason_code reason, const mqttspan::error& e = {}) noexcept;
  void free_ours(packet_ids::entry& e) noexcept;
  void free_theirs(packet_ids::entry& e) noexcept;
  static exchange state_in(const packet_ids& ids, std::uint16_t id) noexcept {
    const packet_ids::entry* const e = ids.find(id);
    return e ? e->state : exchange::none;
  }
  sender peer() const noexcept { return self_ == sender::client ? sender::server : sender::client; }
  bool is_v5() const noexcept { return version_ == protocol_version::v5; }

  sender self_;
  connection_phase phase_ = connection_phase::fresh;
  protocol_version version_ = protocol_version::v3_1_1;
  detail::authentication authentication_{};
  connection_options options_;
  connection_memory* const shared_;  // null: memory_ is our own
  std::byte* memory_ = nullptr;      // places of ours_ and theirs_, carry, output
  stream_parser parser_;
  output_queue output_;
  detail::owning_pointer<packet_ids::entry[]> more_theirs_;  // places of theirs_, when the block has too few
  packet_ids ours_;    // identifiers that we gave, and …
  packet_ids theirs_;  // … that the peer gave: each side numbers by itself [U311-2.3.1-c] [U5-2.2.1-b]
  topic_aliases sent_aliases_;
  topic_aliases received_aliases_;
  announced client_;
  announced server_;
  event current_;
  mqttspan::ending ending_;
  connect_inspection refused_;
  detail::owning_pointer<char[]> method_;  // the authentication method of CONNECT
  std::uint32_t method_size_ = 0;

  debt debt_;
  std::uint16_t keep_alive_ = 0;
  std::uint16_t messages_ours_ = 0;    // in flight on this connection, those not said again apart
  std::uint16_t messages_theirs_ = 0;
  std::uint16_t requests_ours_ = 0;
  std::uint16_t requests_theirs_ = 0;
  std::uint32_t came_[2] = {};         // messages with QoS 1 and 2 so far, and …
  std::uint32_t answered_[2] = {};     // … how many of them have been acknowledged: their order
  std::uint32_t recs_came_ = 0;        // PUBRECs so far, and how many have been answered by PUBREL
  std::uint32_t recs_answered_ = 0;
  qos will_qos_ = qos::at_most_once;
  bool has_will_ = false;
  bool will_retain_ = false;
  bool clean_start_ = true;
  bool has_session_ = false;
  bool is_resuming_ = false;           // PUBRELs of the session are to be sent again
  bool is_in_pieces_ = false;          // a PUBLISH is coming in pieces
  bool is_swallowing_ = false;         // and it came before
  std::uint16_t received_again_ = 0;   // as this message, which was answered by PUBREC
  bool is_ending_told_ = false;
  bool is_ping_out_ = false;

  instant now_;
  instant started_;        // or CONNECT sent
  instant last_sent_;
  instant last_received_;
  instant ping_sent_;
};

}  // namespace mqttspan
