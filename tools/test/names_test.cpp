// mqttspan names: what it finds, against the tables of the specifications.
#include "name_table.hpp"

#include <gtest/gtest.h>

#include <map>

#include <mqttspan/codec/rule.hpp>

#include "subprocess.hpp"

namespace mqttspan::test {
namespace {

std::vector<std::string> found(std::string_view word) {
  std::vector<std::string> names;
  for (const name_entry& entry : names_for(word))
    names.push_back(entry.facts["kind"].get<std::string>() + " " + entry.facts["name"].get<std::string>());
  return names;
}
using names = std::vector<std::string>;

TEST(names, finds_by_name_in_any_case) {
  EXPECT_EQ(found("topic_alias"), (names{"property topic_alias"}));
  EXPECT_EQ(found("Topic Alias"), (names{"property topic_alias"}));
  EXPECT_EQ(found("publish"), (names{"packet type PUBLISH"}));
  EXPECT_EQ(found("topic_name_has_wildcard"), (names{"rule topic_name_has_wildcard"}));
}

TEST(names, finds_by_number) {
  EXPECT_EQ(found("0x87"), (names{"reason code not_authorized"}));
  EXPECT_EQ(found("135"), (names{"reason code not_authorized"}));
  EXPECT_EQ(found("0x23"), (names{"property topic_alias"}));
  EXPECT_EQ(found("3"), (names{"packet type PUBLISH", "property content_type"}));
  EXPECT_TRUE(found("0xff").empty());
}

TEST(names, finds_by_statement_in_one_version_or_all) {
  EXPECT_EQ(found("MQTT-3.3.2-2"), (names{"rule topic_name_has_wildcard"}));
  EXPECT_EQ(found("5.0/mqtt-3.3.2-2"), (names{"rule topic_name_has_wildcard"}));
  EXPECT_TRUE(found("3.1/MQTT-3.3.2-2").empty());  // 3.1 has no numbered statements
  // The number 3.3.1-2 is DUP with QoS 0 in both versions.
  EXPECT_EQ(found("3.1.1/MQTT-3.3.1-2"), (names{"rule dup_with_qos_0"}));
}

TEST(names, keeps_to_the_statement_that_was_asked_for) {
  const auto entries = names_for("U5-3.1.2.11.3-a");  // Receive Maximum twice in CONNECT
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].facts["name"], "property_duplicate");
  EXPECT_EQ(entries[0].facts["statements"].dump(), R"({"5.0/U5-3.1.2.11.3-a":["CONNECT receive_maximum"]})");
  const auto will = names_for("U5-3.1.3.2.2-a");  // Will Delay Interval twice
  ASSERT_EQ(will.size(), 1u);
  EXPECT_EQ(will[0].facts["statements"].dump(), R"({"5.0/U5-3.1.3.2.2-a":["will will_delay_interval"]})");
}

TEST(names, finds_by_part_where_nothing_is_so_called) { EXPECT_EQ(found("topic_alias_m"), (names{"property topic_alias_maximum"})); }

TEST(names, knows_the_table_of_properties) {
  // 5.0 table 2-4.
  const packet_json alias = names_for("topic_alias_maximum")[0].facts;
  EXPECT_EQ(
      alias.dump(),
      R"({"kind":"property","name":"topic_alias_maximum","number":34,"type":"two byte integer","minimum":0,"maximum":65535,"in":["CONNECT","CONNACK"]})");
  const packet_json id = names_for("subscription_identifier")[0].facts;
  EXPECT_EQ(id["in"].dump(), R"(["PUBLISH","SUBSCRIBE"])");
  EXPECT_EQ(id["may_repeat_in"].dump(), R"(["PUBLISH"])");
  EXPECT_EQ(id["minimum"], 1);
  EXPECT_EQ(id["maximum"], 268'435'455);
  const packet_json delay = names_for("will_delay_interval")[0].facts;
  EXPECT_EQ(delay["in"].dump(), R"(["will"])");
}

TEST(names, knows_who_sends_which_reason_code) {
  // 5.0 table 2-6 and tables 3-4 and 3-5 for 0x10: PUBACK and PUBREC, by the server.
  const packet_json none = names_for("no_matching_subscribers")[0].facts;
  EXPECT_EQ(none["from_client"].dump(), "[]");
  EXPECT_EQ(none["from_server"].dump(), R"(["PUBACK","PUBREC"])");
  const packet_json refused = names_for("0x86")[0].facts;
  EXPECT_EQ(refused["connack_return_code_in_3.x"], 4);
}

TEST(names, knows_who_sends_which_packet) {
  const std::map<std::string, std::string> table_2_1 = {{"CONNECT", "client"},
                                                        {"CONNACK", "server"},
                                                        {"PUBLISH", "client and server"},
                                                        {"PUBACK", "client and server"},
                                                        {"PUBREC", "client and server"},
                                                        {"PUBREL", "client and server"},
                                                        {"PUBCOMP", "client and server"},
                                                        {"SUBSCRIBE", "client"},
                                                        {"SUBACK", "server"},
                                                        {"UNSUBSCRIBE", "client"},
                                                        {"UNSUBACK", "server"},
                                                        {"PINGREQ", "client"},
                                                        {"PINGRESP", "server"},
                                                        {"DISCONNECT", "client and server"},
                                                        {"AUTH", "client and server"}};
  std::size_t seen = 0;
  for (const name_entry& entry : all_names()) {
    if (entry.facts["kind"] != "packet type") continue;
    const auto name = entry.facts["name"].get<std::string>();
    EXPECT_EQ(entry.facts["senders"]["5.0"], table_2_1.at(name)) << name;
    ++seen;
  }
  EXPECT_EQ(seen, 15u);
  EXPECT_EQ(names_for("disconnect")[0].facts["senders"]["3.1.1"], "client");
  EXPECT_FALSE(names_for("auth")[0].facts["senders"].contains("3.1.1"));
}

TEST(names, lists_everything) {
  std::map<std::string, std::size_t> kinds;
  for (const name_entry& entry : all_names()) ++kinds[entry.facts["kind"].get<std::string>()];
  EXPECT_EQ(kinds["packet type"], 15u);
  EXPECT_EQ(kinds["property"], 27u);
  EXPECT_EQ(kinds["reason code"], 43u);
  EXPECT_EQ(kinds["rule"], rule_count);
  const finished f = run({"names"});
  EXPECT_EQ(f.exit_code, 0);
  for (const char* line : {"packet types\n", "\nproperties\n", "\nreason codes\n", "\nrules\n", "  0x26  user_property"})
    EXPECT_NE(f.out.find(line), std::string::npos) << line;
}

TEST(names, prints_for_people_and_programs) {
  EXPECT_EQ(run({"names", "0x23"}).out,
            "property  topic_alias  0x23 (35)\n"
            "  type                        two byte integer\n"
            "  minimum                     1\n"
            "  maximum                     65535\n"
            "  in                          PUBLISH\n");
  EXPECT_EQ(run({"names", "--json", "0x23"}).out,
            R"({"kind":"property","name":"topic_alias","number":35,"type":"two byte integer","minimum":1,"maximum":65535,"in":["PUBLISH"]})"
            "\n");
}

TEST(names, says_when_there_is_no_such_thing) {
  const finished f = run({"names", "no\x1bsuch"});
  EXPECT_EQ(f.out, "");
  EXPECT_EQ(f.err, "mqttspan: nothing is called \"no\\x1bsuch\" (mqttspan names lists all)\n");
  EXPECT_EQ(f.exit_code, 1);
}

}  // namespace
}  // namespace mqttspan::test
