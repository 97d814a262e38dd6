// What mqtt_pub and mqtt_sub say when they cannot, or may not: exit codes and words.
#include "peers.hpp"

namespace mqttspan::test {
namespace {

using mqtt_peers = testing::Test;

void expect_usage_error(const finished& done, std::string_view why) {
  EXPECT_EQ(done.exit_code, 255) << why;
  EXPECT_EQ(done.out, "");
  EXPECT_NE(done.err.find(why), std::string::npos) << done.err;
}

TEST_F(mqtt_peers, cannot_connect_to_a_port_where_nobody_listens) {
  const std::string port = std::to_string(free_port());
  const finished pub = mqtt_pub({port, "127.0.0.1", "t", "m"});
  EXPECT_EQ(pub.exit_code, 1);
  EXPECT_EQ(pub.err, "Unable to connect to broker: cannot connect to 127.0.0.1:" + port + ": Connection refused\n");
  const finished sub = mqtt_sub({port, "127.0.0.1", "t"});
  EXPECT_EQ(sub.exit_code, 1);
  EXPECT_EQ(sub.err, pub.err);
  EXPECT_EQ(mqtt_sub({"-p", port, "-t", "t", "--quiet"}).err, "");
}

TEST_F(mqtt_peers, cannot_connect_to_a_name_that_does_not_exist) {
  const finished done = mqtt_pub({"1883", "nonexistent.invalid", "t", "m"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_EQ(done.err.find("Unable to connect to broker: cannot find nonexistent.invalid: "), 0u) << done.err;
}

TEST_F(mqtt_peers, cannot_connect_to_a_socket_that_is_not_there) {
  EXPECT_EQ(mqtt_pub({"--unix", "/nonexistent/socket", "-t", "t", "-m", "x"}).exit_code, 1);
}

TEST_F(mqtt_peers, explain_themselves) {
  for (const finished& done : {mqtt_pub({"--help"}), mqtt_sub({"--help"})}) {
    EXPECT_EQ(done.exit_code, 0);
    EXPECT_NE(done.out.find("Exit codes: 0 "), std::string::npos);
    EXPECT_NE(done.out.find("255 wrong usage"), std::string::npos);
  }
  EXPECT_EQ(mqtt_pub({"--version"}).exit_code, 0);
}

TEST_F(mqtt_peers, refuse_wrong_usage) {
  expect_usage_error(mqtt_pub({}), "there is no topic");
  expect_usage_error(mqtt_pub({"1883"}), "PORT HOST TOPIC PAYLOAD");
  expect_usage_error(mqtt_pub({"1883", "h", "t"}), "PORT HOST TOPIC PAYLOAD");
  expect_usage_error(mqtt_pub({"1883", "h", "t", "two", "words"}), "PORT HOST TOPIC PAYLOAD");
  expect_usage_error(mqtt_pub({"1883", "", "t", "m"}), "the host is empty");
  expect_usage_error(mqtt_pub({"1883", "h", "", "m"}), "there is no topic");
  expect_usage_error(mqtt_pub({"70000", "h", "t", "m"}), "a port is a number from 1 to 65535");
  expect_usage_error(mqtt_pub({"1883", "h", "t", "m", "-t", "u"}), "there twice");
  expect_usage_error(mqtt_sub({"1883", "h"}), "PORT HOST TOPIC");
  expect_usage_error(mqtt_sub({}), "there is no topic");
  expect_usage_error(mqtt_pub({"-t", "t"}), "there is nothing to send");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "-n"}), "mqtt_pub: ");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "-q", "3"}), "mqtt_pub: ");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "-V", "4"}), "-V is mqttv31, mqttv311 or mqttv5");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "-c"}), "-c needs a client id");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "-x", "5"}), "-x is for MQTT 5.0");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "-V", "5", "-x", "soon"}), "-x is a number");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "--will-payload", "x"}), "a will needs --will-topic");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "a", "--nonsense"}), "--nonsense");
  expect_usage_error(mqtt_pub({"-t", "t", "-f", "/nonexistent"}), "cannot open /nonexistent: No such file or directory");
  expect_usage_error(mqtt_pub({"-t", "t", "-f", "/"}), "cannot read /: Is a directory");
  expect_usage_error(mqtt_sub({"-t", "t", "-F", "%z"}), "-F: there is no %z");
  expect_usage_error(mqtt_sub({"-t", "t", "-F", "%"}), "-F ends with a lone %");
  expect_usage_error(mqtt_sub({"-t", "t", "--no-local"}), "are for MQTT 5.0");
}

