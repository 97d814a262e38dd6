// Who is accepted and who is not, and what both sides then say.
#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

tls_server_options server_named(const std::string& name) {
  tls_server_options o;
  o.certificate_file = file_of(name + ".pem");
  o.key_file = file_of(name + ".key");
  return o;
}

tls_server_options server_asking(client_certificate wanted) {
  tls_server_options o = server_options();
  o.client = wanted;
  o.ca_file = file_of("ca.pem");
  return o;
}

tls_client_options client_named(const std::string& name) {
  tls_client_options o = client_options();
  o.certificate_file = file_of(name + ".pem");
  o.key_file = file_of(name + ".key");
  return o;
}

void accepted(const tls_pair& p) {
  EXPECT_EQ(p.server.in, "hello") << p.client.tls->failure() << " / " << p.server.tls->failure();
}

void refused(const tls_pair& p, std::string_view by_client, std::string_view by_server) {
  EXPECT_EQ(p.server.in, "");
  EXPECT_EQ(p.client.tls->failure(), by_client);
  EXPECT_EQ(p.server.tls->failure(), by_server);
}

class tls_trust : public testing::TestWithParam<tls_version> {
 protected:
  static tls_client_options at(tls_client_options o) {
    o.minimum = o.maximum = GetParam();
    return o;
  }
};
INSTANTIATE_TEST_SUITE_P(all, tls_trust, testing::Values(tls_version::v1_2, tls_version::v1_3));

TEST_P(tls_trust, hosts_and_addresses) {
  for (const char* const host : {"localhost", "LOCALHOST", "localhost.", "127.0.0.1", "::1", "[::1]", "0:0:0:0:0:0:0:1"}) {
    SCOPED_TRACE(host);
    accepted(greet(at(client_options()), server_options(), host));
  }
  refused(greet(at(client_options()), server_options(), "otherhost"), "the certificate of otherhost is not accepted: hostname mismatch", "the peer says: bad certificate");
  refused(greet(at(client_options()), server_options(), "127.0.0.2"), "the certificate of 127.0.0.2 is not accepted: IP address mismatch", "the peer says: bad certificate");
  refused(greet(at(client_options()), server_options(), "::2"), "the certificate of ::2 is not accepted: IP address mismatch", "the peer says: bad certificate");
  refused(greet(at(client_options()), server_named("wrong_host")), "the certificate of localhost is not accepted: hostname mismatch", "the peer says: bad certificate");
}

TEST_P(tls_trust, server_certificates) {
  refused(greet(at(client_options()), server_named("expired")), "the certificate of localhost is not accepted: certificate has expired", "the peer says: certificate expired");
  refused(greet(at(client_options()), server_named("self_signed")), "the certificate of localhost is not accepted: self-signed certificate", "the peer says: unknown ca");
  tls_client_options stranger = at(client_options());
  stranger.ca_file = file_of("other_ca.pem");
  refused(greet(stranger, server_options()), "the certificate of localhost is not accepted: unable to get local issuer certificate", "the peer says: unknown ca");
  stranger.ca_file.clear();  // the system's store knows nothing of our authority
  refused(greet(stranger, server_options()), "the certificate of localhost is not accepted: unable to get local issuer certificate", "the peer says: unknown ca");
  tls_client_options pinned = at(client_options());
  pinned.ca_file = file_of("self_signed.pem");
  accepted(greet(pinned, server_named("self_signed")));
}

TEST_P(tls_trust, verification_can_be_switched_off_and_still_tells) {
  tls_client_options c = at(client_options());
  c.verify_peer = false;
  for (const char* const name : {"wrong_host", "expired", "self_signed"}) accepted(greet(c, server_named(name)));
  EXPECT_EQ(greet(c, server_named("expired")).client.tls->verification(), "certificate has expired");
  EXPECT_EQ(greet(c, server_named("self_signed")).client.tls->peer_subject(), "CN=self-signed");
  accepted(greet(c, server_options(), ""));
  c = at(client_options());
  c.verify_host = false;
  accepted(greet(c, server_named("wrong_host")));
  accepted(greet(c, server_options(), ""));
  refused(greet(c, server_named("self_signed")), "the certificate of localhost is not accepted: self-signed certificate", "the peer says: unknown ca");
}

