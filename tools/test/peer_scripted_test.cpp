// mqtt_pub and mqtt_sub beside servers that say what mosquitto cannot be made to say.
#include <atomic>

#include "peers.hpp"
#include "scripted_server.hpp"

namespace mqttspan::test {
namespace {

words at(const scripted_server& server) { return {"-h", "127.0.0.1", "-p", server.port()}; }

TEST(mqtt_peers_and_a_server, repeat_the_reason_of_a_refused_connection) {
  const scripted_server server([](posix::handlers& on) {
    on.connect = [](posix::endpoint& e, const connect& c) {
      const property why[] = {prop::reason_string("ask the porter")};
      connack no{.reason_code = reason_code::bad_user_name_or_password};
      if (c.version == protocol_version::v5) no.properties = why;
      (void)e.send(no);
    };
  });
  const finished old = mqtt_pub({server.port(), "127.0.0.1", "t", "m"});
  EXPECT_EQ(old.exit_code, 255);
  EXPECT_EQ(old.err, "mqtt_pub: refused: 0x86 bad user name or password (connack error 4)\n");
  const finished five = mqtt_sub(at(server) + words{"-t", "t", "-V", "5"});
  EXPECT_EQ(five.exit_code, 255);
  EXPECT_EQ(five.err, "mqtt_sub: refused: 0x86 bad user name or password (connack error 134): ask the porter\n");
  EXPECT_EQ(mqtt_sub(at(server) + words{"-t", "t", "--quiet"}).err, "");
}

// Refuses the filters that begin with "no".
void refuse_some(posix::handlers& on) {
  on.subscribe = [](posix::endpoint& e, const subscribe& wish) {
    std::vector<reason_code> codes;
    const reason_code no = e.mqtt().version() == protocol_version::v5 ? reason_code::not_authorized : reason_code::unspecified_error;
    for (const subscription& s : wish.subscriptions) codes.push_back(s.topic_filter.starts_with("no") ? no : reason_code::granted_qos_0);
    (void)e.send(suback{.packet_id = wish.packet_id, .reason_codes = codes});
    const publish news{.topic = "yes", .payload = as_bytes("news")};
    (void)e.send(news);
  };
}

TEST(mqtt_peers_and_a_server, say_which_subscriptions_were_refused) {
  const scripted_server server(refuse_some);
  const finished one = mqtt_sub({server.port(), "127.0.0.1", "no/1"});
  EXPECT_EQ(one.exit_code, 255);
  EXPECT_EQ(one.err, "mqtt_sub: refused: 0x80 unspecified error: no/1\n");
  const finished all = mqtt_sub(at(server) + words{"-V", "5", "-t", "no/1", "-t", "no/2"});
  EXPECT_EQ(all.exit_code, 255);
  EXPECT_EQ(all.err, "mqtt_sub: refused: 0x87 not authorized: no/1\nmqtt_sub: refused: 0x87 not authorized: no/2\n");
  const finished some = mqtt_sub(at(server) + words{"-t", "yes", "-t", "no", "-C", "1"});
  EXPECT_EQ(some.out, "news\n");
  EXPECT_EQ(some.exit_code, 255);
}

TEST(mqtt_peers_and_a_server, say_why_they_were_sent_away) {
  const scripted_server server([](posix::handlers& on) {
    on.subscribe = [](posix::endpoint& e, const subscribe&) { e.close(reason_code::session_taken_over); };
  });
  const finished done = mqtt_sub(at(server) + words{"-V", "5", "-t", "t"});
  EXPECT_EQ(done.exit_code, 255);
  EXPECT_EQ(done.err, "mqtt_sub: refused: 0x8e session taken over\n");
}

TEST(mqtt_peers_and_a_server, keep_to_the_window) {
  std::atomic<int> open = 0, most = 0, all = 0;
  const scripted_server server(
      [&](posix::handlers& on) {
        // Acknowledges when three are there.
        on.publish = [&, waiting = std::vector<std::uint16_t>()](posix::endpoint& e, const publish& p) mutable {
          waiting.push_back(p.packet_id);
          most = std::max<int>(most, ++open);
          if (++all % 3 != 0) return;
          for (const std::uint16_t id : waiting) (void)e.send(puback{.packet_id = id}), --open;
          waiting.clear();
        };
      },
      {.endpoint = {.mqtt = {.auto_acknowledge = false}}});
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "x\n";
  const finished done = mqtt_pub(at(server) + words{"-t", "t", "-l", "-q", "1", "-M", "3"}, lines);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(all, 300);
  EXPECT_EQ(most, 3);
}

TEST(mqtt_peers_and_a_server, read_no_more_than_the_server_takes) {
  const scripted_server server([](posix::handlers& on) { on.publish = [](posix::endpoint& e, const publish&) { e.pause(); }; });
  // The input has no end: who read on would need ever more memory, and the amount that went through would never stand still.
  const scratch_folder folder;
  const std::string count = folder.path() + "/count";
  background_program pub({"/bin/sh", "-c", "(i=0; while printf '%0999d\\n' 0; do i=$((i+1)); echo $i >" + count + "; done) | " MQTTSPAN_MQTT_PUB " -h 127.0.0.1 -t t -l -q 0 -p " + server.port()});
  const auto lines = [&] { return run_program({"/bin/cat", count}).out; };
  std::string before, now;
  for (int still = 0, tries = 0; still < 10 && tries < 2'000; ++tries) {
    now = lines();
    still = !now.empty() && now == before ? still + 1 : 0;
    before = now;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(now.empty());
  EXPECT_EQ(lines(), now);
  EXPECT_TRUE(pub.is_running());
  EXPECT_EQ(pub.err(), "");
}

}  // namespace
}  // namespace mqttspan::test
