// The families of cases: boundary, malformed, stateful, parties.
#include <mqttspan/codec/generate.hpp>

#include <map>

#include "broker/catalogue.hpp"
#include "broker/monitor.hpp"
#include "case_source.hpp"
#include "session.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

using conformance::wire::encoded;

void send(fuzz_case& c, std::string bytes, std::uint8_t party = 0) { c.steps.push_back({.party = party, .bytes = std::move(bytes)}); }
void act(fuzz_case& c, action what, std::uint8_t party = 0) { c.steps.push_back({.party = party, .what = what}); }

/// One bad packet, as the conformance harness has them in its tables.
struct table_row {
  std::string bytes;
  bool is_first = false;
};
using table = std::vector<table_row>;

table rows_of(protocol_version version) {
  table rows;
  posix::loop loop;
  const conformance::peer who;
  const conformance::session names(loop, who, version, "fuzz", conformance::broker::make_monitor);
  for (const conformance::probe& p : conformance::broker::all_probes())
    if (p.bad_packet && p.statements.played_in(version)) rows.push_back({p.bad_packet(names), p.is_first_packet});
  return rows;
}

const table& rows_for(protocol_version version) {
  static const std::map<protocol_version, table> all{
      {protocol_version::v3_1, rows_of(protocol_version::v3_1)}, {protocol_version::v3_1_1, rows_of(protocol_version::v3_1_1)}, {protocol_version::v5, rows_of(protocol_version::v5)}};
  return all.at(version);
}

std::string payload(const case_maker& m) {
  static constexpr std::size_t sizes[] = {0, 0, 1, 1, 2, 16, 100, 127, 128, 1000};
  return std::string(m.any(sizes), 'p');
}

std::string message(const case_maker& m, qos level, bool dup, bool retain) {
  const std::string name = m.topic(), text = payload(m);
  return encoded(publish{.topic = name, .payload = as_bytes(text), .qos = level, .retain = retain, .dup = dup && level != qos::at_most_once,
                         .packet_id = level == qos::at_most_once ? std::uint16_t{0} : m.packet_id()},
                 m.version);
}
qos any_qos(const case_maker& m) { return static_cast<qos>(m.below(3)); }
std::string wish(const case_maker& m, const std::string& filter) {
  subscription s{.topic_filter = filter, .qos = any_qos(m)};
  if (m.v5()) s.no_local = m.one_in(8) && filter.front() != '$', s.retain_handling = static_cast<retain_handling>(m.below(3));
  return encoded(subscribe{.packet_id = m.packet_id(), .subscriptions = std::span<const subscription>(&s, 1)}, m.version);
}
std::string farewell(const case_maker& m, const std::string& filter) {
  const std::string_view view = filter;
  return encoded(unsubscribe{.packet_id = m.packet_id(), .topic_filters = std::span<const std::string_view>(&view, 1)}, m.version);
}
std::string with_alias(const case_maker& m) {
  const std::string name = m.one_in(2) ? m.topic() : std::string();
  const property alias[] = {prop::topic_alias(static_cast<std::uint16_t>(1 + m.below(3)))};
  return encoded(publish{.topic = name, .properties = alias}, m.version);
}

// A move of the protocol's, whatever came before.
std::string move(const case_maker& m) {
  switch (m.below(13)) {
    case 0: case 1: return message(m, any_qos(m), m.one_in(4), m.one_in(4));
    case 2: return message(m, qos::exactly_once, m.one_in(2), false);
    case 3: return encoded(pubrel{.packet_id = m.packet_id()}, m.version);
    case 4: return encoded(puback{.packet_id = m.packet_id()}, m.version);
    case 5: return encoded(pubrec{.packet_id = m.packet_id()}, m.version);
    case 6: return encoded(pubcomp{.packet_id = m.packet_id()}, m.version);
    case 7: case 8: return wish(m, m.filter());
    case 9: return farewell(m, m.filter());
    case 10: return encoded(pingreq{}, m.version);
    case 11: return m.v5() ? with_alias(m) : encoded(pingreq{}, m.version);
    default: return m.v5() ? wish(m, "$share/g/" + m.filter()) : wish(m, m.filter());
  }
}

