#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

// What is wrong is said with the option, the file and the reason.
template <class Options>
void refuses(const Options& o, std::string_view option, std::string_view file, std::string_view reason) {
  const tls_context context(o);
  EXPECT_FALSE(context);
  const std::string text(context.failure());
  EXPECT_TRUE(text.starts_with(option)) << text;
  EXPECT_NE(text.find(file), std::string::npos) << text;
  EXPECT_NE(text.find(reason), std::string::npos) << text;
  // And a transport with it says the same.
  tls_pair p({context, context});
  std::array<std::byte, 8> buffer;
  EXPECT_EQ(p.client.tls->write_some(bytes_of("x")), transfer{progress::failed});
  EXPECT_EQ(p.client.tls->read_some(buffer), transfer{progress::failed});
  EXPECT_EQ(p.client.tls->shut_down(), transfer{progress::failed});
  EXPECT_FALSE(p.client.tls->has_pending());
  EXPECT_EQ(p.client.tls->failure(), text);
}

tls_server_options server_of(std::string_view certificate, std::string_view key, std::string password = {}) {
  tls_server_options o;
  o.certificate_file = file_of(certificate);
  if (!key.empty()) o.key_file = file_of(key);
  o.key_password = std::move(password);
  return o;
}

TEST(tls_context, takes_good_files) {
  EXPECT_TRUE(tls_context(client_options()));
  EXPECT_TRUE(tls_context(server_options()));
  EXPECT_EQ(tls_context(server_options()).failure(), "");
  EXPECT_TRUE(tls_context(tls_client_options{}));  // the system's store
  EXPECT_TRUE(tls_context(server_of("server_all.pem", "")));
  EXPECT_TRUE(tls_context(server_of("server.pem", "locked.key", "secret")));
}

TEST(tls_context, of_nothing_is_none) {
  const tls_context none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.failure(), "there is no TLS context");
  tls_pair p({none, none});
  EXPECT_EQ(p.client.tls->write_some(bytes_of("x")), transfer{progress::failed});
  EXPECT_EQ(p.client.tls->failure(), "there is no TLS context");
}

TEST(tls_context, missing_files) {
  refuses(server_of("none.pem", "server.key"), "certificate_file", "none.pem", "No such file");
  refuses(server_of("server.pem", "none.key"), "key_file", "none.key", "No such file");
  tls_client_options c;
  c.ca_file = file_of("none.pem");
  refuses(c, "ca_file", "none.pem", "No such file");
  c = {};
  c.ca_path = file_of("none");
  refuses(c, "ca_path", "none", "no such folder");
  refuses(tls_server_options{}, "a server needs certificate_file", "", "");
}

TEST(tls_context, files_of_another_kind) {
  refuses(server_of("text.pem", "server.key"), "certificate_file", "text.pem", "not in PEM");
  refuses(server_of("empty.pem", "server.key"), "certificate_file", "empty.pem", "not in PEM");
  refuses(server_of("server.key", "server.key"), "certificate_file", "server.key", "nothing of that kind");
  refuses(server_of("server.pem", "text.pem"), "key_file", "text.pem", "not in PEM");
  refuses(server_of("server.pem", ""), "certificate_file", "server.pem", "nothing of that kind");  // no key in it
  for (const char* const name : {"text.pem", "empty.pem", "server.key"}) {
    tls_client_options c;
    c.ca_file = file_of(name);
    refuses(c, "ca_file", name, "no certificate in it");
  }
  tls_client_options c;
  c.ca_file = file_of("");
  refuses(c, "ca_file", "", "no certificate in it");  // a folder
}

TEST(tls_context, keys) {
  refuses(server_of("server.pem", "client.key"), "key_file", "client.key", "does not belong to the certificate");
  refuses(server_of("server.pem", "locked.key", "wrong"), "key_file", "locked.key", "wrong password");
  refuses(server_of("server.pem", "locked.key"), "key_file", "locked.key", "needs a password");
  refuses(server_of("server.pem", "locked.key", std::string(5000, 'x')), "key_file", "locked.key", "password");
  tls_client_options c;
  c.key_file = file_of("client.key");
  refuses(c, "key_file without certificate_file", "", "");
}

TEST(tls_context, settings) {
  tls_client_options c = client_options();
  c.minimum = tls_version::v1_3;
  c.maximum = tls_version::v1_2;
  refuses(c, "the minimum TLS version is above the maximum", "", "");
  c = client_options();
  c.ciphers = "NO-SUCH-CIPHER";
  refuses(c, "ciphers", "NO-SUCH-CIPHER", "no cipher match");
  c.ciphers = "TLS_NO_SUCH_CIPHER";
  refuses(c, "ciphers", "TLS_NO_SUCH_CIPHER", "no cipher match");
  c = client_options();
  c.alpn = {"mqtt", ""};
  refuses(c, "alpn", "", "1 to 255 bytes");
  c.alpn = {std::string(256, 'a')};
  refuses(c, "alpn", "", "1 to 255 bytes");
  tls_server_options s = server_options();
  s.client = client_certificate::required;
  refuses(s, "clients are asked for certificates", "", "ca_file");
}

TEST(tls_context, lives_as_long_as_its_transports) {
  tls_pair p({tls_context(client_options()), tls_context(server_options())});  // the contexts are gone already
  p.client.out = "x";
  p.run();
  EXPECT_EQ(p.server.in, "x");
}

// An error that somebody else has left in the thread's queue is not ours; nor do we leave one.
TEST(tls_context, errors_of_one_are_not_those_of_another) {
  tls_pair good({tls_context(client_options()), tls_context(server_options()), "localhost", 7});
  good.client.out = "the good one";
  for (int i = 0; i < 3000 && good.server.in.empty(); ++i) {
    tls_pair bad({tls_context(client_options()), tls_context(server_of("text.pem", ""))});
    good.client.turn();
    good.server.turn();
  }
  EXPECT_EQ(good.server.in, "the good one") << good.client.tls->failure() << " / " << good.server.tls->failure();
}

}  // namespace
}  // namespace mqttspan::test
