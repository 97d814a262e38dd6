// One end of an MQTT connection over a transport: what reads, writes, keeps time and calls the handlers.
#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>
#include <mqttspan/posix/handlers.hpp>
#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/message.hpp>
#include <mqttspan/posix/socket.hpp>
#include <mqttspan/stream/connection.hpp>
#include <mqttspan/stream/connection_memory.hpp>
#include <mqttspan/stream/transport.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

/// How an endpoint behaves. Times are milliseconds, 0: for ever.
struct endpoint_options {
  connection_options mqtt{};              ///< of the connection
  bool pull = false;                      ///< no packet handlers: the program asks with `next`, and nothing is read from the peer unless it does
  std::uint32_t gather = 1'048'576;       ///< a PUBLISH too large for the connection's `carry_size` is put together, up to so many bytes of payload; above, it comes in pieces
  std::uint32_t queue_limit = 1'048'576;  ///< bytes of messages that wait in `deliver`; one message is always taken
  std::uint32_t idle_timeout = 0;         ///< closes when the peer has sent nothing for so long
  std::uint32_t write_timeout = 30'000;   ///< gives up when the peer has taken nothing of what waits for so long
  std::uint32_t close_timeout = 2'000;    ///< how long the last words may take, and then the peer's own end
};

/// What endpoints have in common: those of a server, or the one of a client.
struct endpoint_group {
  /// For a client or a server; the loop must outlive it.
  MQTTSPAN_API endpoint_group(posix::loop& where, sender role, const endpoint_options& how);

  posix::loop& loop;                    ///< where they run
  sender self;                          ///< which side they are
  endpoint_options options;             ///< how they behave
  connection_memory memory;             ///< what their connections share
  handlers on;                          ///< what they call
  std::function<void(endpoint&)> left;  ///< for the owner: an endpoint has closed
  std::uint64_t named = 0;              ///< client identifiers that were given
};

/// One end of a connection. Clients and servers make it; it lives until its `close` handler has returned, and longer where somebody holds its `shared_from_this`.
/// For the loop's thread alone.
class endpoint final : public std::enable_shared_from_this<endpoint>, private watcher {
 public:
  /// For clients and servers, which make it.
  MQTTSPAN_API explicit endpoint(std::shared_ptr<endpoint_group> group);
  MQTTSPAN_API ~endpoint();

  /// Sends a packet. Three outcomes: it is sent; it is sent, but `over_high_water`, so hold back until `drained`; or an error, and nothing has happened. As `connection::send`.
  /// `drained` also follows `no_space`, if anything waits at all.
  template <control_packet P>
  result<sent> send(const P& p) {
    auto r = connection_.send(p, time());
    if (!r && r.error().code == errc::no_space && write()) r = connection_.send(p, time());
    return after_send(r);
  }

  /// Like `send`, but the payload is not copied: it must stay until `mqtt().is_borrowing()` is false, or the connection has closed. One at a time, else `no_space`.
  MQTTSPAN_API result<sent> send_borrowed(const publish& p);

  /// Passes a message on with QoS `most` at most, now or when the window and the output have room: what does not fit now is kept, up to `queue_limit`, and goes out in order. Properties are left out
  /// for 3.x. `over_high_water`: more than that waits. Errors: `no_space` where the queue is full, `drained` follows; and those of `connection::send` that waiting does not mend, as far as they show at once.
  MQTTSPAN_API result<sent> deliver(message& m, qos most = qos::exactly_once);
  /// The same for one receiver; for many, make one `message` of it.
  result<sent> deliver(const publish& p, qos most = qos::exactly_once) {
    message m(p);
    return deliver(m, most);
  }

  /// Says goodbye with the reason, as far as the version can, writes what waits, and closes.
  MQTTSPAN_API void close(reason_code reason = reason_code::normal_disconnection);
  /// Closes at once, without a word.
  MQTTSPAN_API void abort();

  /// From now on no event and nothing read, so that the peer has to wait, until `resume`; `close` still comes, where writing fails or time is up. But while messages wait here for
  /// the peer's acknowledgements it is read all the same, or they would wait for ever; and when the peer's time is up, a buffer of input is read, to see whether it has been silent.
  /// In pull mode: not needed. `resume` also goes on where a transport without a descriptor has something to read, or room again, which no loop can know.
  MQTTSPAN_API void pause();
  /// Goes on after `pause`.
  MQTTSPAN_API void resume();
  /// Between `pause` and `resume`.
  bool is_paused() const noexcept { return is_paused_; }
  /// The next event, in pull mode; `nothing`: `readable` will tell. What it shows is good until the next call, or until the program goes back to its loop.
  MQTTSPAN_API connection_event next();