std::string with_will(const case_maker& m, std::string_view role) {
  const std::string name = m.topic(), id = m.client_id(role);
  return encoded(connect{.version = m.version, .keep_alive = 0, .client_id = id, .will = will{.topic = name, .payload = as_bytes(std::string_view("gone")), .qos = any_qos(m), .retain = m.one_in(4)}},
                 m.version);
}

void hear_message(const case_maker& m, fuzz_case& c) {
  send(c, m.connect("s"), 1);
  send(c, wish(m, m.v5() && m.one_in(4) ? "$share/g/" + m.prefix() + "/#" : m.prefix() + "/#"), 1);
  send(c, m.connect("p"));
  for (std::uint32_t times = 1 + m.below(3); times > 0; --times) send(c, message(m, any_qos(m), false, m.one_in(4)));
}
void hear_any_message(const case_maker& m, fuzz_case& c) {
  send(c, m.connect("s"), 1);
  send(c, wish(m, m.one_in(2) ? "#" : m.prefix() + "/#"), 1);
  send(c, m.connect("p"));
  send(c, m.one_in(2) ? m.valid_packet() : m.changed(m.valid_packet()));
}
void hear_will(const case_maker& m, fuzz_case& c) {
  send(c, m.connect("s"), 1);
  send(c, wish(m, m.prefix() + "/#"), 1);
  send(c, with_will(m, "p"));
  if (m.one_in(3)) send(c, encoded(disconnect{}, m.version));
  else act(c, m.one_in(2) ? action::abort : action::end);
  send(c, encoded(pingreq{}, m.version), 1);
}
void take_over(const case_maker& m, fuzz_case& c) {
  send(c, with_will(m, "p"));
  if (m.one_in(2)) send(c, move(m));
  send(c, m.connect("p"), 1);
  if (m.one_in(2)) send(c, move(m), 1);
}
void retained_first(const case_maker& m, fuzz_case& c) {
  send(c, m.connect("p"));
  send(c, message(m, any_qos(m), false, true));
  send(c, m.connect("s"), 1);
  send(c, wish(m, m.prefix() + "/#"), 1);
}
void many_listeners(const case_maker& m, fuzz_case& c) {
  c.parties.push_back(m.version);
  for (std::uint8_t party = 1; party < 3; ++party) {
    send(c, m.connect(party == 1 ? "s" : "t"), party);
    send(c, wish(m, m.v5() && m.one_in(2) ? "$share/g/" + m.filter() : m.filter()), party);
  }
  send(c, m.connect("p"));
  send(c, message(m, any_qos(m), false, false));
  act(c, m.one_in(2) ? action::abort : action::end, 1);
  send(c, message(m, any_qos(m), false, false));
}

constexpr void (*scenes[])(const case_maker&, fuzz_case&) = {hear_message, hear_message, hear_any_message, hear_will, take_over, retained_first, many_listeners};

}  // namespace

void make_boundary(const case_maker& m, fuzz_case& c) {
  if (m.one_in(8)) {
    send(c, m.valid_connect());
    if (m.one_in(2)) send(c, m.valid_packet());
    return;
  }
  for (std::uint32_t times = 1 + m.below(2); times > 0; --times) send(c, m.valid_packet());
}

void make_malformed(const case_maker& m, fuzz_case& c) {
  if (m.one_in(3)) {
    const table& rows = rows_for(m.version);
    const table_row& row = rows[m.below(static_cast<std::uint32_t>(rows.size()))];
    return send(c, m.one_in(4) ? m.changed(row.bytes) : row.bytes);
  }
  if (m.one_in(8)) return send(c, m.changed(m.valid_connect()));
  send(c, m.changed(m.valid_packet()));
}

void make_stateful(const case_maker& m, fuzz_case& c) {
  const std::uint32_t kind = m.below(24);
  if (kind == 0) c.shares = false;               // without CONNECT
  if (kind == 1) send(c, m.connect("p"));
  for (std::uint32_t times = 1 + m.below(4); times > 0; --times) send(c, move(m));
  if (kind == 1 || kind == 2) send(c, m.connect("q"));  // the second one
  if (kind == 3) send(c, encoded(disconnect{}, m.version));
  if (kind == 4) send(c, m.changed(move(m)));
}

void make_parties(const case_maker& m, fuzz_case& c) {
  c.parties.push_back(m.version);
  m.any(scenes)(m, c);
}

}  // namespace mqttspan::fuzz
