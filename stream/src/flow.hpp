// Every transition of a connection, as data: the phases, the exchanges behind a packet identifier, and authentication.
// This file does not know which side we are: the tables say what a client and a server may do, whether we send it or receive it.
// The diagrams in FLOW.md are printed from here.
#pragma once

#include <cstdint>

#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/rule.hpp>
#include <mqttspan/codec/version.hpp>
#include <mqttspan/stream/connection.hpp>
#include <mqttspan/stream/packet_ids.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// ---- Phases: who may send what before, between and behind CONNECT and CONNACK.

struct phase_step {
  connection_phase next;
  rule broken;  // none: the packet may be sent
};

struct phase_table {
  phase_step of[connection_phase_count][2][16];  // by phase, sender (client, server), packet type
};

inline constexpr phase_table phase_steps = [] {
  phase_table t{};
  const auto one = [&](connection_phase from, sender who, packet_type type, connection_phase next, rule broken = rule::none) {
    t.of[static_cast<unsigned>(from)][static_cast<unsigned>(who) - 1][static_cast<unsigned>(type)] = {next, broken};
  };
  const auto all = [&](connection_phase from, sender who, connection_phase next, rule broken) {
    for (unsigned type = 1; type < 16; ++type) one(from, who, static_cast<packet_type>(type), next, broken);
  };
  // The row's default first, then its exceptions. Which types a side may send at all, the codec knows.
  all(connection_phase::fresh, sender::client, connection_phase::fresh, rule::connect_not_first);                              // [MQTT-3.1.0-1]
  one(connection_phase::fresh, sender::client, packet_type::connect, connection_phase::connecting);
  all(connection_phase::fresh, sender::server, connection_phase::fresh, rule::packet_before_connack);                          // [MQTT-3.2.0-1]

  all(connection_phase::connecting, sender::client, connection_phase::connecting, rule::none);                                 // [U311-3.1.4-c] [U5-3.1.4-b]
  one(connection_phase::connecting, sender::client, packet_type::connect, connection_phase::connecting, rule::connect_twice);  // [MQTT-3.1.0-2] [U311-3.1-a] [U5-3.1-b]
  one(connection_phase::connecting, sender::client, packet_type::disconnect, connection_phase::ended);
  all(connection_phase::connecting, sender::server, connection_phase::connecting, rule::packet_before_connack);                // [MQTT-3.2.0-1] [MQTT-3.14.0-1]
  one(connection_phase::connecting, sender::server, packet_type::connack, connection_phase::connected);                        // ended, where it refuses
  one(connection_phase::connecting, sender::server, packet_type::auth, connection_phase::connecting);

  all(connection_phase::connected, sender::client, connection_phase::connected, rule::none);
  one(connection_phase::connected, sender::client, packet_type::connect, connection_phase::connected, rule::connect_twice);
  one(connection_phase::connected, sender::client, packet_type::disconnect, connection_phase::ended);                          // [3.1.1/MQTT-3.14.4-2] [5.0/MQTT-3.14.4-1]
  all(connection_phase::connected, sender::server, connection_phase::connected, rule::none);
  one(connection_phase::connected, sender::server, packet_type::connack, connection_phase::connected, rule::connack_twice);    // [MQTT-3.2.0-2] [U311-3.2-b]
  one(connection_phase::connected, sender::server, packet_type::disconnect, connection_phase::ended);

  all(connection_phase::ended, sender::client, connection_phase::ended, rule::packet_after_end);                               // [3.1.1/MQTT-3.14.4-2] [5.0/MQTT-3.14.4-1]
  all(connection_phase::ended, sender::server, connection_phase::ended, rule::packet_after_end);
  return t;
}();

constexpr phase_step step(connection_phase from, sender who, packet_type type) noexcept {
  return phase_steps.of[static_cast<unsigned>(from)][static_cast<unsigned>(who) - 1][static_cast<unsigned>(type)];
}

static_assert([] {
  for (unsigned p = 0; p < connection_phase_count; ++p)
    for (unsigned who = 1; who < 3; ++who)
      for (unsigned type = 1; type < 16; ++type) {
        const phase_step s = step(static_cast<connection_phase>(p), static_cast<sender>(who), static_cast<packet_type>(type));
        if (s.broken != rule::none && s.next != static_cast<connection_phase>(p)) return false;  // what is refused changes nothing
        if (static_cast<unsigned>(s.next) < p) return false;                          // a connection never goes back
      }
  return true;
}());