  /// The protocol's state. To send use the endpoint.
  connection& mqtt() noexcept { return connection_; }
  /// The same, to look at.
  const connection& mqtt() const noexcept { return connection_; }
  /// What carries the bytes; nothing before it is connected.
  any_transport& transport() noexcept { return transport_; }
  /// -1 before it is connected, and after it has closed.
  int fd() const noexcept { return fd_; }
  /// Who is at the other end; empty where there is no socket.
  MQTTSPAN_API address peer() const;
  /// Bytes that wait for the peer, queued messages included.
  MQTTSPAN_API std::size_t waiting() const noexcept;
  /// Until the goodbye: packets may come and go.
  bool is_open() const noexcept { return state_ <= state::open && connection_.phase() != connection_phase::ended; }
  /// Nothing happens any more: its `close` handler is called now, or was.
  bool has_closed() const noexcept { return state_ == state::gone; }

  std::any data;  ///< the program's

  /// For its owner: it is connected; `fd` is what to watch for the transport, which owns it. The handlers are called from the loop, not from here.
  MQTTSPAN_API void start(any_transport transport, int fd);
  /// For its owner: it never will be.
  MQTTSPAN_API void fail_to_start(std::string why);
  /// For its owner: closes without a call of any handler.
  MQTTSPAN_API void forget() noexcept;

 private:
  enum class state : std::uint8_t {
    opening,  // no transport yet
    open,
    closing,  // the last words are being written
    leaving,  // all is said; the peer is to end, too
    closed,   // to be told
    telling,  // `error` is called; `close` follows
    gone
  };
  struct gathering;
  struct last_will;
  struct queued {
    std::shared_ptr<const owned<publish>> what;
    qos most;
  };

  void on_ready(readiness ready) override;
  void on_time() override;
  void on_soon() override { turn(); }

  void turn();
  void tell_connected();
  void tell_readable();
  void take();
  void dispatch(const connection_event& e);
  void dispatch_packet(const packet& p);
  void accept(const connect& hello);
  void keep(const will& w);
  void begin_publish(const publish_begin& b);
  void gather(const payload_chunk& c);
  void end_publish();
  bool read();
  bool read_now();
  void look_for_input();
  MQTTSPAN_API bool write();  // for send
  bool write_output();
  void say_goodbye();
  void settle();
  void finish();
  void lose(std::string_view why);
  void refuse(reason_code reason, std::string why);
  instant time() const noexcept { return state_ == state::opening ? born_ : group_->loop.now() + -late_; }

  MQTTSPAN_API result<sent> after_send(result<sent> r);
  result<sent> try_deliver(const publish& original, qos most, const std::shared_ptr<const owned<publish>>& kept);
  void refill();

  bool is_held() const noexcept;
  bool wants_to_read() const noexcept;
  readiness wanted() const noexcept;
  std::optional<instant> deadline() const noexcept;
  void release_buffer();

  std::shared_ptr<endpoint_group> group_;
  connection connection_;
  any_transport transport_;
  int fd_ = -1;
  state state_ = state::opening;
  progress read_wants_ = progress::wants_read;
  progress write_wants_ = progress::wants_write;
  bool can_read_ = false;    // there may be more to read at once
  bool is_new_ = false;      // `connected` is owed
  bool is_in_turn_ = false;
  bool is_paused_ = false;
  bool is_asked_ = true;     // the program wants more; pull mode: it has seen all there was
  bool is_news_ = false;     // pull mode: `readable` is owed
  bool is_over_ = false;     // `drained` is owed
  bool is_waiting_ = false;  // there is output that the peer has not taken
  bool is_broken_ = false;   // nothing can be written any more
  bool has_peer_ended_ = false;

  std::unique_ptr<std::byte[]> buffer_;  // holds input that is not used up
  std::unique_ptr<gathering> gathering_;
  std::list<queued> queue_;
  std::size_t queued_ = 0;  // bytes
  std::shared_ptr<const owned<publish>> borrowed_;  // its payload is being written
  instant born_;           // the connection's time stands still until there is a byte stream, …
  std::int64_t late_ = 0;  // … and is so many milliseconds late from then on
  instant last_received_;
  instant last_written_;  // or since something waits
  instant close_by_;
  std::optional<instant> wakes_at_;
  std::unique_ptr<last_will> will_;  // of a client that has one
  std::unique_ptr<closing> closing_;
};

}  // namespace mqttspan::posix
