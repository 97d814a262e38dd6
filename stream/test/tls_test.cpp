#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <mqttspan/stream/memory_pipe.hpp>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

static_assert(transport<tls_transport>);
static_assert(std::is_nothrow_move_constructible_v<tls_transport>);

using versions = std::tuple<tls_version, std::size_t>;

// ---- Bytes, for both versions and pipes of any size.

class tls_bytes : public testing::TestWithParam<versions> {
 protected:
  tls_pair make() const {
    tls_client_options c = client_options();
    c.minimum = c.maximum = std::get<0>(GetParam());
    return tls_pair({tls_context(c), tls_context(server_options()), "localhost", std::get<1>(GetParam())});
  }
};
INSTANTIATE_TEST_SUITE_P(all, tls_bytes, testing::Combine(testing::Values(tls_version::v1_2, tls_version::v1_3), testing::Values(1, 2, 7, 61, 4096, 65'536)), [](const auto& each) {
  return std::string(std::get<0>(each.param) == tls_version::v1_2 ? "v1_2" : "v1_3") + "_pipe_" + std::to_string(std::get<1>(each.param));
});

TEST_P(tls_bytes, go_both_ways_and_both_ends_are_told) {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{3}, std::size_t{65'536}}) {
    tls_pair p = make();
    p.client.out = "from the client";
    p.server.out = "from the server";
    p.client.shuts_down = p.server.shuts_down = true;
    p.client.chunk = p.server.chunk = chunk;
    p.client.reads_first = p.server.reads_first = chunk == 3;
    p.run();
    EXPECT_EQ(p.server.in, p.client.out);
    EXPECT_EQ(p.client.in, p.server.out);
    for (const side* s : {&p.client, &p.server}) {
      EXPECT_EQ(s->reading, progress::end) << s->tls->failure();
      EXPECT_TRUE(s->is_shut) << s->tls->failure();
      EXPECT_EQ(s->tls->failure(), "");
    }
  }
}

TEST_P(tls_bytes, a_reader_alone_shakes_hands) {
  tls_pair p = make();
  p.server.out = "first word";
  p.run();
  EXPECT_EQ(p.client.in, "first word");
  EXPECT_EQ(p.client.reading, progress::wants_read);
  EXPECT_TRUE(p.client.tls->is_established());
}

TEST_P(tls_bytes, reading_goes_on_after_shut_down) {
  tls_pair p = make();
  p.client.out = "a question";
  p.client.shuts_down = true;
  p.run();
  EXPECT_TRUE(p.client.is_shut);
  EXPECT_EQ(p.server.reading, progress::end);
  p.server.out = std::string(20'000, 'a');
  p.server.shuts_down = true;
  p.run();
  EXPECT_EQ(p.client.in, p.server.out);
  EXPECT_EQ(p.client.reading, progress::end) << p.client.tls->failure();
  EXPECT_EQ(p.server.is_shut, true);
  EXPECT_EQ(p.client.tls->write_some(bytes_of("x")), transfer{progress::failed});
  EXPECT_EQ(p.client.tls->failure(), "written to after shut_down");
}

TEST_P(tls_bytes, either_may_shut_down_first) {
  for (const bool is_client : {true, false}) {
    tls_pair p = make();
    p.client.out = "x";
    p.run();
    side& first = is_client ? p.client : p.server;
    side& second = is_client ? p.server : p.client;
    first.shuts_down = true;
    p.run();
    EXPECT_TRUE(first.is_shut);
    EXPECT_EQ(first.reading, progress::wants_read);
    EXPECT_EQ(second.reading, progress::end);
    second.shuts_down = true;
    p.run();
    EXPECT_TRUE(second.is_shut);
    EXPECT_EQ(first.reading, progress::end) << first.tls->failure();
  }
}

// A record that is stuck half way must not stand in the way of close_notify.
TEST_P(tls_bytes, shut_down_behind_a_stuck_record) {
  tls_pair p = make();
  p.client.out = "x";
  p.run();
  ASSERT_TRUE(p.server.tls->is_established());
  const std::string big(200'000, 'b');
  std::size_t sent = 0;
  transfer t;
  while ((t = p.server.tls->write_some(bytes_of(big).subspan(sent))).outcome == progress::moved) sent += t.size;
  ASSERT_EQ(t.outcome, progress::wants_write);
  p.server.shuts_down = true;
  p.run();
  EXPECT_TRUE(p.server.is_shut) << p.server.tls->failure();
  EXPECT_EQ(p.client.reading, progress::end) << p.client.tls->failure();
  EXPECT_GE(p.client.in.size(), sent);
}

TEST_P(tls_bytes, megabytes_cross_each_other) {
  tls_pair p = make();
  const std::size_t size = std::get<1>(GetParam()) < 61 ? 60'000 : 1 << 20;
  for (std::size_t i = 0; i < size; ++i) {
    p.client.out.push_back(static_cast<char>(i * 7 + i / 256));
    p.server.out.push_back(static_cast<char>(i * 11 + i / 1024));
  }
  p.client.shuts_down = p.server.shuts_down = true;
  p.run();
  EXPECT_TRUE(p.server.in == p.client.out);
  EXPECT_TRUE(p.client.in == p.server.out);
  EXPECT_EQ(p.client.reading, progress::end);
  EXPECT_EQ(p.server.reading, progress::end);
}

// ---- What the ends know of each other

TEST(tls, tells_what_was_agreed) {
  for (const tls_version v : {tls_version::v1_2, tls_version::v1_3}) {
    tls_client_options c = client_options();
    c.minimum = c.maximum = v;
    tls_pair p({tls_context(c), tls_context(server_options())});
    for (side* s : {&p.client, &p.server}) {
      EXPECT_FALSE(s->tls->is_established());
      EXPECT_EQ(s->tls->version(), "");
      EXPECT_EQ(s->tls->cipher(), "");
      EXPECT_EQ(s->tls->alpn(), "");
      EXPECT_EQ(s->tls->peer_subject(), "");
      EXPECT_EQ(s->tls->verification(), "");
      EXPECT_EQ(s->tls->server_name(), "");
      EXPECT_FALSE(s->tls->was_resumed());
    }
    p.client.out = "x";
    p.run();
    for (side* s : {&p.client, &p.server}) {
      EXPECT_TRUE(s->tls->is_established());
      EXPECT_EQ(s->tls->version(), v == tls_version::v1_2 ? "TLSv1.2" : "TLSv1.3");
      EXPECT_NE(s->tls->cipher(), "");
      EXPECT_EQ(s->tls->alpn(), "mqtt");
      EXPECT_EQ(s->tls->server_name(), "localhost");
      EXPECT_FALSE(s->tls->was_resumed());
    }
    EXPECT_EQ(p.client.tls->peer_subject(), "CN=server");
    EXPECT_EQ(p.client.tls->verification(), "ok");
    EXPECT_EQ(p.server.tls->peer_subject(), "");
    EXPECT_EQ(p.server.tls->verification(), "");
  }
}

TEST(tls, ciphers_are_chosen_for_both_versions) {
  tls_client_options c = client_options();
  c.ciphers = "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256";
  EXPECT_EQ(greet(c, server_options()).client.tls->cipher(), "TLS_AES_128_GCM_SHA256");
  c.maximum = tls_version::v1_2;
  EXPECT_EQ(greet(c, server_options()).client.tls->cipher(), "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST(tls, can_be_moved_at_any_time) {
  tls_pair p({tls_context(client_options()), tls_context(server_options()), "localhost", 1});
  p.client.out = "moved";
  for (bool has_moved = true; has_moved;) {
    has_moved = false;
    for (side* s : {&p.client, &p.server}) {
      s->tls = std::make_unique<tls_transport>(std::move(*s->tls));
      has_moved |= s->turn();
    }
  }
  EXPECT_EQ(p.server.in, "moved");
}

TEST(tls, stacks_on_itself) {
  const tls_context client(client_options()), server(server_options());
  auto [near, far] = memory_pipe::make(7);
  tls_transport c(tls_transport(std::move(near), client, "localhost"), client, "localhost"), s(tls_transport(std::move(far), server), server);
  std::string out(20'000, 'i'), in;
  std::size_t sent = 0;
  for (int i = 0; i < 1'000'000 && in.size() < out.size(); ++i) {
    if (sent < out.size()) sent += c.write_some(bytes_of(out).subspan(sent)).size;
    std::array<std::byte, 512> buffer;
    const transfer t = s.read_some(buffer);
    ASSERT_NE(t.outcome, progress::failed) << s.failure();
    in.append(reinterpret_cast<const char*>(buffer.data()), t.size);
  }
  EXPECT_EQ(in, out);
}

// Nothing is left over, and nobody spins: what is pending can be read.
TEST(tls, pending_means_that_there_is_something_to_read) {
  tls_pair p({tls_context(client_options()), tls_context(server_options()), "localhost"});
  p.client.out = "x";
  p.run();
  EXPECT_FALSE(p.server.tls->has_pending());
  ASSERT_EQ(p.client.tls->write_some(bytes_of("abc")).size, 3u);
  ASSERT_EQ(p.client.tls->write_some(bytes_of("def")).size, 3u);
  std::array<std::byte, 2> two;
  EXPECT_EQ(p.server.tls->read_some(two).size, 2u);
  EXPECT_TRUE(p.server.tls->has_pending());  // the rest of the record
  EXPECT_EQ(p.server.tls->read_some(two).size, 1u);
  EXPECT_TRUE(p.server.tls->has_pending());  // the next one, read ahead
  EXPECT_EQ(p.server.tls->read_some(two).size, 2u);
  EXPECT_EQ(p.server.tls->read_some(two).size, 1u);
  EXPECT_EQ(p.server.tls->read_some(two), transfer{progress::wants_read});
  EXPECT_FALSE(p.server.tls->has_pending());
}

TEST(tls, half_a_record_is_not_pending) {
  tls_pair p({tls_context(client_options()), tls_context(server_options()), "localhost", 12});
  p.client.out = "x";
  p.run();
  EXPECT_EQ(p.client.tls->write_some(bytes_of("abc")), transfer{progress::wants_write});
  std::array<std::byte, 8> buffer;
  EXPECT_EQ(p.server.tls->read_some(buffer), transfer{progress::wants_read});
  EXPECT_FALSE(p.server.tls->has_pending());
}

}  // namespace
}  // namespace mqttspan::test
