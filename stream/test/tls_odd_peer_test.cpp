// Peers that speak TLS and do with it what ours never do: OpenSSL itself, driven by hand.
#include <mqttspan/tls/tls.hpp>

#include <gtest/gtest.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <mqttspan/stream/memory_pipe.hpp>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

// OpenSSL over two buffers, which `pump` carries to and from the pipe.
class odd_peer {
 public:
  odd_peer(memory_pipe pipe, bool is_server, int version) : pipe_(std::move(pipe)), ctx_(SSL_CTX_new(TLS_method()), SSL_CTX_free) {
    SSL_CTX_set_max_proto_version(ctx_.get(), version);
    if (is_server) {
      SSL_CTX_use_certificate_chain_file(ctx_.get(), file_of("server.pem").c_str());
      SSL_CTX_use_PrivateKey_file(ctx_.get(), file_of("server.key").c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_set_alpn_select_cb(ctx_.get(), choose_h2, nullptr);
    }
    ssl_.reset(SSL_new(ctx_.get()));
    SSL_set_bio(ssl_.get(), in_ = BIO_new(BIO_s_mem()), out_ = BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(in_, -1);
    is_server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
  }
  SSL* ssl() { return ssl_.get(); }
  // OpenSSL's word on its last failure.
  std::string reason() const {
    const char* const text = ERR_reason_error_string(ERR_peek_error());
    return text ? text : "";
  }
  // False: the pipe is full.
  bool write() {
    std::array<char, 64> buffer;
    for (int n = 0; (n = BIO_read(out_, buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
      std::string_view rest(buffer.data(), static_cast<std::size_t>(n));
      for (transfer t; !rest.empty(); rest.remove_prefix(t.size)) {
        t = pipe_.write_some(bytes_of(rest));
        if (t.outcome != progress::moved) return false;
      }
    }
    return true;
  }
  void read() {
    std::array<std::byte, 4096> buffer;
    for (transfer t = pipe_.read_some(buffer); t.outcome == progress::moved; t = pipe_.read_some(buffer)) BIO_write(in_, buffer.data(), static_cast<int>(t.size));
  }
  // One turn of the handshake, or of reading.
  std::string turn() {
    read();
    ERR_clear_error();
    std::array<char, 4096> buffer;
    const int n = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    write();
    return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : "";
  }

 private:
  static int choose_h2(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char*, unsigned, void*) {
    *chosen = reinterpret_cast<const unsigned char*>("h2");
    *size = 2;
    return SSL_TLSEXT_ERR_OK;
  }
  memory_pipe pipe_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ctx_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
  BIO *in_ = nullptr, *out_ = nullptr;
};

void shake(odd_peer& peer, tls_transport& ours) {
  std::array<std::byte, 64> buffer;
  for (int i = 0; i < 6; ++i) {
    peer.turn();
    static_cast<void>(ours.read_some(buffer));
  }
}

TEST(tls_odd_peer, a_server_that_chooses_a_protocol_that_was_not_offered) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto [near, far] = memory_pipe::make();
    tls_transport client(std::move(near), tls_context(client_options()), "localhost");
    odd_peer server(std::move(far), true, version);
    shake(server, client);
    EXPECT_FALSE(client.is_established());
    EXPECT_EQ(client.write_some(bytes_of("secret")), transfer{progress::failed});
    EXPECT_NE(client.failure(), "");  // ours or OpenSSL's, as its version is
  }
}

TEST(tls_odd_peer, a_client_that_wants_to_renegotiate) {
  auto [near, far] = memory_pipe::make();
  tls_transport server(std::move(near), tls_context(server_options()));
  odd_peer client(std::move(far), false, TLS1_2_VERSION);
  shake(client, server);
  ASSERT_TRUE(server.is_established());
  ASSERT_EQ(SSL_renegotiate(client.ssl()), 1);
  SSL_do_handshake(client.ssl());
  client.write();
  std::array<std::byte, 64> buffer;
  EXPECT_EQ(server.read_some(buffer).outcome, progress::wants_read);  // a warning is the answer
  client.turn();
  EXPECT_EQ(client.reason(), "no renegotiation");
}

// Each request for new keys has to be answered; a peer that does not read the answers must not fill our memory with them.
TEST(tls_odd_peer, a_client_that_asks_for_keys_and_does_not_read) {
  auto pipe = memory_pipe::make(8'192);
  tls_transport server(std::move(pipe.first), tls_context(server_options()));
  odd_peer client(std::move(pipe.second), false, TLS1_3_VERSION);
  shake(client, server);
  ASSERT_TRUE(server.is_established());
  std::array<std::byte, 64> buffer;
  transfer last;
  bool has_room = true;
  for (int asked = 0; asked < 100'000 && has_room; ++asked) {
    SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    SSL_do_handshake(client.ssl());
    SSL_write(client.ssl(), "x", 1);
    has_room = client.write();
    do last = server.read_some(buffer);
    while (last.outcome == progress::moved);
    ASSERT_NE(last.outcome, progress::failed) << server.failure();
  }
  EXPECT_FALSE(has_room);  // as the server has stopped to read
  EXPECT_EQ(last.outcome, progress::wants_write);
}

}  // namespace
}  // namespace mqttspan::test