TEST_P(tls_trust, client_certificates) {
  accepted(greet(at(client_named("client")), server_asking(client_certificate::required)));
  accepted(greet(at(client_named("client")), server_asking(client_certificate::asked)));
  accepted(greet(at(client_options()), server_asking(client_certificate::asked)));
  accepted(greet(at(client_named("client")), server_options()));
  EXPECT_EQ(greet(at(client_named("client")), server_asking(client_certificate::required)).server.tls->peer_subject(), "CN=client");
  EXPECT_EQ(greet(at(client_named("client")), server_asking(client_certificate::required)).server.tls->verification(), "ok");
  EXPECT_EQ(greet(at(client_named("client")), server_options()).server.tls->peer_subject(), "");
  const bool is_new = GetParam() == tls_version::v1_3;
  refused(greet(at(client_options()), server_asking(client_certificate::required)), is_new ? "the peer says: certificate required" : "the peer says: handshake failure",
          "the client showed no certificate");
  for (const client_certificate wanted : {client_certificate::asked, client_certificate::required}) {
    refused(greet(at(client_named("stranger")), server_asking(wanted)), "the peer says: unknown ca",
            "the client's certificate is not accepted: unable to get local issuer certificate");
  }
}

TEST_P(tls_trust, alpn) {
  tls_client_options c = at(client_options());
  tls_server_options s = server_options();
  EXPECT_EQ(greet(c, s).client.tls->alpn(), "mqtt");
  c.alpn = {"h2", "mqtt"};
  EXPECT_EQ(greet(c, s).server.tls->alpn(), "mqtt");
  s.alpn = {"mqtt", "h2"};  // the server's order
  EXPECT_EQ(greet(c, s).server.tls->alpn(), "mqtt");
  c.alpn = {};
  const tls_pair without = greet(c, s);
  accepted(without);
  EXPECT_EQ(without.server.tls->alpn(), "");
  c.alpn = {"http/1.1"};
  refused(greet(c, s), "the peer says: no application protocol", "no ALPN protocol in common");
  s.alpn = {};
  const tls_pair deaf = greet(c, s);
  accepted(deaf);
  EXPECT_EQ(deaf.client.tls->alpn(), "");
}

TEST_P(tls_trust, server_name_is_for_names) {
  EXPECT_EQ(greet(at(client_options()), server_options(), "localhost.").server.tls->server_name(), "localhost");
  EXPECT_EQ(greet(at(client_options()), server_options(), "127.0.0.1").server.tls->server_name(), "");
  EXPECT_EQ(greet(at(client_options()), server_options(), "::1").server.tls->server_name(), "");
}

TEST(tls, versions_in_common) {
  tls_client_options c = client_options();
  tls_server_options s = server_options();
  c.maximum = tls_version::v1_2;
  EXPECT_EQ(greet(c, s).server.tls->version(), "TLSv1.2");
  s.minimum = tls_version::v1_3;
  refused(greet(c, s), "the peer says: protocol version", "no TLS version in common");
  EXPECT_EQ(greet(client_options(), s).server.tls->version(), "TLSv1.3");
  s.minimum = s.maximum = tls_version::v1_2;
  c.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  s.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384";
  refused(greet(c, s), "the peer says: handshake failure", "no cipher in common");
}

TEST(tls, names_that_are_none) {
  const std::string zero("localhost\0.example", 18);
  const struct {
    std::string host;
    const char* failure;
  } cases[] = {{"", "no host name is given that the server's certificate could be verified for"},
               {zero, "the host name has a zero byte"},
               {std::string(256, 'a'), "the host name is too long for TLS"}};
  for (const auto& c : cases) {
    const tls_pair p = greet(client_options(), server_options(), c.host);
    EXPECT_EQ(p.client.tls->failure(), c.failure);
    EXPECT_EQ(p.client.self->written, 0u);
  }
}

}  // namespace
}  // namespace mqttspan::test
