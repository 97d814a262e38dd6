#include <csignal>

#include "peers.hpp"

namespace mqttspan::test {
namespace {

using mqtt_sub_with_broker = peers;
using namespace std::string_literals;

TEST_F(mqtt_sub_with_broker, writes_in_many_forms) {
  const words message = {"-t", "a/b", "-m", "x\xc3\xa4", "-q", "1"};
  const words sub = {"-t", "a/b", "-q", "1"};
  EXPECT_EQ(through(sub, message), "x\xc3\xa4\n");
  EXPECT_EQ(through(sub + words{"-N"}, message), "x\xc3\xa4");
  EXPECT_EQ(through(sub + words{"-v"}, message), "a/b x\xc3\xa4\n");
  EXPECT_EQ(through(sub + words{"-F", "%t|%p|%x|%X|%l|%q|%r|%m|%%|\\t"}, message), "a/b|x\xc3\xa4|78c3a4|78C3A4|3|1|0|1|%|\t\n");
  EXPECT_EQ(through(sub + words{"-F", "json"}, message), "{\"topic\":\"a/b\",\"qos\":1,\"retain\":false,\"mid\":1,\"payload\":\"x\xc3\xa4\"}\n");
  EXPECT_EQ(through(sub + words{"-F", "%j", "-N"}, message), "{\"topic\":\"a/b\",\"qos\":1,\"retain\":false,\"mid\":1,\"payload\":\"x\xc3\xa4\"}");
}

TEST_F(mqtt_sub_with_broker, writes_binary_payloads_as_hexadecimal_in_json) {
  EXPECT_EQ(through({"-t", "a", "-F", "json"}, {"-t", "a", "-s"}, "\xff\0"s), "{\"topic\":\"a\",\"qos\":0,\"retain\":false,\"payload\":{\"hex\":\"ff00\"}}\n");
}

TEST_F(mqtt_sub_with_broker, takes_many_topics_and_filters_out) {
  EXPECT_EQ(through({"-t", "a/+", "-t", "b", "-T", "a/x", "-T", "c/#", "-v"}, {"-t", "b", "-m", "1"}), "b 1\n");
  listener sub(at() + words{"-t", "a/+", "-t", "c", "-T", "a/x", "-v", "-C", "2"});
  for (const std::string topic : {"a/x", "a/y", "c"}) EXPECT_EQ(mqtt_pub(pub({"-t", topic, "-m", "1"})).exit_code, 0);
  EXPECT_EQ(sub.wait().out, "a/y 1\nc 1\n");
}

TEST_F(mqtt_sub_with_broker, leaves_out_retained_messages) {
  EXPECT_EQ(mqtt_pub(pub({"-t", "r", "-m", "old", "-r", "-q", "1"})).exit_code, 0);
  EXPECT_EQ(through({"-t", "r", "-R"}, {"-t", "r", "-m", "new"}), "new\n");
}

TEST_F(mqtt_sub_with_broker, takes_the_topic_from_a_url) {
  listener sub({"mqtt://127.0.0.1:" + server.port() + "/u/%23", "-v", "-C", "1"});
  EXPECT_EQ(mqtt_pub(pub({"-t", "u/1", "-m", "x"})).exit_code, 0);
  EXPECT_EQ(sub.wait().out, "u/1 x\n");
}

TEST_F(mqtt_sub_with_broker, ends_when_its_time_is_over) {
  const finished done = mqtt_sub(at() + words{"-t", "a", "-W", "0.1", "-d"});
  EXPECT_EQ(done.exit_code, 27);
  EXPECT_NE(done.err.find("DISCONNECT"), std::string::npos);
}

TEST_F(mqtt_sub_with_broker, says_goodbye_on_signals) {
  for (const int signal : {SIGINT, SIGTERM}) {
    listener watch(at() + words{"-t", "will", "-W", "0.5"});
    listener sub(at() + words{"-t", "a", "--will-topic", "will", "--will-payload", "it had none"});
    sub.program.send(signal);
    const finished done = sub.wait();
    EXPECT_EQ(done.exit_code, 0);
    EXPECT_NE(done.err.find("DISCONNECT"), std::string::npos) << done.err;
    EXPECT_EQ(watch.wait().out, "");
  }
}

TEST_F(mqtt_sub_with_broker, ends_quietly_when_nobody_reads) {
  background_program program({"/bin/sh", "-c", "{ " MQTTSPAN_MQTT_SUB " -d -h 127.0.0.1 -t a -p " + server.port() + "; echo ended $? >&2; } | head -n 1"});
  ASSERT_TRUE(program.complains("SUBACK"));
  // One line is read; what comes behind it finds nobody.
  for (int i = 0; i < 50 && program.err().find("ended") == std::string::npos; ++i) EXPECT_EQ(mqtt_pub(pub({"-t", "a", "-m", std::to_string(i)})).exit_code, 0);
  EXPECT_TRUE(program.complains("ended 0")) << program.err();
  EXPECT_EQ(program.out(), "0\n");
  EXPECT_EQ(program.err().find("mqtt_sub:"), std::string::npos);
}

TEST_F(mqtt_sub_with_broker, says_when_it_cannot_write) {
  background_program program({"/bin/sh", "-c", MQTTSPAN_MQTT_SUB " -d -h 127.0.0.1 -t a -p " + server.port() + " >/dev/full; echo ended $? >&2"});
  ASSERT_TRUE(program.complains("SUBACK"));
  EXPECT_EQ(mqtt_pub(pub({"-t", "a", "-m", "x"})).exit_code, 0);
  EXPECT_TRUE(program.complains("ended 1")) << program.err();
  EXPECT_NE(program.err().find("mqtt_sub: standard output: No space left on device"), std::string::npos);
}

TEST_F(mqtt_sub_with_broker, makes_and_ends_subscriptions_of_a_session) {
  for (const std::string version : {"3.1", "3.1.1", "5"}) {
    const words session = at() + words{"-c", "-i", "s" + version, "-V", version, "-q", "1"};
    EXPECT_EQ(mqtt_sub(session + words{"-t", "s", "-t", "t", "-E"}).exit_code, 0) << version;
    EXPECT_EQ(mqtt_pub(pub({"-t", "s", "-m", "1", "-q", "1"})).exit_code, 0);
    EXPECT_EQ(mqtt_pub(pub({"-t", "s", "-m", "2", "-q", "1"})).exit_code, 0);
    EXPECT_EQ(mqtt_sub(session + words{"-t", "t", "-C", "1"}).out, "1\n") << version;
    EXPECT_EQ(mqtt_sub(session + words{"-t", "t", "-C", "1"}).out, "2\n") << version;  // each once: the first was acknowledged, the second was not lost
    EXPECT_EQ(mqtt_sub(session + words{"-U", "s"}).exit_code, 0) << version;
    EXPECT_EQ(mqtt_pub(pub({"-t", "s", "-m", "3", "-q", "1"})).exit_code, 0);
    EXPECT_EQ(mqtt_sub(session + words{"-t", "t", "-W", "0.2"}).out, "") << version;
  }
}

TEST_F(mqtt_sub_with_broker, stays_alive_by_pings) {
  background_program sub(words{MQTTSPAN_MQTT_SUB, "-d"} + at() + words{"-t", "a", "-k", "1", "-C", "1"});
  ASSERT_TRUE(sub.complains("PINGRESP")) << sub.err();
  EXPECT_EQ(mqtt_pub(pub({"-t", "a", "-m", "still here"})).exit_code, 0);
  EXPECT_EQ(sub.wait().out, "still here\n");
}

TEST_F(mqtt_sub_with_broker, asks_with_properties_and_options) {
  listener sub(at() + words{"-V", "5", "-t", "a", "-D", "subscribe", "subscription-identifier", "7", "--retain-as-published", "--no-local", "-F", "json", "-C", "1"});
  EXPECT_NE(sub.program.err().find("{subscription_identifier=7}"), std::string::npos) << sub.program.err();
  EXPECT_EQ(mqtt_pub(pub({"-t", "a", "-m", "x", "-r"})).exit_code, 0);
  EXPECT_EQ(sub.wait().out, "{\"topic\":\"a\",\"qos\":0,\"retain\":true,\"payload\":\"x\",\"properties\":[[\"subscription_identifier\",7]]}\n");
}

TEST_F(mqtt_sub_with_broker, notices_that_the_server_has_gone) {
  auto own = std::make_unique<broker>();
  listener sub({"-h", "127.0.0.1", "-p", own->port(), "-t", "a"});
  own.reset();
  const finished done = sub.wait();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("mqtt_sub: the connection is lost: "), std::string::npos) << done.err;
}

}  // namespace
}  // namespace mqttspan::test
