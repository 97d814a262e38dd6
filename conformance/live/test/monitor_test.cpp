// The monitor of B-MON: each of its rows can object, and a broker that does all right gets no objection.
#include <set>

#include <gtest/gtest.h>

#include <mqttspan/codec/parse.hpp>

#include "../broker/monitor.hpp"
#include "../wire.hpp"

namespace mqttspan::conformance {
namespace {

struct step {
  bool from_broker;
  std::string_view digits;
};

// Like a link: strictly first, then so that one can go on.
void feed(monitor& m, const step& each, protocol_version version) {
  const wire::bytes bytes = wire::hex(each.digits);
  const sender own = each.from_broker ? sender::server : sender::client;
  const auto strictly = parse(as_bytes(bytes), version, {.sender = own});
  const auto found = strictly ? strictly : parse(as_bytes(bytes), version, {.allow = leniency::dup_with_qos_0 | leniency::ill_formed_utf8});
  if (!strictly && each.from_broker) m.unreadable(strictly.error(), as_bytes(bytes));
  if (!strictly && !each.from_broker) m.sent_bad();
  if (!found) return;
  if (each.from_broker) m.received(found->packet, found->size);
  else m.sent(found->packet, found->size);
}

std::set<std::string> objections(protocol_version version, const std::vector<step>& steps) {
  const auto m = broker::make_monitor(version);
  for (const step& each : steps) feed(*m, each, version);
  std::set<std::string> rows;
  for (const finding& f : m->findings) rows.insert(f.row);
  return rows;
}

constexpr step us(std::string_view digits) { return {false, digits}; }
constexpr step broker_sends(std::string_view digits) { return {true, digits}; }

const step connect_5 = us("10 0e 0004 4d515454 05 02 0000 00 0001 61");
const step connect_3 = us("10 0d 0004 4d515454 04 02 0000 0001 61");
const step connack_5 = broker_sends("20 03 00 00 00");

TEST(monitor, has_no_objection_to_what_is_right) {
  EXPECT_EQ(objections(protocol_version::v5,
                       {connect_5, connack_5, us("82 09 0001 02 0b05 0001 74 02"), broker_sends("90 04 0001 00 02"), broker_sends("34 0b 0001 74 0007 02 0b05 686921"),
                        us("50 02 0007"), broker_sends("62 02 0007"), us("70 02 0007"), broker_sends("32 08 0001 74 0007 02 0b05"), us("c0 00"), broker_sends("d0 00"),
                        us("a2 06 0002 00 0001 74"), broker_sends("b0 04 0002 00 00"), broker_sends("e0 01 8b")}),
            std::set<std::string>{});
}

TEST(monitor, objects_in_each_of_its_rows) {
  struct breach {
    std::string row;
    protocol_version version;
    std::vector<step> steps;
  };
  const std::vector<breach> breaches{
      {"layout", protocol_version::v3_1_1, {connect_3, broker_sends("20 02 00 00"), broker_sends("d0 01 00")}},
      {"connack", protocol_version::v5, {connect_5, broker_sends("20 03 02 00 00")}},
      {"one-connack", protocol_version::v5, {connect_5, connack_5, connack_5}},
      {"qos-0", protocol_version::v3_1_1, {connect_3, broker_sends("20 02 00 00"), broker_sends("38 04 0001 74 21")}},
      {"message-ids", protocol_version::v5, {connect_5, connack_5, broker_sends("32 06 0001 74 0007 00"), broker_sends("32 06 0001 74 0007 00")}},
      {"ack-ids", protocol_version::v5, {connect_5, connack_5, broker_sends("40 02 0009")}},
      {"reason-codes", protocol_version::v5, {connect_5, connack_5, us("32 06 0001 74 0007 00"), broker_sends("40 03 0007 01")}},
      {"properties", protocol_version::v5, {connect_5, connack_5, broker_sends("32 08 0001 74 0007 02 0b00")}},
      {"lists", protocol_version::v5, {connect_5, connack_5, us("82 07 0001 00 0001 74 00"), broker_sends("90 03 0001 00")}},
      {"topic-alias", protocol_version::v5, {us("10 11 0004 4d515454 05 02 0000 03 220001 0001 61"), connack_5, broker_sends("30 07 0001 74 03 230002")}},
      {"problem-information", protocol_version::v5,
       {us("10 10 0004 4d515454 05 02 0000 02 1700 0001 61"), connack_5, us("82 07 0001 00 0001 74 00"), broker_sends("90 08 0001 04 1f 0001 78 00")}},
      {"authentication", protocol_version::v5, {connect_5, broker_sends("20 07 00 00 04 15 0001 78")}},
      {"subscription-ids", protocol_version::v5, {connect_5, connack_5, broker_sends("30 06 0001 74 02 0b07")}},
      {"packet-size", protocol_version::v5, {us("10 13 0004 4d515454 05 02 0000 05 2700000006 0001 61"), connack_5, broker_sends("30 05 0001 74 00 21")}},
      {"defaults", protocol_version::v5, {connect_5, broker_sends("20 07 00 00 04 1a 0001 78")}},
      {"receive-maximum", protocol_version::v5,
       {us("10 11 0004 4d515454 05 02 0000 03 210001 0001 61"), connack_5, broker_sends("32 06 0001 74 0007 00"), broker_sends("32 06 0001 74 0008 00")}},
      {"goodbye", protocol_version::v5, {connect_5, connack_5, broker_sends("e0 01 8b"), broker_sends("d0 00")}},
      {"first", protocol_version::v5, {connect_5, broker_sends("e0 01 82")}},
      {"session", protocol_version::v5,
       {connect_5, connack_5, us("82 07 0001 00 0001 74 00"), broker_sends("90 04 0001 00 00"), us("a2 06 0002 00 0001 74"), broker_sends("b0 04 0002 00 11")}},
  };
  std::set<std::string> tried{"transport"};  // that there is one at all
  for (const breach& b : breaches) {
    tried.insert(b.row);
    EXPECT_EQ(objections(b.version, b.steps), std::set<std::string>{b.row}) << b.row;
  }
  for (const monitor_row& row : broker::meta().rows) EXPECT_TRUE(tried.count(std::string(row.name))) << row.name;
}

// SUBSCRIBE, UNSUBSCRIBE of "t", SUBSCRIBE of it again, then UNSUBSCRIBE of "u", which was never there: all with identifier 1.
TEST(monitor, knows_whose_answer_it_is_where_an_identifier_is_used_again) {
  const step subscribe_t = us("82 07 0001 00 0001 74 00"), granted = broker_sends("90 04 0001 00 00");
  EXPECT_EQ(objections(protocol_version::v5, {connect_5, connack_5, subscribe_t, granted, us("a2 06 0001 00 0001 74"), broker_sends("b0 04 0001 00 00"), subscribe_t, granted,
                                              us("a2 06 0001 00 0001 75"), broker_sends("b0 04 0001 00 11")}),
            std::set<std::string>{});
}

TEST(monitor, leaves_answers_to_bad_packets_alone) {
  EXPECT_EQ(objections(protocol_version::v3_1_1, {connect_3, broker_sends("20 02 00 00"), us("82 06 0000 0001 74 00"), broker_sends("90 03 0000 00"), broker_sends("40 02 0009")}), std::set<std::string>{});
}

}  // namespace
}  // namespace mqttspan::conformance