// ---- Exchanges: what one packet identifier is in use for. One table for the side that began it and for the side that answers.
// [U31-3.3-c] Time plays no part: an exchange goes on though the message has expired. [MQTT-4.3.3-13]

// What is said about an identifier: by the side that owns it up to `unsubscribe`, by its peer from `puback` on.
enum class signal : std::uint8_t { publish_1, publish_2, pubrel, subscribe, unsubscribe, puback, pubrec, pubrec_refused, pubcomp, suback, unsuback };
inline constexpr unsigned signal_count = 11;

enum class progress : std::uint8_t {
  unknown,  // no exchange that this belongs to
  in_use,   // the identifier is taken by another exchange
  begins,   // a new exchange
  again,    // said before: a delivery again, or its answer
  goes_on,  // the next step
  ends      // the last step: the identifier is free
};
inline constexpr unsigned progress_count = 6;

struct exchange_step {
  exchange next;
  progress is;
};

struct exchange_table {
  exchange_step of[exchange_count][signal_count];
};

inline constexpr exchange_table exchange_steps = [] {
  exchange_table t{};
  const auto set = [&](exchange from, signal s, progress v, exchange next) {
    t.of[static_cast<unsigned>(from)][static_cast<unsigned>(s)] = {next, v};
  };
  for (unsigned e = 0; e < exchange_count; ++e) {
    const auto from = static_cast<exchange>(e);
    for (unsigned s = 0; s < signal_count; ++s) set(from, static_cast<signal>(s), progress::unknown, from);
    for (const signal s : {signal::publish_1, signal::publish_2, signal::subscribe, signal::unsubscribe})
      set(from, s, progress::in_use, from);                                                                   // [MQTT-2.3.1-2] [U5-2.2.1-b] [U31-2.4-b]
  }
  set(exchange::none, signal::publish_1, progress::begins, exchange::publish_1);                              // [3.1.1/MQTT-4.3.2-1] [5.0/MQTT-4.3.2-1]
  set(exchange::none, signal::publish_2, progress::begins, exchange::publish_2);                              // [3.1.1/MQTT-4.3.3-1] [5.0/MQTT-4.3.3-1]
  set(exchange::none, signal::subscribe, progress::begins, exchange::subscribe);
  set(exchange::none, signal::unsubscribe, progress::begins, exchange::unsubscribe);

  set(exchange::publish_1, signal::publish_1, progress::again, exchange::publish_1);
  set(exchange::publish_1, signal::puback, progress::ends, exchange::none);                                   // [MQTT-4.3.2-3] [3.1.1/MQTT-4.3.2-2] [MQTT-4.3.2-5]

  set(exchange::publish_2, signal::publish_2, progress::again, exchange::publish_2);
  set(exchange::publish_2, signal::pubrec, progress::goes_on, exchange::received);                            // [MQTT-4.3.3-3] [MQTT-4.3.3-8]
  set(exchange::publish_2, signal::pubrec_refused, progress::ends, exchange::none);                           // [MQTT-4.3.3-9] [MQTT-4.4.0-2]

  set(exchange::received, signal::publish_2, progress::again, exchange::received);                            // [MQTT-4.3.3-10]
  set(exchange::received, signal::pubrec, progress::again, exchange::received);
  set(exchange::received, signal::pubrel, progress::goes_on, exchange::released);                             // [MQTT-4.3.3-4]

  set(exchange::released, signal::pubrec, progress::again, exchange::released);
  set(exchange::released, signal::pubrel, progress::again, exchange::released);
  set(exchange::released, signal::pubcomp, progress::ends, exchange::none);                                   // [MQTT-4.3.3-5] [MQTT-4.3.3-12]

  set(exchange::subscribe, signal::suback, progress::ends, exchange::none);                                   // [MQTT-3.8.4-2]
  set(exchange::unsubscribe, signal::unsuback, progress::ends, exchange::none);                               // [MQTT-3.10.4-4]
  return t;
}();

constexpr exchange_step step(exchange from, signal s) noexcept { return exchange_steps.of[static_cast<unsigned>(from)][static_cast<unsigned>(s)]; }

