// Frames by hand, for both roles, whole and cut everywhere: what is read, what is answered, what is refused.
#include <mqttspan/websocket/websocket.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "websocket_ends.hpp"

namespace mqttspan::test {
namespace {

using namespace std::string_literals;

constexpr sender roles[] = {sender::client, sender::server};

// What the peer says, and what comes of it. `written` is what we say, a first byte and a payload each.
struct talk {
  std::string title;
  std::string said;
  std::string payload;
  std::vector<std::pair<unsigned, std::string>> written;
  progress last;
  std::string failure;
};

struct talk_limits {
  std::uint64_t frame = 1000;
  std::uint64_t message = 3000;
};

std::string status(unsigned s) { return {static_cast<char>(s >> 8), static_cast<char>(s & 0xFF)}; }

// As the peer of `self` would say it.
class phrases {
 public:
  explicit phrases(sender self) : m_(self == sender::server) {}
  std::string f(unsigned first, std::string_view payload) const { return frame(first, payload, m_); }
  std::string data(std::string_view payload) const { return f(0x82, payload); }
  std::string head(unsigned first, std::uint64_t size, unsigned size_bytes) const { return frame_head(first, size, size_bytes, m_); }
  std::string close(unsigned s, std::string_view reason) const { return close_frame(s, reason, m_); }

  std::vector<talk> good() const {
    const std::string big(1000, 'x'), mid(200, 'y'), most(125, 'z');
    const auto reading = progress::wants_read;
    return {
        {"nothing", "", "", {}, reading, ""},
        {"a frame", data("Hello"), "Hello", {}, reading, ""},
        {"fragments", f(0x02, "Hel") + f(0x80, "lo"), "Hello", {}, reading, ""},
        {"empty frames", data("") + f(0x02, "") + f(0x00, "") + f(0x80, "a") + data(""), "a", {}, reading, ""},
        {"lengths of all forms", data(mid) + data(big) + data(""), mid + big, {}, reading, ""},
        {"a message of the largest size", f(0x02, big) + f(0x00, big) + f(0x80, big) + data(big), big + big + big + big, {}, reading, ""},
        {"ping", f(0x89, "Hello"), "", {{0x8A, "Hello"}}, reading, ""},
        {"the longest ping", f(0x89, most), "", {{0x8A, most}}, reading, ""},
        {"ping between fragments", f(0x02, "a") + f(0x89, "") + f(0x80, "b"), "ab", {{0x8A, ""}}, reading, ""},
        {"pong", f(0x8A, "Hello") + data("a"), "a", {}, reading, ""},
        {"close", data("a") + close(1000, "") + data("b"), "a", {{0x88, status(1000)}}, progress::end, ""},
        {"close without status", f(0x88, ""), "", {{0x88, ""}}, progress::end, ""},
        {"going away", close(1001, "bye"), "", {{0x88, status(1001)}}, progress::end, ""},
        {"close between fragments", f(0x02, "a") + close(1000, ""), "a", {{0x88, status(1000)}}, progress::end, ""},
        {"an error", close(1011, "b\xC3\xA4h"), "", {{0x88, status(1011)}}, progress::failed, "the peer closed the WebSocket with 1011: b\xC3\xA4h"},
        {"an error without reason", close(4999, ""), "", {{0x88, status(4999)}}, progress::failed, "the peer closed the WebSocket with 4999"},
    };
  }

