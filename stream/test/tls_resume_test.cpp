// Sessions that go on.
#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

struct met {
  bool by_client, by_server;
  std::string in, subject;
};

// One connection from the first to the last byte.
met meet(const tls_context& client, const tls_context& server, std::string_view host = "localhost", bool is_rude = false) {
  tls_pair p({client, server, host});
  p.client.out = "hello";
  p.client.shuts_down = !is_rude;
  p.run();
  p.server.shuts_down = !is_rude;
  p.run();
  EXPECT_EQ(p.client.tls->failure(), "");
  EXPECT_EQ(p.server.tls->failure(), "");
  return {p.client.tls->was_resumed(), p.server.tls->was_resumed(), p.server.in, p.server.tls->peer_subject()};
}

class tls_resumption : public testing::TestWithParam<tls_version> {
 protected:
  static tls_client_options client() {
    tls_client_options o = client_options();
    o.minimum = o.maximum = GetParam();
    return o;
  }
};
INSTANTIATE_TEST_SUITE_P(all, tls_resumption, testing::Values(tls_version::v1_2, tls_version::v1_3));

TEST_P(tls_resumption, a_second_connection_goes_on) {
  const tls_context c(client()), s(server_options());
  EXPECT_FALSE(meet(c, s).by_client);
  for (int i = 0; i < 3; ++i) {
    const met again = meet(c, s);
    EXPECT_TRUE(again.by_client);
    EXPECT_TRUE(again.by_server);
    EXPECT_EQ(again.in, "hello");
  }
}

TEST_P(tls_resumption, a_connection_that_was_lost_too) {
  const tls_context c(client()), s(server_options());
  EXPECT_FALSE(meet(c, s, "localhost", true).by_client);
  EXPECT_TRUE(meet(c, s, "localhost", true).by_client);
  EXPECT_TRUE(meet(c, s).by_client);
}

TEST_P(tls_resumption, is_for_the_same_host_alone) {
  const tls_context c(client()), s(server_options());
  EXPECT_FALSE(meet(c, s).by_client);
  EXPECT_FALSE(meet(c, s, "127.0.0.1").by_client);
  EXPECT_TRUE(meet(c, s, "127.0.0.1").by_client);
  EXPECT_TRUE(meet(c, s).by_client);
  // And another port is another server.
  tls_pair p({c, s});
  auto [near, far] = memory_pipe::make();
  tls_transport elsewhere(std::move(near), c, "localhost", 1), there(std::move(far), s);
  std::byte buffer[8];
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(elsewhere.read_some(buffer));
    static_cast<void>(there.read_some(buffer));
  }
  ASSERT_TRUE(elsewhere.is_established());
  EXPECT_FALSE(elsewhere.was_resumed());
}

TEST_P(tls_resumption, can_be_switched_off_by_either) {
  tls_client_options forgetful = client();
  forgetful.resume_sessions = false;
  tls_server_options strict = server_options();
  strict.resume_sessions = false;
  const tls_context c(client()), c_off(forgetful), s(server_options()), s_off(strict);
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(meet(c_off, s).by_client);
    EXPECT_FALSE(meet(c, s_off).by_client);
  }
}

TEST_P(tls_resumption, another_server_starts_anew) {
  const tls_context c(client()), s(server_options()), restarted(server_options());
  EXPECT_FALSE(meet(c, s).by_client);
  const met anew = meet(c, restarted);
  EXPECT_FALSE(anew.by_client);
  EXPECT_EQ(anew.in, "hello");
  EXPECT_TRUE(meet(c, restarted).by_client);
}

TEST_P(tls_resumption, client_certificates_are_remembered) {
  tls_client_options co = client();
  co.certificate_file = file_of("client.pem");
  co.key_file = file_of("client.key");
  tls_server_options so = server_options();
  so.client = client_certificate::required;
  so.ca_file = file_of("ca.pem");
  const tls_context c(co), s(so);
  EXPECT_FALSE(meet(c, s).by_client);
  const met again = meet(c, s);
  EXPECT_TRUE(again.by_server);
  EXPECT_EQ(again.subject, "CN=client");
}

TEST_P(tls_resumption, sessions_are_bounded) {
  tls_client_options o = client();
  o.verify_peer = false;
  const tls_context c(o), s(server_options());
  for (int i = 0; i < 65; ++i) EXPECT_FALSE(meet(c, s, "host" + std::to_string(i)).by_client);
  EXPECT_FALSE(meet(c, s, "host0").by_client);   // made room for host64, takes that of host1
  EXPECT_FALSE(meet(c, s, "host1").by_client);
  EXPECT_TRUE(meet(c, s, "host64").by_client);
}

// For ThreadSanitizer: both contexts in all threads.
TEST_P(tls_resumption, threads_share_contexts) {
  const tls_context c(client()), s(server_options());
  std::vector<std::thread> threads;
  std::vector<std::string> in(4);
  for (std::string& all : in) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) all += meet(c, s).in;
    });
  }
  for (std::thread& t : threads) t.join();
  for (const std::string& all : in) EXPECT_EQ(all.size(), 100u);
}

}  // namespace
}  // namespace mqttspan::test
