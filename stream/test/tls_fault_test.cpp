// What goes wrong below TLS, and peers that are none.
#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <mqttspan/stream/memory_pipe.hpp>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

constexpr std::string_view cut_off = "the stream was cut off without close_notify: it may be truncated";
constexpr std::string_view cut_early = "the peer closed the connection in the TLS handshake";

class tls_faults : public testing::TestWithParam<tls_version> {
 protected:
  tls_pair make(std::size_t capacity = 65'536) const {
    tls_client_options c = client_options();
    c.minimum = c.maximum = GetParam();
    c.resume_sessions = false;
    tls_pair p({tls_context(c), server_, "localhost", capacity});
    p.client.out = "all that the client says";
    p.server.out = "all that the server says";
    p.client.shuts_down = p.server.shuts_down = true;
    return p;
  }
  const tls_context server_{server_options()};
};
INSTANTIATE_TEST_SUITE_P(all, tls_faults, testing::Values(tls_version::v1_2, tls_version::v1_3));

// Signatures differ in length, so the length of a session is known only when it is over.
TEST_P(tls_faults, cut_at_every_byte_is_never_the_end) {
  for (const bool cuts_server : {true, false}) {
    std::size_t cut = 0;
    for (;; ++cut) {
      tls_pair p = make();
      side& writer = cuts_server ? p.server : p.client;
      side& reader = cuts_server ? p.client : p.server;
      writer.self->cut_at = cut;
      p.run();
      if (reader.reading == progress::end) {
        ASSERT_EQ(reader.self->read, writer.self->written);
        ASSERT_EQ(reader.in, writer.out);
        break;
      }
      ASSERT_EQ(reader.reading, progress::failed) << cut;
      ASSERT_EQ(reader.tls->failure(), reader.tls->is_established() ? cut_off : cut_early) << cut;
      ASSERT_TRUE(writer.out.starts_with(reader.in)) << cut;
    }
    EXPECT_GT(cut, 300u);
  }
}

TEST_P(tls_faults, a_turned_bit_never_reaches_the_reader) {
  std::size_t caught = 0;
  for (std::size_t at = 0; at < 1'500; at += 3) {
    for (const bool flips_server : {true, false}) {
      tls_pair p = make();
      (flips_server ? p.server : p.client).self->flip_at = at;
      p.run();
      ASSERT_TRUE(p.client.out.starts_with(p.server.in)) << at;
      ASSERT_TRUE(p.server.out.starts_with(p.client.in)) << at;
      const bool has_failed = p.client.reading == progress::failed || p.server.reading == progress::failed;
      if (!has_failed) continue;
      ++caught;
      for (const side* s : {&p.client, &p.server}) {
        if (s->reading == progress::failed) {
          ASSERT_NE(s->tls->failure(), "") << at;
        }
      }
    }
  }
  EXPECT_GT(caught, 200u);
}

TEST_P(tls_faults, what_the_lower_transport_says_is_passed_on) {
  for (const bool is_early : {true, false}) {
    tls_pair p = make();
    p.client.shuts_down = p.server.shuts_down = false;
    if (!is_early) p.run();
    p.client.self->broken_reading = "the cable is cut";
    if (is_early) {
      p.run();
    } else {
      p.client.turn();
    }
    EXPECT_EQ(p.client.reading, progress::failed);
    EXPECT_EQ(p.client.tls->failure(), "the cable is cut");
  }
}

TEST_P(tls_faults, who_cannot_be_written_to_can_still_be_read) {
  tls_pair p = make();
  p.client.shuts_down = p.server.shuts_down = false;
  p.run();
  p.client.self->broken_writing = "nobody listens";
  p.client.out += "more";
  p.server.out += ", and more";
  p.server.shuts_down = true;
  p.run();
  EXPECT_EQ(p.client.writing, progress::failed);
  EXPECT_EQ(p.client.tls->failure(), "nobody listens");
  EXPECT_EQ(p.client.in, p.server.out);
  EXPECT_EQ(p.client.reading, progress::end);
  EXPECT_EQ(p.client.tls->shut_down(), transfer{progress::failed});
}

TEST_P(tls_faults, a_handshake_that_cannot_be_written_fails) {
  tls_pair p = make();
  p.client.self->broken_writing = "nobody listens";
  p.run();
  EXPECT_EQ(p.client.writing, progress::failed);
  EXPECT_EQ(p.client.reading, progress::failed);
  EXPECT_EQ(p.client.tls->failure(), "nobody listens");
}