  std::vector<talk> bad() const {
    const std::string reserved_bit = "a frame's reserved bit is set", opcode = "a frame's opcode is reserved", control = "a control frame is fragmented or longer than 125 bytes",
                      length = "a frame's length is not in its shortest form, or above 2^63", sendable = "a close frame's status is not one to be sent",
                      mask = m_ ? "a client's frame is not masked" : "a server's frame is masked", utf8 = "a close frame's reason is not well-formed UTF-8",
                      large = "a frame is too large", message = "a message is too large", big(1000, 'x');
    std::vector<talk> all;
    const auto add = [&](std::string title, const std::string& said, unsigned with, const std::string& failure) {
      all.push_back({std::move(title), data("ok") + said, "ok", {{0x88, status(with)}}, progress::failed, failure});
    };
    add("text", head(0x81, 5, 0), 1003, "a text frame, where MQTT has binary frames only");
    add("text, fragmented", head(0x01, 0, 0), 1003, "a text frame, where MQTT has binary frames only");
    for (const unsigned bit : {0x40u, 0x20u, 0x10u}) add("a reserved bit", head(0x82 | bit, 5, 0), 1002, reserved_bit);
    add("a reserved bit of a ping", head(0xC9, 0, 0), 1002, reserved_bit);
    for (const unsigned op : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) add("opcode", head(0x80 | op, 0, 0), 1002, opcode);
    add("mask", frame_head(0x82, 5, 0, !m_), 1002, mask);
    add("mask of nothing", frame_head(0x82, 0, 0, !m_), 1002, mask);
    add("mask of a ping", frame_head(0x89, 0, 0, !m_), 1002, mask);
    add("mask of a close", frame_head(0x88, 0, 0, !m_), 1002, mask);
    for (const unsigned op : {8u, 9u, 10u}) {
      add("control, fragmented", head(op, 0, 0), 1002, control);
      add("control, 126 bytes", head(0x80 | op, 126, 2), 1002, control);
      add("control, 64 KiB", head(0x80 | op, 65'536, 8), 1002, control);
    }
    add("125 in two bytes", head(0x82, 125, 2), 1002, length);
    add("0 in two bytes", head(0x82, 0, 2), 1002, length);
    add("65535 in eight bytes", head(0x82, 65'535, 8), 1002, length);
    add("5 in eight bytes", head(0x82, 5, 8), 1002, length);
    add("2^63", head(0x82, std::uint64_t{1} << 63, 8), 1002, length);
    add("continuation of nothing", head(0x80, 1, 0), 1002, "a continuation frame without a message to continue");
    add("continuation of nothing any more", f(0x02, "") + f(0x80, "") + head(0x00, 1, 0), 1002, "a continuation frame without a message to continue");
    add("a message in a message", f(0x02, "") + f(0x89, "") + head(0x82, 1, 0), 1002, "a message begins within another");
    all.back().written.insert(all.back().written.begin(), {0x8A, ""});
    add("text in a message", f(0x02, "") + head(0x81, 1, 0), 1003, "a text frame, where MQTT has binary frames only");
    add("too large a frame", head(0x82, 1001, 2), 1009, large);
    add("2^63 - 1", head(0x82, ~std::uint64_t{0} >> 1, 8), 1009, large);
    add("too large a message", f(0x02, "") + f(0x00, "") + head(0x80, 1001, 2), 1009, large);
    for (const unsigned s : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 2999u, 5000u, 65'535u}) add("status", close(s, ""), 1002, sendable);
    add("half a status", f(0x88, "\x03"), 1002, sendable);
    for (const std::string_view reason : {"\xFF", "\xC3", "\xED\xA0\x80", "a\xC0\x80"}) add("reason", close(1000, reason), 1007, utf8);
    const std::string whole = f(0x02, big) + f(0x00, big) + f(0x00, big);
    all.push_back({"too large a message", whole + head(0x80, 1, 0), big + big + big, {{0x88, status(1009)}}, progress::failed, message});
    return all;
  }

 private:
  bool m_;
};

void expect_told(lone_end& end, const talk& t) {
  EXPECT_EQ(end.tale().payload, t.payload) << t.title;
  EXPECT_EQ(end.tale().last, t.last) << t.title;
  EXPECT_EQ(end.tale().failure, t.failure) << t.title;
  std::string written = end.take_written();
  std::vector<std::pair<unsigned, std::string>> frames;
  for (auto f = take_frame(written, !end.is_masked()); f.first != 0; f = take_frame(written, !end.is_masked())) frames.push_back(f);
  EXPECT_EQ(frames, t.written) << t.title;
  EXPECT_EQ(written, "") << t.title;
}

template <class Each>
void for_each_talk(Each each) {
  for (const sender self : roles) {
    for (const talk& t : phrases(self).good()) each(self, t);
    for (const talk& t : phrases(self).bad()) each(self, t);
  }
}

lone_end open_end(sender self, std::size_t read_size = 4096) { return lone_end(self, true, read_size, talk_limits{}.frame, talk_limits{}.message); }

TEST(websocket_frames, are_read_whole) {
  for_each_talk([](sender self, const talk& t) {
    lone_end end = open_end(self);
    end.hear(t.said);
    expect_told(end, t);
  });
}

TEST(websocket_frames, are_read_in_chunks_into_buffers_of_any_size) {
  for (const std::size_t chunk : {1u, 2u, 3u, 7u, 100u, 4096u})
    for (const std::size_t read_size : {1u, 2u, 5u, 64u, 4096u})
      for_each_talk([&](sender self, const talk& t) {
        lone_end end = open_end(self, read_size);
        end.hear_in_chunks(t.said, chunk);
        expect_told(end, t);
      });
}

TEST(websocket_frames, are_read_from_two_pieces_cut_anywhere) {
  for_each_talk([](sender self, const talk& t) {
    for (std::size_t cut = 0; cut < t.said.size() && cut < 300; ++cut) {
      lone_end end = open_end(self);
      end.hear(std::string_view(t.said).substr(0, cut));
      end.hear(std::string_view(t.said).substr(cut));
      expect_told(end, t);
    }
  });
}

TEST(websocket_frames, stay_refused) {
  for_each_talk([](sender self, const talk& t) {
    if (t.last == progress::wants_read) return;
    lone_end end = open_end(self);
    end.hear(t.said);
    static_cast<void>(end.take_written());
    const story before = end.tale();
    for (int i = 0; i < 3; ++i) end.read();
    EXPECT_EQ(end.tale(), before) << t.title;
    EXPECT_FALSE(end.transport().has_pending());
    EXPECT_EQ(end.transport().write_some(as_bytes("x")).outcome, progress::failed);
    EXPECT_EQ(end.transport().shut_down().outcome, progress::moved);
    end.read();
    EXPECT_EQ(end.tale().written, "") << t.title;
  });
}

TEST(websocket_frames, that_break_off_are_no_end) {
  for_each_talk([](sender self, const talk& t) {
    if (t.last != progress::wants_read) return;
    for (std::size_t cut = 0; cut <= t.said.size() && cut < 40; ++cut) {
      lone_end end = open_end(self);
      end.hear(std::string_view(t.said).substr(0, cut));
      end.hear_end();
      EXPECT_EQ(end.tale().last, progress::failed) << t.title;
      EXPECT_EQ(end.tale().failure, "the peer ended the connection without a close frame");
    }
  });
}

// RFC 6455, 5.7.
TEST(websocket_frames, of_the_rfc) {
  lone_end server = open_end(sender::server);
  server.hear("\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);  // a masked Ping with "Hello"
  EXPECT_EQ(server.take_written(), "\x8A\x05Hello");
  server.hear("\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);  // the text example, as binary
  EXPECT_EQ(server.tale().payload, "Hello");
  server.hear("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);  // and as it stands there
  EXPECT_EQ(server.take_written(), "\x88\x02\x03\xEB");

  lone_end client(sender::client, true);
  client.hear("\x02\x03Hel\x80\x02lo"s);  // fragments
  client.hear("\x82\x7E\x01\x00"s + std::string(256, 'a'));
  client.hear("\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s + std::string(65'536, 'b'));
  EXPECT_EQ(client.tale().payload, "Hello" + std::string(256, 'a') + std::string(65'536, 'b'));
  client.hear("\x89\x05Hello"s);
  std::string pong = client.take_written();
  EXPECT_EQ(pong.size(), 11u);
  EXPECT_EQ(take_frame(pong, true), std::pair(0x8Au, "Hello"s));
}

TEST(websocket_pings, of_one_chunk_are_answered_by_the_latest) {
  for (const sender self : roles) {
    lone_end end = open_end(self);
    end.hear(frame(0x89, "a", end.is_masked()) + frame(0x89, "b", end.is_masked()) + frame(0x82, "c", end.is_masked()));
    std::string written = end.take_written();
    EXPECT_EQ(take_frame(written, !end.is_masked()), std::pair(0x8Au, "b"s));
    EXPECT_EQ(written, "");
  }
}

TEST(websocket_frames, of_ours_have_the_shortest_length) {
  for (const sender self : roles)
    for (const std::size_t size : {1u, 125u, 126u, 16'384u, 16'385u}) {
      lone_end end(self, true);
      const std::string payload = std::string("\x30\xFF\xFF\xFF\x7F").append(size, 'p').substr(0, size);  // of the longest packet
      const transfer t = end.transport().write_some(as_bytes(payload));
      ASSERT_EQ(t, (transfer{progress::moved, std::min<std::size_t>(size, websocket_transport::max_written_payload)}));
      end.read();
      std::string written = end.take_written();
      EXPECT_EQ(written.size(), t.size + (t.size < 126 ? 2 : 4) + (self == sender::client ? 4 : 0));
      EXPECT_EQ(take_frame(written, self == sender::client), std::pair(0x82u, payload.substr(0, t.size)));
    }
}

std::vector<std::string> frames_of(lone_end& end) {
  end.read();
  std::vector<std::string> payloads;
  for (std::string written = end.take_written(); !written.empty();) {
    const auto [first, payload] = take_frame(written, !end.is_masked());
    EXPECT_EQ(first, 0x82u);
    if (first == 0) return payloads;
    payloads.push_back(payload);
  }
  return payloads;
}

// Paho's C client looks at the second packet of a frame only when more bytes come.
TEST(websocket_frames, of_ours_hold_one_packet_or_a_part) {
  const std::string ping = "\xC0\0"s, ack = "\x40\x02\0\1"s, publish = "\x30\x81\x01"s + std::string(129, 'p');
  const std::vector<std::string> packets{ping, ack, publish, ping, ack};
  std::string all;
  for (const std::string& p : packets) all += p;
  for (const sender self : roles) {
    lone_end whole(self, true);
    ASSERT_EQ(whole.transport().write_some(as_bytes(all)), (transfer{progress::moved, all.size()}));
    EXPECT_EQ(frames_of(whole), packets);

    for (std::size_t cut = 1; cut != all.size(); ++cut) {
      lone_end end(self, true);
      ASSERT_EQ(end.transport().write_some(as_bytes(all).first(cut)), (transfer{progress::moved, cut}));
      ASSERT_EQ(end.transport().write_some(as_bytes(all).subspan(cut)), (transfer{progress::moved, all.size() - cut}));
      std::vector<std::string> expected;
      std::size_t begin = 0;
      for (const std::string& p : packets) {
        const std::size_t here = cut > begin && cut < begin + p.size() ? cut - begin : p.size();
        expected.push_back(p.substr(0, here));
        if (here != p.size()) expected.push_back(p.substr(here));
        begin += p.size();
      }
      ASSERT_EQ(frames_of(end), expected) << cut;
    }
  }
}

TEST(websocket_frames, of_ours_go_on_where_no_packet_ends) {
  lone_end end(sender::server, true);
  const std::string bytes = "\x30\xFF\xFF\xFF\xFF\xC0\0\xC0\0"s;
  ASSERT_EQ(end.transport().write_some(as_bytes(bytes)), (transfer{progress::moved, bytes.size()}));
  EXPECT_EQ(frames_of(end), std::vector{bytes});
}

TEST(websocket_frames, of_a_client_have_masks_that_differ) {
  lone_end client(sender::client, true);
  std::vector<std::string> masks;
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(client.transport().write_some(as_bytes("x")).outcome, progress::moved);
    client.read();
    masks.push_back(client.take_written().substr(2, 4));
  }
  std::sort(masks.begin(), masks.end());
  EXPECT_GT(std::unique(masks.begin(), masks.end()) - masks.begin(), 98);
}

// Shows what it has, as a socket does: nothing is pending.
struct quiet_pipe : memory_pipe {
  explicit quiet_pipe(memory_pipe p) noexcept : memory_pipe(std::move(p)) {}
  bool has_pending() const noexcept { return false; }
};

// However many empty frames wait, a call comes back, and says that there is more.
TEST(websocket_frames, that_are_empty_do_not_keep_a_call_busy) {
  auto pipe = memory_pipe::make(1 << 20);
  websocket_transport server(any_transport(quiet_pipe(std::move(pipe.first))), websocket_server_options{});
  std::string flood = sample_request();
  for (int i = 0; i < 100'000; ++i) flood += frame(0x82, "", true);
  flood += frame(0x82, "x", true);
  ASSERT_EQ(pipe.second.write_some(as_bytes(flood)).size, flood.size());
  std::array<std::byte, 1024> into;
  int calls = 1;
  transfer t = server.read_some(into);
  for (; t.outcome == progress::wants_read && calls < 1000; ++calls) {
    ASSERT_TRUE(server.has_pending());
    t = server.read_some(into);
  }
  EXPECT_EQ(t, (transfer{progress::moved, 1}));
  EXPECT_GT(calls, 20);
  EXPECT_FALSE(server.has_pending());
}

}  // namespace
}  // namespace mqttspan::test
