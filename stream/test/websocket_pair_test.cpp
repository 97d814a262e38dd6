// Two ends of ours over pipes of every width: bytes both ways, packets across frames, shutting down, MQTT on top.
#include <mqttspan/websocket/websocket.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/stream/connection.hpp>

#include "websocket_ends.hpp"

namespace mqttspan::test {
namespace {

constexpr std::size_t widths[] = {1, 2, 7, 4096};

std::vector<std::byte> some_bytes(std::size_t size, std::uint32_t seed) {
  std::vector<std::byte> bytes(size);
  for (std::byte& b : bytes) b = static_cast<std::byte>((seed = seed * 1'664'525 + 1'013'904'223) >> 24);
  return bytes;
}

// One end's writing: the rest of the bytes, in pieces of changing size.
struct talker {
  websocket_transport& to;
  bytes_view left;
  std::size_t piece = 1;
  std::size_t retry = 0;  // what was offered when it had to wait
  bool saw_wants_read = false, saw_wants_write = false;

  bool say() {
    if (left.empty()) return false;
    const std::size_t size = std::min(std::max(piece, retry), left.size());
    const std::vector<std::byte> elsewhere(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(size));  // at another address each time
    const transfer t = to.write_some(elsewhere);
    EXPECT_NE(t.outcome, progress::failed) << to.failure();
    saw_wants_read |= t.outcome == progress::wants_read;
    saw_wants_write |= t.outcome == progress::wants_write;
    retry = t.outcome == progress::moved ? 0 : size;
    if (t.outcome == progress::moved) piece = piece * 3 % 40'009 + 1;
    left = left.subspan(t.size);
    return true;
  }
};

std::vector<std::byte> listen(websocket_transport& to, std::size_t read_size) {
  std::vector<std::byte> heard, into(read_size);
  for (transfer t = to.read_some(into); t.outcome == progress::moved; t = to.read_some(into)) heard.insert(heard.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(t.size));
  return heard;
}

void append(std::vector<std::byte>& to, const std::vector<std::byte>& more) { to.insert(to.end(), more.begin(), more.end()); }

TEST(websocket_pair, carries_bytes_both_ways_at_once) {
  for (const std::size_t width : widths) {
    const std::size_t size = width < 100 ? 60'000 : 1 << 20;
    both_ends ends = make_both(width);
    const auto up = some_bytes(size, 1), down = some_bytes(size, 2);
    std::vector<std::byte> heard_up, heard_down;
    talker client{ends.client, up}, server{ends.server, down};
    for (bool is_going_on = true; is_going_on;) {
      is_going_on = client.say();
      is_going_on |= server.say();
      append(heard_up, listen(ends.server, 1000));
      append(heard_down, listen(ends.client, 333));
    }
    append(heard_up, listen(ends.server, 1000));
    append(heard_down, listen(ends.client, 333));
    EXPECT_TRUE(heard_up == up && heard_down == down) << width;
    EXPECT_TRUE(client.saw_wants_read && client.saw_wants_write && server.saw_wants_write) << width;
    EXPECT_EQ(server.saw_wants_read, width < 4096);  // else the whole request is there when it first looks
  }
}

TEST(websocket_pair, shakes_hands_by_writing_alone) {
  for (const std::size_t width : widths) {
    both_ends ends = make_both(width);
    for (int i = 0; i < 2000 && !(ends.client.is_open() && ends.server.is_open()); ++i) {
      static_cast<void>(ends.client.write_some(as_bytes("c")));
      static_cast<void>(ends.server.write_some(as_bytes("s")));
    }
    EXPECT_TRUE(ends.client.is_open() && ends.server.is_open()) << width;
    EXPECT_EQ(ends.client.request().subprotocol, "mqtt");
  }
}

struct shut {
  progress client = progress::wants_read, server = progress::wants_read;
};

// Reads on both sides until both have heard the end.
shut read_to_the_end(both_ends& ends) {
  shut s;
  std::array<std::byte, 64> into;
  for (int i = 0; i < 200; ++i) {
    s.client = ends.client.read_some(into).outcome;
    s.server = ends.server.read_some(into).outcome;
  }
  return s;
}

void open(both_ends& ends) {
  for (int i = 0; i < 3000 && !(ends.client.is_open() && ends.server.is_open()); ++i) static_cast<void>(listen(ends.client, 64)), static_cast<void>(listen(ends.server, 64));
  ASSERT_TRUE(ends.client.is_open() && ends.server.is_open());
}

TEST(websocket_pair, shuts_down_in_good_order) {
  for (const std::size_t width : widths)
    for (const bool is_client_first : {true, false}) {
      both_ends ends = make_both(width);
      open(ends);
      websocket_transport &first = is_client_first ? ends.client : ends.server, &second = is_client_first ? ends.server : ends.client;
      std::vector<std::byte> heard;
      for (transfer t{}; t.outcome != progress::moved; append(heard, listen(second, 8))) t = first.write_some(as_bytes("last words"));
      transfer t = first.shut_down();
      EXPECT_EQ(t.outcome == progress::wants_write, width < (is_client_first ? 8 : 4)) << width;  // a close frame, with and without mask
      for (; t.outcome != progress::moved; t = first.shut_down()) append(heard, listen(second, 8));
      EXPECT_EQ(t, (transfer{progress::moved, 0}));
      EXPECT_EQ(first.write_some(as_bytes("x")).outcome, progress::failed);
      EXPECT_EQ(first.failure(), "the WebSocket is shut down");
      const shut s = read_to_the_end(ends);
      EXPECT_EQ(s.client, progress::end) << ends.client.failure();
      EXPECT_EQ(s.server, progress::end) << ends.server.failure();
      EXPECT_EQ(as_text(heard), "last words");
      EXPECT_EQ(second.shut_down().outcome, progress::moved);
      EXPECT_EQ(second.write_some(as_bytes("x")).outcome, progress::failed);
      EXPECT_EQ(second.failure(), "the peer closed the WebSocket with 1000");
    }
}

TEST(websocket_pair, reads_behind_its_own_shut_down) {
  both_ends ends = make_both(4096);
  open(ends);
  EXPECT_EQ(ends.client.shut_down().outcome, progress::moved);
  EXPECT_EQ(ends.server.write_some(as_bytes("still here")).outcome, progress::moved);
  EXPECT_EQ(as_text(listen(ends.client, 100)), "still here");
  const shut s = read_to_the_end(ends);
  EXPECT_TRUE(s.client == progress::end && s.server == progress::end);
}

TEST(websocket_pair, shuts_down_behind_a_frame_that_is_partly_written) {
  both_ends ends = make_both(100);
  open(ends);
  const std::string words(1000, 'w');
  EXPECT_EQ(ends.client.write_some(as_bytes(words)).outcome, progress::wants_write);
  std::vector<std::byte> heard;
  while (ends.client.shut_down().outcome != progress::moved) append(heard, listen(ends.server, 50));
  append(heard, listen(ends.server, 50));
  EXPECT_EQ(as_text(heard), words);
  EXPECT_EQ(read_to_the_end(ends).server, progress::end);
}

TEST(websocket_pair, says_that_the_other_is_gone) {
  both_ends ends = make_both(4096);
  open(ends);
  { const websocket_transport gone = std::move(ends.server); }
  std::array<std::byte, 8> into;
  EXPECT_EQ(ends.client.read_some(into).outcome, progress::failed);
  EXPECT_EQ(ends.client.failure(), "the peer ended the connection without a close frame");
  const std::string_view first = ends.client.failure();
  EXPECT_EQ(ends.client.write_some(as_bytes("x")).outcome, progress::failed);
  EXPECT_EQ(ends.client.failure().data(), first.data());  // the first reason, where it was

  both_ends others = make_both(4096);
  open(others);
  { const websocket_transport gone = std::move(others.server); }
  EXPECT_EQ(others.client.write_some(as_bytes("x")).outcome, progress::failed);
  EXPECT_EQ(others.client.failure(), "the other end of the pipe is gone");
}

// A pong that finds no room goes later, and keeps nobody from reading.
TEST(websocket_pair, answers_a_ping_when_there_is_room) {
  auto pipe = memory_pipe::make(300);
  websocket_transport server(any_transport(std::move(pipe.first)), websocket_server_options{});
  std::array<std::byte, 400> raw;
  ASSERT_NE(pipe.second.write_some(as_bytes(sample_request())).size, 0u);
  ASSERT_EQ(server.read_some(raw).outcome, progress::wants_read);
  while (pipe.second.read_some(raw).outcome == progress::moved) {}
  const std::string words = "\x30\xA9\x02" + std::string(297, 'w');
  ASSERT_EQ(server.write_some(as_bytes(words)).outcome, progress::wants_write);
  ASSERT_NE(pipe.second.write_some(as_bytes(frame(0x89, "are you there", true) + frame(0x82, "data", true))).size, 0u);
  EXPECT_EQ(server.read_some(raw), (transfer{progress::moved, 4}));
  EXPECT_EQ(server.read_some(raw).outcome, progress::wants_read);
  std::string written;
  for (int i = 0; i < 5; ++i) {
    for (transfer t = pipe.second.read_some(raw); t.outcome == progress::moved; t = pipe.second.read_some(raw)) written.append(as_text(std::span(raw).first(t.size)));
    EXPECT_EQ(server.read_some(raw).outcome, progress::wants_read);
  }
  EXPECT_EQ(server.write_some(as_bytes(words)), (transfer{progress::moved, 300}));  // reading has written it
  EXPECT_EQ(take_frame(written, false), std::pair(0x82u, words));
  EXPECT_EQ(take_frame(written, false), std::pair(0x8Au, std::string("are you there")));
  EXPECT_EQ(written, "");
}

// The peer hears what was wrong before our caller, who would close, does.
TEST(websocket_pair, tells_a_fault_when_its_close_is_written) {
  auto pipe = memory_pipe::make(300);
  websocket_transport server(any_transport(std::move(pipe.first)), websocket_server_options{});
  std::array<std::byte, 400> raw;
  ASSERT_NE(pipe.second.write_some(as_bytes(sample_request())).size, 0u);
  ASSERT_EQ(server.read_some(raw).outcome, progress::wants_read);
  while (pipe.second.read_some(raw).outcome == progress::moved) {}
  const std::string words = "\x30\xA9\x02" + std::string(297, 'w');
  ASSERT_EQ(server.write_some(as_bytes(words)).outcome, progress::wants_write);
  ASSERT_NE(pipe.second.write_some(as_bytes(frame(0x81, "text", true))).size, 0u);
  EXPECT_EQ(server.read_some(raw).outcome, progress::wants_write);
  EXPECT_FALSE(server.has_pending());  // else nobody would wait
  std::string written;
  for (int i = 0; i < 5; ++i) {
    for (transfer t = pipe.second.read_some(raw); t.outcome == progress::moved; t = pipe.second.read_some(raw)) written.append(as_text(std::span(raw).first(t.size)));
    static_cast<void>(server.read_some(raw));
  }
  EXPECT_EQ(server.read_some(raw).outcome, progress::failed);
  EXPECT_EQ(take_frame(written, false), std::pair(0x82u, words));
  EXPECT_EQ(take_frame(written, false), std::pair(0x88u, std::string("\x03\xEB")));
}

// Two connections on top: what the loop in README.md does, for both.
class mqtt_end {
 public:
  mqtt_end(sender self, websocket_transport& below) : line(self, instant{}), below_(below) {}

  // Writes pieces of at most `piece` bytes, so that frames and packets do not agree.
  void run(std::size_t piece) {
    while (!line.output().empty()) {
      const transfer t = below_.write_some(line.output().first(std::min(std::max(piece, retry_), line.output().size())));
      retry_ = t.outcome == progress::moved ? 0 : std::max(piece, retry_);
      if (t.outcome != progress::moved) break;
      line.consume_output(t.size, instant{});
    }
    const transfer t = below_.read_some(buffer_);
    ASSERT_NE(t.outcome, progress::failed) << below_.failure();
    ASSERT_TRUE(t.outcome != progress::moved || line.receive(std::span(buffer_).first(t.size), instant{}));
    for (connection_event e = line.next_event(); e.kind() != connection_event_kind::nothing; e = line.next_event()) {
      ASSERT_EQ(e.kind(), connection_event_kind::packet);
      ASSERT_TRUE(!e.get_if<connect>() || line.send(connack{}, instant{}));
      is_connected |= e.get_if<connack>() != nullptr;
      if (const publish* const p = e.get_if<publish>()) heard.emplace_back(as_text(p->payload));
    }
  }

  connection line;
  bool is_connected = false;
  std::vector<std::string> heard;

 private:
  websocket_transport& below_;
  std::size_t retry_ = 0;
  std::array<std::byte, 500> buffer_{};
};

TEST(websocket_pair, carries_mqtt_however_packets_and_frames_fall) {
  for (const std::size_t width : widths)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{100'000}}) {
      both_ends ends = make_both(width);
      mqtt_end client(sender::client, ends.client), server(sender::server, ends.server);
      ASSERT_TRUE(client.line.send(connect{.client_id = "over-websocket"}, instant{}));
      for (int i = 0; i < 50; ++i) {
        const std::string text = std::to_string(i);
        ASSERT_TRUE(client.line.send(publish{.topic = "t", .payload = as_bytes(text), .qos = qos::at_least_once}, instant{}));
      }
      for (int i = 0; i < 30'000 && !(client.is_connected && server.heard.size() == 50); ++i) {
        ASSERT_NO_FATAL_FAILURE(client.run(piece));
        ASSERT_NO_FATAL_FAILURE(server.run(piece));
      }
      EXPECT_TRUE(client.is_connected) << width << ' ' << piece;
      ASSERT_EQ(server.heard.size(), 50u) << width << ' ' << piece;
      EXPECT_EQ(server.heard.front() + server.heard.back(), "049");
    }
}

}  // namespace
}  // namespace mqttspan::test
