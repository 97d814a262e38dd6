// An endpoint over a transport that does what the test says: what no socket does on demand.
#include <mqttspan/posix/endpoint.hpp>

#include <deque>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

struct script {
  std::deque<std::string> input;  // one piece for each read
  std::string output;
  bool takes_output = true;
  bool has_ended = false;
  bool is_broken = false;  // writing fails
};

class scripted {
 public:
  explicit scripted(script& s) : script_(&s) {}
  transfer read_some(std::span<std::byte> into) noexcept {
    if (script_->input.empty()) return {script_->has_ended ? progress::end : progress::wants_read};
    const std::string piece = script_->input.front();
    script_->input.pop_front();
    std::memcpy(into.data(), piece.data(), piece.size());
    return {progress::moved, piece.size()};
  }
  transfer write_some(bytes_view from) noexcept {
    if (script_->is_broken) return {progress::failed};
    if (!script_->takes_output) return {progress::wants_write};
    script_->output.append(reinterpret_cast<const char*>(from.data()), from.size());
    return {progress::moved, from.size()};
  }
  transfer shut_down() noexcept { return {progress::moved}; }
  bool has_pending() const noexcept { return !script_->input.empty() || script_->has_ended; }
  std::string_view failure() const noexcept { return "the script says so"; }

 private:
  script* script_;
};

class scripted_endpoints : public testing::Test {
 protected:
  void start(const posix::endpoint_options& options = {}) {
    server.emplace(in, posix::server_options{.endpoint = options});
    told.keep(server->on);
    server->on.publish = [this](endpoint&, const publish&) { ++messages; };
    play.input.push_back(hello());
    end = &server->adopt(scripted(play), -1);
    ASSERT_TRUE(turn_until(in, [&] { return !play.output.empty(); }));
  }
  // No loop can know that a transport without a descriptor has more.
  void go_on() {
    end->resume();
    turn(in, 5);
  }
  void rest(std::int64_t milliseconds) {
    const instant start = posix::steady_now();
    ASSERT_TRUE(turn_until(in, [&] { return posix::steady_now() - start > milliseconds; }));
  }
  loop in;
  script play;
  diary told;
  std::optional<posix::server> server;
  endpoint* end = nullptr;
  std::size_t messages = 0;
};

TEST_F(scripted_endpoints, go_on_with_what_waited_for_room_in_the_output) {
  start({.mqtt = {.output_size = 1'024}});
  server->on.publish = [&](endpoint& e, const publish& p) {
    ++messages;
    if (p.topic != "fill") return;
    play.takes_output = false;
    while (e.send(publish{.topic = "t"})) {
    }
    play.takes_output = true;
  };
  for (int i = 0; i < 7; ++i) play.input.push_back(news("t", "1"));
  std::string last = news("fill", "1");
  for (std::uint16_t id = 1; id <= 20; ++id) last += news("t", "2", qos::at_least_once, id);  // their acknowledgements have no room
  play.input.push_back(last);                                                                 // with the eighth read of a turn
  go_on();
  EXPECT_EQ(messages, 28u);
}

TEST_F(scripted_endpoints, count_the_time_to_write_from_when_something_waits) {
  start({.write_timeout = 250});
  rest(300);  // nothing to write, and no time runs
  play.takes_output = false;
  ASSERT_TRUE(end->send(publish{.topic = "t"}));
  turn(in, 5);
  EXPECT_EQ(told.last(), "");
  play.takes_output = true;
  go_on();
  rest(300);
  EXPECT_EQ(told.last(), "");
  play.takes_output = false;
  ASSERT_TRUE(end->send(publish{.topic = "t"}));
  ASSERT_TRUE(turn_until(in, [&] { return !told.reasons.empty(); }));
  EXPECT_EQ(told.last(), "the peer takes nothing of what it is sent");
}

TEST_F(scripted_endpoints, that_cannot_write_still_hear_what_was_said_before) {
  start();
  play.is_broken = true;
  play.input = {news("t", "1"), news("t", "2")};
  ASSERT_TRUE(end->send(publish{.topic = "t"}));
  ASSERT_TRUE(turn_until(in, [&] { return !told.reasons.empty(); }));
  EXPECT_EQ(messages, 2u);
  EXPECT_EQ(told.last(), "the script says so");
}

TEST_F(scripted_endpoints, tell_what_the_peer_said_rather_than_how_it_went) {
  start();
  play.is_broken = true;
  play.input = {wire(disconnect{})};
  ASSERT_TRUE(end->send(publish{.topic = "t"}));
  ASSERT_TRUE(turn_until(in, [&] { return !told.reasons.empty(); }));
  EXPECT_EQ(told.last(), "the peer has said goodbye");
  EXPECT_EQ(told.count("error"), 0u);
}

TEST_F(scripted_endpoints, that_are_paused_close_where_writing_fails) {
  start();
  end->pause();
  play.is_broken = true;
  play.input = {news("t", "1")};
  ASSERT_TRUE(end->send(publish{.topic = "t"}));
  ASSERT_TRUE(turn_until(in, [&] { return !told.reasons.empty(); }));
  EXPECT_EQ(messages, 0u) << "paused is paused";
}

TEST_F(scripted_endpoints, leave_time_for_others_however_much_there_is_to_read) {
  start();
  for (int i = 0; i < 10'000; ++i) play.input.push_back(news("t", "1"));
  end->resume();
  in.run_once(false);
  EXPECT_GT(messages, 0u);
  EXPECT_LT(messages, 200u);
  ASSERT_TRUE(turn_until(in, [&] { return messages == 10'000; }));
}

TEST_F(scripted_endpoints, read_while_their_last_words_wait) {
  start();
  play.takes_output = false;
  end->close();
  turn(in, 5);
  for (int i = 0; i < 30; ++i) play.input.push_back(std::string(1'000, '?'));  // who is not read does not read either
  EXPECT_FALSE(end->is_open());
  go_on();
  EXPECT_TRUE(play.input.empty());
  play.takes_output = true;
  play.has_ended = true;
  end->abort();
  ASSERT_TRUE(turn_until(in, [&] { return !told.reasons.empty(); }));
}

}  // namespace
}  // namespace mqttspan::test