TEST_F(mqtt_peers, refuse_what_breaks_a_rule_of_mqtt) {
  expect_usage_error(mqtt_pub({"-t", "a/#", "-m", "x"}), "topic name has a wildcard");
  expect_usage_error(mqtt_pub({"-t", std::string(65'536, 'x'), "-m", "x"}), "mqtt_pub: ");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "x", "--will-topic", "+"}), "topic");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "x", "-P", "without a user"}), "CONNECT");
  expect_usage_error(mqtt_sub({"-t", "a#"}), "SUBSCRIBE byte 7: '#' is not the whole last level");
  expect_usage_error(mqtt_sub({"-t", "a", "-T", "a#"}), "-T: ");
  expect_usage_error(mqtt_sub({"-U", "a#"}), "UNSUBSCRIBE byte 7: '#' is not the whole last level");
}

TEST_F(mqtt_peers, refuse_bad_urls) {
  for (const std::string url : {"http://h/t", "mqtt://", "mqtt:///t", "mqtt://h:port/t", "mqtt://h:0/t", "mqtt://[::1/t", "mqtt://[::1]x/t", "mqtt://a%2@h/t", "mqtt://h/%zz"})
    expect_usage_error(mqtt_pub({url, "-m", "x"}), "mqtt_pub: ");
  expect_usage_error(mqtt_pub({"ws://h/mqtt", "-m", "x"}), "there is no topic");
  expect_usage_error(mqtt_pub({"mqtt://h/t", "-L", "mqtt://h/t", "-m", "x"}), "two URLs");
}

TEST_F(mqtt_peers, refuse_bad_properties) {
  const auto with = [](const words& property) { return mqtt_pub(words{"-V", "5", "-t", "t", "-m", "x", "-D"} + property); };
  expect_usage_error(with({"publish", "no-such", "1"}), "no property \"no_such\"");
  expect_usage_error(with({"puback", "user-property", "a", "b"}), "no command \"puback\"");
  expect_usage_error(with({"publish", "receive-maximum", "1"}), "publish has no property receive-maximum");
  expect_usage_error(with({"connect", "receive-maximum", "0"}), "is from 1 to 65535, not 0");
  expect_usage_error(with({"connect", "receive-maximum", "many"}), "receive-maximum is a number");
  expect_usage_error(with({"connect", "receive-maximum", "99999999999"}), "receive-maximum is a number");
  expect_usage_error(with({"publish", "content-type", std::string(65'536, 'x')}), "longer than 65,535 bytes");
  expect_usage_error(with({"publish", "content-type", "\xff"}), "PUBLISH");
  expect_usage_error(with({"publish", "user-property", "name"}), "a word is missing");
  expect_usage_error(with({"publish", "content-type", "a", "-D", "publish", "content-type", "b"}), "content-type stands twice");
  expect_usage_error(mqtt_pub({"-t", "t", "-m", "x", "-D", "publish", "content-type", "a"}), "-D is for MQTT 5.0");
}

TEST_F(mqtt_peers, refuse_files_that_no_packet_can_carry) {
  const scratch_folder folder;
  const std::string file = folder.file("huge", "");
  ASSERT_EQ(run_program({"/usr/bin/env", "truncate", "-s", "268435456", file}).exit_code, 0);
  expect_usage_error(mqtt_pub({"-t", "t", "-f", file}), "has more than 268435455 bytes, which is all that an MQTT packet can carry");
  ASSERT_EQ(run_program({"/usr/bin/env", "truncate", "-s", "268435455", file}).exit_code, 0);
  expect_usage_error(mqtt_pub({"-t", "t", "-f", file}), "the message of 268435455 bytes is too large");
}

class mqtt_peers_and_guards : public testing::Test {
 protected:
  words at() const { return {"-h", "127.0.0.1", "-p", server.port()}; }
  broker server{{.anonymous = false, .users = "joe:secret\n", .rules = "user joe\ntopic readwrite open/#\n"}};
};

TEST_F(mqtt_peers_and_guards, let_in_who_knows_the_password) {
  const words joe = {"-u", "joe", "-P", "secret", "-t", "open/1", "-m", "x"};
  EXPECT_EQ(mqtt_pub(at() + joe).exit_code, 0);
  EXPECT_EQ(mqtt_pub({"mqtt://joe:%73ecret@127.0.0.1:" + server.port() + "/open/1", "-m", "x"}).exit_code, 0);
}

TEST_F(mqtt_peers_and_guards, say_why_they_were_refused) {
  const words wrong = {"-u", "joe", "-P", "wrong", "-t", "t"};
  const finished old = mqtt_pub(at() + wrong + words{"-m", "x"});
  EXPECT_EQ(old.exit_code, 255);
  EXPECT_EQ(old.err, "mqtt_pub: refused: 0x87 not authorized (connack error 5)\n");
  const finished positional = mqtt_sub({server.port(), "127.0.0.1", "t"});
  EXPECT_EQ(positional.exit_code, 255);
  EXPECT_EQ(positional.err, "mqtt_sub: refused: 0x87 not authorized (connack error 5)\n");
  const finished five = mqtt_sub(at() + wrong + words{"-V", "5"});
  EXPECT_EQ(five.exit_code, 255);
  EXPECT_EQ(five.err, "mqtt_sub: refused: 0x87 not authorized (connack error 135)\n");
}

TEST_F(mqtt_peers_and_guards, say_which_message_was_refused) {
  const words joe = at() + words{"-u", "joe", "-P", "secret", "-V", "5", "-q", "1"};
  const finished one = mqtt_pub(joe + words{"-t", "closed", "-m", "x"});
  EXPECT_EQ(one.exit_code, 255);
  EXPECT_EQ(one.err, "mqtt_pub: refused: 0x87 not authorized\n");
  const finished twice = mqtt_pub(at() + words{"-u", "joe", "-P", "secret", "-V", "5", "-q", "2", "-t", "closed", "-m", "x"});
  EXPECT_EQ(twice.exit_code, 255);
  EXPECT_EQ(twice.err, "mqtt_pub: refused: 0x87 not authorized\n");
  std::string lines;
  for (int i = 0; i < 20; ++i) lines += "x\n";
  const finished many = mqtt_pub(joe + words{"-t", "closed", "-l"}, lines);
  EXPECT_EQ(many.exit_code, 255);
  EXPECT_NE(many.err.find("mqtt_pub: refused: 0x87 not authorized: message 10\n"), std::string::npos) << many.err;
  EXPECT_EQ(many.err.find("message 11"), std::string::npos) << many.err;
  EXPECT_NE(many.err.find("mqtt_pub: 20 messages were refused\n"), std::string::npos) << many.err;
}

TEST(mqtt_peers_and_a_narrow_door, say_that_a_message_is_too_large_for_the_server) {
  const broker server({.more = "max_packet_size 100000\n"});
  const finished done = mqtt_pub({"-h", "127.0.0.1", "-p", server.port(), "-V", "5", "-q", "1", "-t", "t", "-s"}, std::string(200'000, 'x'));
  EXPECT_EQ(done.exit_code, 255);
  EXPECT_NE(done.err.find("mqtt_pub: the message cannot be sent: "), std::string::npos) << done.err;
}

}  // namespace
}  // namespace mqttspan::test