static_assert([] {
  for (unsigned e = 0; e < exchange_count; ++e) {
    unsigned ways_on = 0;
    for (unsigned s = 0; s < signal_count; ++s) {
      const exchange_step x = step(static_cast<exchange>(e), static_cast<signal>(s));
      const bool stays = x.is == progress::unknown || x.is == progress::in_use || x.is == progress::again;
      if (stays != (x.next == static_cast<exchange>(e))) return false;                     // only a step moves
      if ((x.is == progress::begins) != (e == 0 && x.next != exchange::none)) return false;
      if ((x.is == progress::ends) != (e != 0 && x.next == exchange::none)) return false;
      ways_on += !stays;
    }
    if (ways_on == 0) return false;                                                        // every exchange can begin, and end
  }
  return true;
}());

// ---- Enhanced authentication: whose AUTH is next.

enum class authentication : std::uint8_t {
  absent,       // CONNECT names no method, or the version is not 5.0
  settled,      // done; the client may ask for another
  server_turn,  // the server continues or ends it
  client_turn   // the client continues
};
inline constexpr unsigned authentication_count = 4;

enum class auth_signal : std::uint8_t { client_continues, client_re_authenticates, server_continues, server_succeeds, connack };
inline constexpr unsigned auth_signal_count = 5;

// What an AUTH says. The codec lets no other codes through than these: 0x18, the client's 0x19, the server's 0x00.
constexpr auth_signal signal_of(sender who, reason_code code) noexcept {
  const bool is_client = who == sender::client;
  if (code == reason_code::continue_authentication) return is_client ? auth_signal::client_continues : auth_signal::server_continues;
  return is_client ? auth_signal::client_re_authenticates : auth_signal::server_succeeds;
}

struct auth_step {
  authentication next;
  rule broken;
};

struct auth_table {
  auth_step of[authentication_count][2][auth_signal_count];  // by state, whether connected, signal
};

inline constexpr auth_table auth_steps = [] {
  auth_table t{};
  using enum authentication;
  const auto set = [&](authentication from, bool connected, auth_signal s, authentication next, rule broken = rule::none) {
    t.of[static_cast<unsigned>(from)][connected ? 1 : 0][static_cast<unsigned>(s)] = {next, broken};
  };
  for (unsigned a = 0; a < authentication_count; ++a)
    for (const bool connected : {false, true})
      for (unsigned s = 0; s < auth_signal_count; ++s) {
        const auto from = static_cast<authentication>(a);
        const rule broken = from == absent ? rule::authentication_not_agreed : rule::authentication_out_of_turn;
        set(from, connected, static_cast<auth_signal>(s), from, broken);              // [U5-3.15-a] [MQTT-4.12.0-6] [MQTT-4.12.0-7]
      }
  set(absent, false, auth_signal::connack, absent);
  // While connecting: CONNECT was the client's first turn; the end is CONNACK, and never AUTH with success. [U5-4.12.1-b]
  set(server_turn, false, auth_signal::server_continues, client_turn);                // [MQTT-4.12.0-2]
  set(client_turn, false, auth_signal::client_continues, server_turn);                // [MQTT-4.12.0-3]
  set(server_turn, false, auth_signal::connack, settled);
  set(client_turn, false, auth_signal::connack, settled);                             // the server may end it at any time
  // Connected: the client begins, the server ends. [U5-4.12.1-a] [MQTT-4.12.1-1]
  set(settled, true, auth_signal::client_re_authenticates, server_turn);
  set(server_turn, true, auth_signal::server_continues, client_turn);
  set(server_turn, true, auth_signal::server_succeeds, settled);
  set(client_turn, true, auth_signal::client_continues, server_turn);
  return t;
}();

constexpr auth_step step(authentication from, bool connected, auth_signal s) noexcept {
  return auth_steps.of[static_cast<unsigned>(from)][connected ? 1 : 0][static_cast<unsigned>(s)];
}

static_assert([] {
  for (unsigned a = 0; a < authentication_count; ++a)
    for (const bool connected : {false, true})
      for (unsigned s = 0; s < auth_signal_count; ++s) {
        const auth_step x = step(static_cast<authentication>(a), connected, static_cast<auth_signal>(s));
        if (x.broken != rule::none && x.next != static_cast<authentication>(a)) return false;
        if (static_cast<authentication>(a) == authentication::absent && x.next != authentication::absent) return false;
      }
  return true;
}());

}  // namespace mqttspan::detail
