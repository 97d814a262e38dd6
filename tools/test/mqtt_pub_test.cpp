#include <csignal>

#include "peers.hpp"

namespace mqttspan::test {
namespace {

using mqtt_pub_with_broker = peers;
using namespace std::string_literals;

TEST_F(mqtt_pub_with_broker, takes_the_positional_form) {
  listener sub({server.port(), "127.0.0.1", "a/#", "-C", "3"});
  for (const words& said : {words{"a/b", "hello world"}, words{"a/c", ""}, words{"a/d", "-m"}}) {
    const finished done = mqtt_pub(words{server.port(), "127.0.0.1"} + said);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(done.out + done.err, "");
  }
  EXPECT_EQ(sub.wait().out, "a/b\thello world\na/c\t\na/d\t-m\n");
}

TEST_F(mqtt_pub_with_broker, takes_options_behind_the_positional_form) {
  listener sub(at() + words{"-t", "a", "-q", "2", "-F", "%q %p", "-C", "1"});
  EXPECT_EQ(mqtt_pub({server.port(), "127.0.0.1", "a", "x", "-q", "2"}).exit_code, 0);
  EXPECT_EQ(sub.wait().out, "2 x\n");
}

TEST_F(mqtt_pub_with_broker, sends_every_qos_in_every_version) {
  for (const std::string version : {"mqttv31", "mqttv311", "mqttv5", "31", "311", "5", "3.1", "3.1.1", "5.0"})
    for (const std::string qos : {"0", "1", "2"}) {
      const words how = {"-V", version, "-q", qos, "-t", "v/" + version};
      EXPECT_EQ(through(how + words{"-F", "%t %q %p"}, how + words{"-m", "x"}), "v/" + version + " " + qos + " x\n") << version << " " << qos;
    }
}

TEST_F(mqtt_pub_with_broker, sends_bytes_as_they_are) {
  const std::string bytes = "\0a\n\r\n\xff\n"s;
  EXPECT_EQ(through({"-t", "b", "-N"}, {"-t", "b", "-s"}, bytes), bytes);
  const scratch_folder folder;
  const std::string file = folder.file("payload", bytes);
  EXPECT_EQ(through({"-t", "b", "-N", "-V", "5"}, {"-t", "b", "-f", file, "-q", "1"}), bytes);
}

TEST_F(mqtt_pub_with_broker, sends_nothing) {
  EXPECT_EQ(through({"-t", "n", "-F", "%l"}, {"-t", "n", "-n"}), "0\n");
  EXPECT_EQ(through({"-t", "n", "-F", "%l"}, {"-t", "n", "-m", ""}), "0\n");
  EXPECT_EQ(through({"-t", "n", "-F", "%l"}, {"-t", "n", "-s"}, ""), "0\n");
  const scratch_folder folder;
  EXPECT_EQ(through({"-t", "n", "-F", "%l"}, {"-t", "n", "-f", folder.file("empty", "")}), "0\n");
}

TEST_F(mqtt_pub_with_broker, sends_lines) {
  EXPECT_EQ(through({"-t", "l", "-F", "[%x]"}, {"-t", "l", "-l"}, "one\r\n\n two\0\nlast"s, 3), "[6f6e650d]\n[2074776f00]\n[6c617374]\n");
}

TEST_F(mqtt_pub_with_broker, sends_no_line_where_there_is_none) {
  for (const std::string input : {"", "\n\n"}) {
    const finished done = mqtt_pub(pub({"-t", "l", "-l", "-q", "1", "-d"}), input);
    EXPECT_EQ(done.exit_code, 0);
    EXPECT_EQ(done.err.find("PUBLISH"), std::string::npos) << done.err;
  }
}

TEST_F(mqtt_pub_with_broker, sends_a_long_line_and_short_ones_around_it) {
  const std::string line(3'000'000, 'x');
  EXPECT_EQ(through({"-t", "l", "-q", "1", "-N"}, {"-t", "l", "-l", "-q", "1"}, "a\n" + line + "\n" + line + "\nz", 4), "a" + line + line + "z");
}

TEST_F(mqtt_pub_with_broker, loses_none_of_a_hundred_thousand_lines) {
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += std::to_string(i) + "\n";
  EXPECT_TRUE(through({"-t", "m", "-q", "1"}, {"-t", "m", "-l", "-q", "1"}, lines, 100'000) == lines);
  EXPECT_TRUE(through({"-t", "m", "-q", "0"}, {"-t", "m", "-l", "-q", "1", "-V", "5"}, lines, 100'000) == lines);
}

TEST_F(mqtt_pub_with_broker, keeps_order_at_qos_2) {
  std::string lines;
  for (int i = 0; i < 5'000; ++i) lines += std::to_string(i) + "\n";
  for (const std::string version : {"3.1.1", "5"}) EXPECT_TRUE(through({"-t", "m", "-q", "2", "-V", version}, {"-t", "m", "-l", "-q", "2", "-V", version}, lines, 5'000) == lines) << version;
}

TEST_F(mqtt_pub_with_broker, reads_a_pipe_as_it_comes) {
  listener sub(at() + words{"-t", "p", "-C", "3"});
  const finished done = shell("(printf 'a\\nb'; sleep 0.2; printf 'c\\n'; sleep 0.2; printf d) | " MQTTSPAN_MQTT_PUB " -h 127.0.0.1 -t p -l -q 1 -p " + server.port(), "");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(sub.wait().out, "a\nbc\nd\n");
}

TEST_F(mqtt_pub_with_broker, sends_a_large_file) {
  std::string bytes(16u << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2'654'435'761u >> 24);
  const scratch_folder folder;
  const std::string file = folder.file("large", bytes);
  for (const std::string qos : {"0", "1", "2"}) EXPECT_TRUE(through({"-t", "big", "-N", "-q", qos}, {"-t", "big", "-f", file, "-q", qos}) == bytes) << qos;
}

TEST_F(mqtt_pub_with_broker, leaves_retained_messages_and_takes_them_away) {
  EXPECT_EQ(mqtt_pub(pub({"-t", "r", "-m", "kept", "-r", "-q", "1"})).exit_code, 0);
  EXPECT_EQ(mqtt_sub(at() + words{"-t", "r", "-C", "1", "-F", "%r %p"}).out, "1 kept\n");
  EXPECT_EQ(mqtt_pub(pub({"-t", "r", "-n", "-r", "-q", "1"})).exit_code, 0);
  EXPECT_EQ(mqtt_sub(at() + words{"-t", "r", "-W", "0.2"}).out, "");
}

TEST_F(mqtt_pub_with_broker, sends_properties) {
  const words properties = {"-D", "publish", "content-type", "text/plain", "-D", "publish", "user-property", "a", "-b", "--property", "publish", "user_property", "a", "", "-D",
                            "publish", "correlation-data", "\x01", "-D", "publish", "message-expiry-interval", "100", "-D", "publish", "payload-format-indicator", "1"};
  EXPECT_EQ(through({"-t", "p", "-V", "5", "-F", "json"}, words{"-V", "5", "-t", "p"} + properties + words{"-m", "-D"}),
            R"({"topic":"p","qos":0,"retain":false,"payload":"-D","properties":[["content_type","text/plain"],["user_property",["a","-b"]],["user_property",["a",""]],)"
            R"(["correlation_data",{"hex":"01"}],["payload_format_indicator",1],["message_expiry_interval",100]]})"
            "\n");
}

TEST_F(mqtt_pub_with_broker, takes_the_topic_from_a_url) {
  listener sub(at() + words{"-t", "#", "-v", "-C", "2"});
  const std::string url = "mqtt://127.0.0.1:" + server.port() + "/x/y%20z";
  EXPECT_EQ(mqtt_pub({url, "-m", "1"}).exit_code, 0);
  EXPECT_EQ(mqtt_pub({"-L", url, "-t", "t", "-m", "2"}).exit_code, 0);
  EXPECT_EQ(sub.wait().out, "x/y z 1\nt 2\n");
}

TEST_F(mqtt_pub_with_broker, says_who_it_is) {
  const finished said = mqtt_pub(pub({"-t", "t", "-m", "x", "-i", "me", "-u", "joe", "-P", "secret", "-k", "7", "-d", "-V", "5", "-c", "-x", "20", "-D", "connect", "user-property", "k", "v"}));
  EXPECT_NE(said.err.find(R"(CONNECT      5.0 client_id="me" keep_alive=7 user_name="joe" password_bytes=6 {)"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("session_expiry_interval=20"), std::string::npos) << said.err;
  EXPECT_EQ(said.err.find("secret"), std::string::npos);
  EXPECT_NE(said.err.find("DISCONNECT"), std::string::npos);
  const finished prefixed = mqtt_pub(pub({"-t", "t", "-m", "x", "-I", "pre", "-d"}));
  EXPECT_NE(prefixed.err.find("client_id=\"pre"), std::string::npos) << prefixed.err;
  const finished kept = mqtt_pub(pub({"-t", "t", "-m", "x", "-V", "5", "-c", "-i", "k", "-d"}));
  EXPECT_NE(kept.err.find("session_expiry_interval=4294967295"), std::string::npos) << kept.err;
}

TEST_F(mqtt_pub_with_broker, goes_on_with_a_session) {
  for (int run = 0; run < 2; ++run)
    for (const std::string version : {"3.1", "3.1.1", "5"}) EXPECT_EQ(mqtt_pub(pub({"-t", "t", "-m", "x", "-c", "-i", "again" + version, "-V", version, "-q", "2"})).exit_code, 0) << version;
}

TEST_F(mqtt_pub_with_broker, has_a_fresh_client_id_each_time) {
  const auto id = [this] {
    const std::string said = mqtt_pub(pub({"-t", "t", "-m", "x", "-d", "-V", "3.1"})).err;
    const std::size_t at = said.find("mqtt_pub-");
    return said.substr(at, said.find('"', at) - at);
  };
  const std::string first = id(), second = id();
  EXPECT_NE(first, second);
  EXPECT_LE(first.size(), 23u);
}

TEST_F(mqtt_pub_with_broker, has_a_will) {
  for (const std::string version : {"3.1.1", "5"}) {
    listener sub(at() + words{"-t", "will/#", "-q", "1", "-F", "%t %q %p", "-C", "1"});
    listener dying(at() + words{"-t", "nothing", "-V", version, "--will-topic", "will/" + version, "--will-payload", "gone", "--will-qos", "1"});
    dying.program.send(SIGKILL);
    EXPECT_EQ(sub.wait().out, "will/" + version + " 1 gone\n");
  }
  listener dying(at() + words{"-t", "nothing", "--will-topic", "will/kept", "--will-retain"});
  dying.program.send(SIGKILL);
  EXPECT_EQ(mqtt_sub(at() + words{"-t", "will/other", "-W", "0.2"}).exit_code, 27);
}

TEST_F(mqtt_pub_with_broker, has_a_will_with_properties_that_is_retained) {
  {
    listener dying(at() + words{"-t", "nothing", "-V", "5", "--will-topic", "will/5", "--will-payload", "gone", "--will-retain", "-D", "will", "content-type", "text/plain"});
    listener sub(at() + words{"-t", "will/5", "-C", "1"});
    dying.program.send(SIGKILL);
    EXPECT_EQ(sub.wait().out, "gone\n");
  }
  EXPECT_EQ(mqtt_sub(at() + words{"-V", "5", "-t", "will/5", "-C", "1", "-F", "json"}).out,
            "{\"topic\":\"will/5\",\"qos\":0,\"retain\":true,\"payload\":\"gone\",\"properties\":[[\"content_type\",\"text/plain\"]]}\n");
}

TEST_F(mqtt_pub_with_broker, shows_progress) {
  const finished done = mqtt_pub(pub({"-t", "l", "-l", "-q", "1", "--progress"}), "one\ntwo\nthree\n");
  EXPECT_EQ(done.out, "");
  EXPECT_NE(done.err.find("3 messages, 11 B; "), std::string::npos) << done.err;
  EXPECT_NE(done.err.find(" messages/s, "), std::string::npos) << done.err;
}

TEST_F(mqtt_pub_with_broker, says_goodbye_when_it_is_interrupted) {
  const scratch_folder folder;  // for a pipe that nobody ever writes to, and that does not end
  background_program program({"/bin/sh", "-c", "mkfifo " + folder.path() + "/p; exec 3<>" + folder.path() + "/p; " MQTTSPAN_MQTT_PUB " -d -h 127.0.0.1 -t t -l -p " + server.port() + " <&3 & echo $!; wait $!; echo ended $?"});
  ASSERT_TRUE(program.complains("CONNACK")) << program.err();
  ::kill(std::stoi(program.out()), SIGTERM);
  EXPECT_TRUE(program.says("ended 1")) << program.out() << program.err();
  EXPECT_NE(program.err().find("DISCONNECT"), std::string::npos);
  EXPECT_NE(program.err().find("mqtt_pub: interrupted"), std::string::npos);
}

}  // namespace
}  // namespace mqttspan::test