TEST_P(tls_faults, a_peer_that_goes_without_a_word) {
  tls_pair p = make();
  p.client.shuts_down = p.server.shuts_down = false;
  p.run();
  p.server.tls.reset();
  p.run();
  EXPECT_EQ(p.client.reading, progress::failed);
  EXPECT_EQ(p.client.tls->failure(), cut_off);
  tls_pair early = make(7);
  early.client.turn();
  early.server.tls.reset();
  early.run();
  EXPECT_EQ(early.client.tls->failure(), cut_early);
}

TEST_P(tls_faults, shut_down_within_the_handshake) {
  tls_pair p = make(7);
  EXPECT_EQ(p.client.tls->write_some(bytes_of("x")), transfer{progress::wants_write});
  EXPECT_EQ(p.client.tls->shut_down(), transfer{progress::moved});
  std::array<std::byte, 8> buffer;
  EXPECT_EQ(p.client.tls->read_some(buffer), transfer{progress::failed});
  EXPECT_EQ(p.client.tls->write_some(bytes_of("x")), transfer{progress::failed});
  EXPECT_EQ(p.client.tls->failure(), "shut down before the TLS handshake was done");
  p.server.shuts_down = false;
  p.run();
  EXPECT_EQ(p.server.reading, progress::failed);
  EXPECT_EQ(p.server.tls->failure(), cut_early);
}

// ---- Peers that do not speak TLS

// What becomes of a TLS end whose peer says this, and then nothing or the end.
std::string failure_after(bool is_server, std::string_view said, bool ends) {
  auto [near, far] = memory_pipe::make();
  tls_transport tls(std::move(near), is_server ? tls_context(server_options()) : tls_context(client_options()), is_server ? "" : "localhost");
  EXPECT_EQ(far.write_some(bytes_of(said)).size, said.size());
  if (ends) static_cast<void>(far.shut_down());
  std::array<std::byte, 64> buffer;
  transfer t = tls.read_some(buffer);
  for (int i = 0; i < 10 && t.outcome != progress::failed; ++i) t = tls.read_some(buffer);
  EXPECT_NE(t.outcome, progress::end);
  EXPECT_NE(t.outcome, progress::moved);
  EXPECT_EQ(tls.read_some(buffer), t);  // and for good
  return std::string(tls.failure());
}

TEST(tls, peers_that_are_none) {
  const std::string connect("\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00", 14), connack("\x20\x02\x00\x00", 4);
  EXPECT_EQ(failure_after(true, connect, false), "this is not TLS: it begins with 10 0c 00 04, as MQTT does without TLS");
  EXPECT_EQ(failure_after(false, connack + connack, false), "this is not TLS: it begins with 20 02 00 00");
  EXPECT_EQ(failure_after(false, connack, true), "this is not TLS: it begins with 20 02 00 00");
  EXPECT_EQ(failure_after(true, "GET / HTTP/1.1\r\n\r\n", false), "this is not TLS: it begins with 47 45 54 20, as HTTP does without TLS");
  EXPECT_EQ(failure_after(false, "HTTP/1.1 400 Bad Request\r\n\r\n", false), "this is not TLS: it begins with 48 54 54 50, as HTTP does without TLS");
  EXPECT_EQ(failure_after(true, std::string(64, '\xff'), false), "this is not TLS: it begins with ff ff ff ff");
  EXPECT_EQ(failure_after(true, std::string(64, '\0'), false), "this is not TLS: it begins with 00 00 00 00");
  EXPECT_EQ(failure_after(true, "\x80", true), "this is not TLS: it begins with 80");
  EXPECT_EQ(failure_after(true, "", true), cut_early);
  EXPECT_EQ(failure_after(false, "", true), cut_early);
  // An alert before anything else, and a record of TLS with nonsense in it.
  EXPECT_EQ(failure_after(false, std::string("\x15\x03\x01\x00\x02\x02\x28", 7), false), "the peer says: handshake failure");
  EXPECT_NE(failure_after(true, std::string("\x16\x03\x01\x00\x05nonse", 10), false), "");
}

// Any bytes at all: a reason, never data, never the end.
TEST(tls, garbage_has_a_reason) {
  unsigned seed = 1;
  for (int i = 0; i < 500; ++i) {
    std::string garbage;
    for (int k = 0; k < 300; ++k) garbage.push_back(static_cast<char>((seed = seed * 1'103'515'245 + 12'345) >> 16));
    if (i % 2) garbage.replace(0, 5, std::string("\x16\x03\x01\x00\xf0", 5));
    EXPECT_NE(failure_after(i % 4 < 2, garbage, true), "") << i;
  }
}

}  // namespace
}  // namespace mqttspan::test
