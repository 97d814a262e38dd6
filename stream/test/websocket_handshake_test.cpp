// The handshake: what servers take and refuse, what clients take and refuse, every cut, bytes that come behind the head.
#include <mqttspan/websocket/websocket.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "websocket_ends.hpp"

namespace mqttspan::test {
namespace {

using namespace std::string_literals;

// The text with its first `from` replaced.
std::string but(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(websocket_server, says_what_the_example_of_the_rfc_says) {
  lone_end server(sender::server, false);
  server.hear(sample_request("User-Agent: a browser\r\nOrigin: http://example.com\r\n", "/mqtt?token=1"));
  EXPECT_EQ(server.tale().written,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "Sec-WebSocket-Protocol: mqtt\r\n\r\n");
  EXPECT_EQ(server.tale().last, progress::wants_read);
  const websocket_request& r = server.transport().request();
  EXPECT_TRUE(server.transport().is_open());
  EXPECT_EQ(r.path, "/mqtt?token=1");
  EXPECT_EQ(r.host, "server.example.com");
  EXPECT_EQ(r.origin, "http://example.com");
  EXPECT_EQ(r.user_agent, "a browser");
  EXPECT_EQ(r.subprotocol, "mqtt");
}

TEST(websocket_server, takes_what_means_the_same) {
  const std::string fine = sample_request();
  for (const std::string& request : {
           but(but(fine, "Upgrade: websocket", "uPGRADE:WebSocket"), "Connection: Upgrade", "connection:\t keep-alive ,, UPGRADE "),
           but(fine, "Upgrade: websocket", "Upgrade: h2c, websocket"),
           but(fine, "Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade"),
           but(fine, "-Protocol: mqtt", "-Protocol: soap, mqtt"),
           but(fine, "-Protocol: mqtt", "-Protocol: soap\r\nSec-WebSocket-Protocol: mqtt"),
           but(fine, "GET /mqtt", "GET http://server.example.com/mqtt"),
           but(fine, "\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n"),
           but(fine, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
           but(fine, "\r\n\r\n", "\r\nX: \xC3\xA4\t\r\n\r\n"),
       }) {
    lone_end server(websocket_server_options{.path = "/mqtt"});
    server.hear(request);
    EXPECT_TRUE(server.transport().is_open()) << request << server.tale().failure;
    EXPECT_EQ(field_of(server.tale().written, "Sec-WebSocket-Accept"), sample_accept);
    EXPECT_EQ(field_of(server.tale().written, "Sec-WebSocket-Extensions"), "");
    EXPECT_EQ(server.transport().request().subprotocol, "mqtt");
    EXPECT_EQ(server.transport().request().path, "/mqtt");
  }
}

TEST(websocket_server, lets_the_clients_order_decide) {
  const std::pair<std::string, std::string> choices[] = {{"mqttv3.1, mqtt", "mqttv3.1"}, {"mqtt, mqttv3.1", "mqtt"}, {"mqttv3.1", "mqttv3.1"}};
  for (const auto& [offered, chosen] : choices) {
    lone_end server(sender::server, false);
    server.hear(but(sample_request(), "-Protocol: mqtt", "-Protocol: " + offered));
    EXPECT_EQ(field_of(server.tale().written, "Sec-WebSocket-Protocol"), chosen);
  }
}

struct refusal {
  std::string request;
  std::string status;   // its line
  std::string failure;  // behind "refused with …: "
};

std::vector<refusal> refusals() {
  const std::string fine = sample_request();
  const std::string malformed = "not the head of an HTTP message", field = "a field of the head is malformed", once = "a field that is said once at most comes again",
                    no_http = "not a request of HTTP/1.1", bad = "400 Bad Request", upgrade = "426 Upgrade Required", target = "the request's target is not a path";
  const auto more = [&](std::string_view fields) { return sample_request(fields); };
  return {
      {"\x10\x0C", bad, malformed},  // CONNECT without WebSocket
      {"\x16\x03\x01", bad, malformed},  // a TLS hello
      {but(fine, "\r\n", "\n"), bad, malformed},
      {but(fine, "Host: server", "Host: ser\rver"), bad, malformed},
      {but(fine, "Host: server", "Host: ser\0ver"s), bad, malformed},
      {but(fine, "Host: server", "Host: ser\x7Fver"), bad, malformed},
      {but(fine, "Host: server.example.com\r\n", "Host: server.example.com\r\n folded: yes\r\n"), bad, field},
      {but(fine, "Host: server", "Host : server"), bad, field},
      {but(fine, "Host: server", ": server"), bad, field},
      {but(fine, "Host: server.example.com", "Host"), bad, field},
      {"\r\n" + fine, bad, field},
      {"\r\n\r\n", bad, no_http},
      {but(fine, "HTTP/1.1", "HTTP/1.0"), bad, no_http},
      {but(fine, " HTTP/1.1", ""), bad, no_http},
      {but(fine, "HTTP/1.1", "HTTP/1.1 "), bad, no_http},
      {but(fine, "GET", "G ET"), bad, target},
      {but(fine, "GET", "POST"), "405 Method Not Allowed", "the method is not GET"},
      {but(fine, "/mqtt", "mqtt"), bad, target},
      {but(fine, "/mqtt", "/a b"), bad, target},
      {but(fine, "/mqtt", "/a#b"), bad, target},
      {but(fine, "/mqtt", "ftp://a/mqtt"), bad, target},
      {but(fine, "Host: server.example.com\r\n", ""), bad, "the request has no Host"},
      {more("Host: another\r\n"), bad, once},
      {more("Sec-WebSocket-Version: 13\r\n"), bad, once},
      {more("sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), bad, once},
      {more("Origin: a\r\norigin: b\r\n"), bad, once},
      {more("Content-Length: 5\r\n") + "hello", bad, "the request has a body"},
      {more("Content-Length: 0\r\nContent-Length: 1\r\n"), bad, "the request has a body"},
      {more("Content-Length: +0\r\n"), bad, "the request has a body"},
      {more("Transfer-Encoding: chunked\r\n"), bad, "the request has a body"},
      {but(fine, "/mqtt", "/other"), "404 Not Found", "nothing is served at this path"},
      {but(fine, "/mqtt", "/mqtt/"), "404 Not Found", "nothing is served at this path"},
      {but(fine, "Upgrade: websocket\r\n", ""), upgrade, "the request does not ask for WebSocket"},
      {but(fine, "Upgrade: websocket", "Upgrade: websockets"), upgrade, "the request does not ask for WebSocket"},
      {but(fine, "Connection: Upgrade", "Connection: keep-alive"), bad, "the request's Connection does not say Upgrade"},
      {but(fine, "Version: 13", "Version: 8"), upgrade, "the version of WebSocket is not 13"},
      {but(fine, "Sec-WebSocket-Version: 13\r\n", ""), upgrade, "the version of WebSocket is not 13"},
      {but(fine, "b25jZQ==", "b25jZQ="), bad, "Sec-WebSocket-Key is not 16 bytes in base64"},
      {but(fine, "b25jZQ==", "b25jZQA="), bad, "Sec-WebSocket-Key is not 16 bytes in base64"},
      {but(fine, "b25jZQ==", "b25j-Q=="), bad, "Sec-WebSocket-Key is not 16 bytes in base64"},
      {more("Origin: https://evil.example\r\n"), "403 Forbidden", "the origin is not welcome"},
      {but(fine, "-Protocol: mqtt", "-Protocol: soap"), bad, "the request offers no subprotocol of ours"},
      {but(fine, "-Protocol: mqtt", "-Protocol: MQTT"), bad, "the request offers no subprotocol of ours"},
      {but(fine, "Sec-WebSocket-Protocol: mqtt\r\n", ""), bad, "the request offers no subprotocol of ours"},
      {more("X: " + std::string(700, 'x') + "\r\n"), "431 Request Header Fields Too Large", "the head is too long"},
      {"GET /" + std::string(2000, 'x'), "431 Request Header Fields Too Large", "the head is too long"},
  };
}

lone_end strict_server() { return lone_end(websocket_server_options{.path = "/mqtt", .origins = {"https://good.example"}, .max_request_size = 800}); }

TEST(websocket_server, refuses_with_a_status_and_a_reason) {
  for (const refusal& r : refusals())
    for (const std::size_t chunk : {std::size_t{4096}, std::size_t{1}, std::size_t{3}}) {
      lone_end server = strict_server();
      server.hear_in_chunks(r.request, chunk);
      const std::string& answer = server.tale().written;
      EXPECT_EQ(answer.substr(0, answer.find("\r\n")), "HTTP/1.1 " + r.status) << r.request;
      EXPECT_TRUE(answer.ends_with("\r\n\r\n" + r.failure + "\n")) << answer;
      EXPECT_EQ(field_of(answer, "Content-Length"), std::to_string(r.failure.size() + 1));
      EXPECT_EQ(field_of(answer, "Connection"), "close");
      EXPECT_EQ(field_of(answer, "Sec-WebSocket-Version"), r.status.starts_with("426") ? "13" : "");
      EXPECT_EQ(field_of(answer, "Allow"), r.status.starts_with("405") ? "GET" : "");
      EXPECT_EQ(server.tale().last, progress::failed);
      EXPECT_EQ(server.tale().failure, "the WebSocket handshake was refused with " + r.status.substr(0, 3) + ": " + r.failure);
      EXPECT_FALSE(server.transport().is_open());
      EXPECT_EQ(server.transport().write_some(as_bytes("x")).outcome, progress::failed);
    }
}

TEST(websocket_server, welcomes_origins_of_its_list_and_none) {
  for (const std::string_view origin : {"", "Origin: https://good.example\r\n", "Origin: HTTPS://GOOD.example\r\n"}) {
    lone_end server = strict_server();
    server.hear(sample_request(origin));
    EXPECT_TRUE(server.transport().is_open()) << origin;
  }
}

TEST(websocket_server, may_do_without_a_subprotocol) {
  lone_end server(websocket_server_options{.require_subprotocol = false});
  server.hear(but(sample_request(), "-Protocol: mqtt", "-Protocol: soap"));
  EXPECT_TRUE(server.transport().is_open());
  EXPECT_EQ(field_of(server.tale().written, "Sec-WebSocket-Protocol"), "");
}

TEST(websocket_server, takes_a_head_of_just_its_limit) {
  for (const std::size_t less : {0u, 1u}) {
    lone_end server(websocket_server_options{.max_request_size = sample_request().size() - less});
    server.hear(sample_request());
    EXPECT_EQ(server.transport().is_open(), less == 0);
  }
}

TEST(websocket_server, keeps_frames_that_come_with_the_head) {
  const std::string both = sample_request() + frame(0x82, std::string(900, 'a'), true) + frame(0x82, "b", true);
  for (std::size_t cut = 0; cut <= both.size(); ++cut) {
    lone_end server(sender::server, false, 16);
    server.hear(std::string_view(both).substr(0, cut));
    server.hear(std::string_view(both).substr(cut));
    ASSERT_EQ(server.tale().payload, std::string(900, 'a') + "b") << cut;
    ASSERT_FALSE(server.transport().has_pending());
  }
}

TEST(websocket_server, says_when_the_client_ends_in_the_handshake) {
  lone_end server(sender::server, false);
  server.hear("GET / HTTP/1.1\r\n");
  server.hear_end();
  EXPECT_EQ(server.tale().last, progress::failed);
  EXPECT_EQ(server.tale().failure, "the client ended the connection in the WebSocket handshake");
}

TEST(websocket_client, asks_as_the_rfc_says) {
  lone_end client(websocket_client_options{
      .host = "example.org:8083", .path = "/a?b=c", .headers = {{"Authorization", "Basic eDp5"}, {"Origin", "https://example.org"}}, .subprotocols = {"mqttv3.1", "mqtt"}});
  client.read();
  const std::string request = client.tale().written, key = field_of(request, "Sec-WebSocket-Key");
  EXPECT_EQ(key.size(), 24u);
  EXPECT_EQ(request, "GET /a?b=c HTTP/1.1\r\nHost: example.org:8083\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key +
                         "\r\nSec-WebSocket-Protocol: mqttv3.1, mqtt\r\nAuthorization: Basic eDp5\r\nOrigin: https://example.org\r\n\r\n");
  lone_end another(sender::client, false);
  another.read();
  EXPECT_NE(field_of(another.tale().written, "Sec-WebSocket-Key"), key);
}

TEST(websocket_client, sends_nothing_that_could_not_stand_in_a_request) {
  const std::vector<websocket_client_options> faulty = {
      {.host = ""}, {.host = "a\r\nb"}, {.host = "a b"}, {.host = "a/b"}, {.host = "a", .path = ""}, {.host = "a", .path = "mqtt"}, {.host = "a", .path = "/ HTTP/1.1\r\nX: y"},
      {.host = "a", .path = "/a#b"}, {.host = "a", .path = "/\xC3\xA4"}, {.host = "a", .headers = {{"X", "a\r\nY: b"}}}, {.host = "a", .headers = {{"X", "a\nb"}}},
      {.host = "a", .headers = {{"X", "a\0b"s}}}, {.host = "a", .headers = {{"X:", "a"}}}, {.host = "a", .headers = {{"", "a"}}}, {.host = "a", .headers = {{"X\r\nY", "a"}}},
      {.host = "a", .headers = {{"host", "b"}}}, {.host = "a", .headers = {{"Transfer-Encoding", "chunked"}}}, {.host = "a", .headers = {{"Sec-websocket-key", "x"}}},
      {.host = "a", .subprotocols = {"mqtt\r\nX: y"}}, {.host = "a", .subprotocols = {""}}, {.host = "a", .subprotocols = {"a,b"}}};
  for (const websocket_client_options& o : faulty) {
    lone_end client(o);
    EXPECT_EQ(client.transport().write_some(as_bytes("x")).outcome, progress::failed);
    client.read();
    EXPECT_EQ(client.tale().last, progress::failed);
    EXPECT_FALSE(client.tale().failure.empty());
    EXPECT_EQ(client.tale().written, "");
  }
}

struct answer {
  std::string head;  // ACCEPT stands for what is right
  std::string failure;
};

std::vector<answer> answers() {
  const std::string fine = sample_response("ACCEPT");
  return {
      {"HTTP/1.1 404 Not Found\r\n\r\n", "the server answered 404 Not Found"},
      {"HTTP/1.1 404\r\n\r\n", "the server answered 404"},
      {"HTTP/1.1 302 Fo\xFFnd\r\nLocation: /\r\n\r\n", "the server answered 302 Fo?nd"},
      {but(fine, "HTTP/1.1", "HTTP/1.0"), "the server does not answer in HTTP/1.1"},
      {but(fine, "101", "1x1"), "the server does not answer in HTTP/1.1"},
      {but(fine, "101", "1010"), "the server does not answer in HTTP/1.1"},
      {"SSH-2.0-OpenSSH\r\n\r\n", "the server does not answer in HTTP/1.1"},
      {"\x20\x02", "the server's answer: not the head of an HTTP message"},
      {but(fine, "\r\nUpgrade: websocket", "\r\n Upgrade: websocket"), "the server's answer: a field of the head is malformed"},
      {but(fine, "websocket", "h2c"), "the server does not upgrade to WebSocket"},
      {but(fine, "Connection: Upgrade", "Connection: close"), "the server's Connection does not say Upgrade"},
      {but(fine, "ACCEPT", sample_accept), "wrong Sec-WebSocket-Accept"},
      {but(fine, "Sec-WebSocket-Accept: ACCEPT\r\n", ""), "wrong Sec-WebSocket-Accept"},
      {but(fine, "\r\n\r\n", "\r\nSec-WebSocket-Accept: x\r\n\r\n"), "wrong Sec-WebSocket-Accept"},
      {but(fine, "Sec-WebSocket-Protocol: mqtt\r\n", ""), "the server chose no subprotocol"},
      {but(fine, ": mqtt", ": soap"), "the server chose a subprotocol that nobody offered: soap"},
      {but(fine, ": mqtt", ": MQTT"), "the server chose a subprotocol that nobody offered: MQTT"},
      {but(fine, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"), "the server chose a subprotocol that nobody offered: mqtt"},
      {but(fine, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"), "the server chose an extension that nobody offered"},
      {but(fine, "\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n"), "the server's answer has a body"},
      {but(fine, "\r\n\r\n", "\r\nContent-Length: 3\r\n\r\n"), "the server's answer has a body"},
      {"HTTP/1.1 101 " + std::string(9000, 'x'), "the server's answer: the head is too long"},
  };
}

TEST(websocket_client, refuses_with_a_reason) {
  for (const answer& a : answers())
    for (const std::size_t chunk : {std::size_t{16'384}, std::size_t{1}}) {
      lone_end client(sender::client, false);
      client.read();
      const std::string accept = accept_of(field_of(client.take_written(), "Sec-WebSocket-Key"));
      client.hear_in_chunks(a.head.find("ACCEPT") == std::string::npos ? a.head : but(a.head, "ACCEPT", accept), chunk);
      EXPECT_EQ(client.tale().last, progress::failed) << a.head;
      EXPECT_EQ(client.tale().failure, a.failure);
      EXPECT_EQ(client.tale().written, "");
    }
}

TEST(websocket_client, keeps_frames_that_come_with_the_head) {
  const std::string frames = frame(0x82, "abc", false) + frame(0x02, "de", false) + frame(0x80, "f", false);
  const std::size_t size = sample_response(sample_accept).size() + frames.size();
  for (std::size_t cut = 0; cut <= size; ++cut) {
    lone_end client(sender::client, false, 3);
    client.read();
    const std::string all = sample_response(accept_of(field_of(client.take_written(), "Sec-WebSocket-Key"))) + frames;
    ASSERT_EQ(all.size(), size);
    client.hear(std::string_view(all).substr(0, cut));
    client.hear(std::string_view(all).substr(cut));
    ASSERT_EQ(client.tale().payload, "abcdef") << cut;
    ASSERT_EQ(client.transport().request().subprotocol, "mqtt");
  }
}

TEST(websocket_client, may_do_without_a_subprotocol) {
  lone_end client(websocket_client_options{.host = "a", .subprotocols = {}});
  client.read();
  const std::string request = client.take_written();
  EXPECT_EQ(field_of(request, "Sec-WebSocket-Protocol"), "");
  client.hear(but(sample_response(accept_of(field_of(request, "Sec-WebSocket-Key"))), "Sec-WebSocket-Protocol: mqtt\r\n", ""));
  EXPECT_TRUE(client.transport().is_open());
}

TEST(websocket_client, says_when_the_server_ends_in_the_handshake) {
  lone_end client(sender::client, false);
  client.read();
  client.hear("HTTP/1.1 101 Sw");
  client.hear_end();
  EXPECT_EQ(client.tale().failure, "the server ended the connection in the WebSocket handshake");
}

}  // namespace
}  // namespace mqttspan::test
