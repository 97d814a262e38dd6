// Handlers may do anything, in any handler: each deed in each place. What goes wrong shows under the sanitizers, and in the diaries.
#include <mqttspan/posix/handlers.hpp>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

// A server and two clients. Something is sent, much is sent, and then all are cut off.
struct scene {
  explicit scene(loop_backend backend) : in(backend) {
    server.emplace(in, posix::server_options{.endpoint = {.mqtt = {.send_maximum = 1}, .gather = 1'000, .close_timeout = 500}});
    told.keep(server->on);
    server->on.publish_end = [this](endpoint&, const publish_end&) { flood(); };
    server->on.payload_chunk = [](endpoint&, const payload_chunk&) {};
    server->on.publish_begin = [](endpoint&, const publish_begin&) {};
    EXPECT_TRUE(server->listen({.host = "127.0.0.1", .port = 0})) << server->failure();
    at = server->addresses().front();
    for (std::size_t i = 0; i < 2; ++i) {
      clients[i] = std::make_unique<posix::client>(in, posix::endpoint_options{.close_timeout = 500});
      told_clients[i].keep(clients[i]->on);
    }
  }
  void flood() {
    const std::string much(50'000, 'x');  // one is sent, two wait for its acknowledgement
    for (int i = 0; i < 3 && server; ++i)
      server->for_each([&](endpoint& e) { (void)e.deliver(publish{.topic = "much", .payload = as_bytes(much), .qos = qos::at_least_once}); });
  }
  bool is_open(std::size_t i) const { return clients[i] && clients[i]->is_open(); }
  bool is_connected(std::size_t i) const { return is_open(i) && (*clients[i])->mqtt().phase() == connection_phase::connected; }

  template <class IsSo>
  void until(IsSo is_so) {
    EXPECT_TRUE(turn_until(in, [&] { return has_acted || is_so(); }));
  }
  void play() {
    for (const auto& c : clients) {
      ASSERT_TRUE(c->open(at));
      (void)(*c)->send(connect{.client_id = c == clients[0] ? "a" : "b"});
    }
    until([&] { return is_connected(0) && is_connected(1); });
    const std::string large(40'000, 'l');
    if (is_open(0)) {
      (void)(*clients[0])->deliver(publish{.topic = "small", .qos = qos::at_least_once});
      (void)(*clients[0])->deliver(publish{.topic = "large", .payload = as_bytes(large)});
    }
    until([&] { return got_much && told.count("drained") != 0; });
    if (server) server->for_each([](endpoint& e) { e.abort(); });
    until([&] { return all_closed(); });
    turn(in, 10);
    if (server) server->close();
    for (const auto& c : clients)
      if (is_open(c == clients[0] ? 0 : 1)) (*c)->close();
    EXPECT_TRUE(turn_until(in, [&] { return all_closed(); })) << told.text();
  }
  bool all_closed() const {
    if (server && server->size() != 0) return false;
    for (const auto& c : clients)
      if (c && c->operator->() && !(*c)->has_closed()) return false;
    return true;
  }

  posix::loop in;
  std::optional<posix::server> server;
  std::unique_ptr<posix::client> clients[2];
  diary told, told_clients[2];
  address at;
  bool got_much = false;
  bool has_acted = false;
};

struct deed {
  const char* name;
  void (*act)(scene&, endpoint&);
};
const deed deeds[] = {
    {"sends", [](scene&, endpoint& e) { (void)e.send(publish{.topic = "x", .qos = qos::exactly_once}); }},
    {"delivers", [](scene&, endpoint& e) {
       const std::string payload(100'000, 'd');
       (void)e.deliver(publish{.topic = "x", .payload = as_bytes(payload)});
     }},
    {"closes", [](scene&, endpoint& e) { e.close(), e.close(reason_code::quota_exceeded); }},
    {"aborts", [](scene&, endpoint& e) { e.abort(), e.abort(); }},
    {"closes and aborts", [](scene&, endpoint& e) { e.close(), e.abort(); }},
    {"pauses", [](scene&, endpoint& e) { e.pause(); }},
    {"pauses and resumes", [](scene&, endpoint& e) { e.pause(), e.resume(); }},
    {"destroys the server", [](scene& s, endpoint&) { s.server.reset(); }},
    {"destroys the clients", [](scene& s, endpoint&) { s.clients[0].reset(), s.clients[1].reset(); }},
    {"destroys all", [](scene& s, endpoint&) { s.server.reset(), s.clients[0].reset(), s.clients[1].reset(); }},
    {"aborts all", [](scene& s, endpoint&) {
       if (s.server) s.server->for_each([](endpoint& e) { e.abort(); });
       for (const auto& c : s.clients)
         if (c && c->operator->()) (*c)->abort();
     }},
    {"closes the server", [](scene& s, endpoint&) { if (s.server) s.server->close(); }},
    {"listens elsewhere", [](scene& s, endpoint&) { if (s.server) s.server->stop_listening(), (void)s.server->listen({.host = "127.0.0.1", .port = 0}); }},
    {"opens again", [](scene& s, endpoint&) { for (const auto& c : s.clients) if (c && s.server) (void)c->open(s.at); }},
    {"stops the loop", [](scene& s, endpoint&) { s.in.stop(); }},
};

struct place {
  const char* name;
  void (*put)(scene&, std::function<void(endpoint&)> act);
};
// `then` is what the diary does there.
template <class... Seen>
void put(posix::handlers::callback<Seen...>& where, std::function<void(endpoint&)> act) {
  where = [then = std::move(where), act = std::move(act)](endpoint& e, const Seen&... seen) {
    if (then) then(e, seen...);
    act(e);
  };
}
const place places[] = {
    {"server connected", [](scene& s, std::function<void(endpoint&)> act) { put(s.server->on.connected, std::move(act)); }},
    {"server connect", [](scene& s, std::function<void(endpoint&)> act) {
       s.server->on.connect = [](endpoint& e, const connect&) { (void)e.send(connack{}); };
       put(s.server->on.connect, std::move(act));
     }},
    {"server publish", [](scene& s, std::function<void(endpoint&)> act) { put(s.server->on.publish, std::move(act)); }},
    {"server publish_begin", [](scene& s, std::function<void(endpoint&)> act) { put(s.server->on.publish_begin, std::move(act)); }},
    {"server payload_chunk", [](scene& s, std::function<void(endpoint&)> act) { put(s.server->on.payload_chunk, std::move(act)); }},
    {"server publish_end", [](scene& s, std::function<void(endpoint&)> act) { put(s.server->on.publish_end, std::move(act)); }},
    {"server drained", [](scene& s, std::function<void(endpoint&)> act) { put(s.server->on.drained, std::move(act)); }},
    {"server error", [](scene& s, std::function<void(endpoint&)> act) {
       // The clients go away without a word, so that the server has something to tell.
       put(s.server->on.publish_end, [&s](endpoint&) { if (s.clients[0]) (*s.clients[0])->abort(); });
       put(s.server->on.error, std::move(act));
     }},
    {"server close", [](scene& s, std::function<void(endpoint&)> act) { put(s.server->on.close, std::move(act)); }},
    {"client connected", [](scene& s, std::function<void(endpoint&)> act) { put(s.clients[1]->on.connected, std::move(act)); }},
    {"client connack", [](scene& s, std::function<void(endpoint&)> act) { put(s.clients[1]->on.connack, std::move(act)); }},
    {"client publish", [](scene& s, std::function<void(endpoint&)> act) { put(s.clients[1]->on.publish, std::move(act)); }},
    {"client error", [](scene& s, std::function<void(endpoint&)> act) { put(s.clients[1]->on.error, std::move(act)); }},
    {"client close", [](scene& s, std::function<void(endpoint&)> act) { put(s.clients[1]->on.close, std::move(act)); }},
};

class handlers_may : public testing::TestWithParam<loop_backend> {};
MQTTSPAN_BOTH_BACKENDS(handlers_may);

TEST_P(handlers_may, do_anything_anywhere) {
  for (const place& where : places) {
    for (const deed& what : deeds) {
      SCOPED_TRACE(std::string(where.name) + " " + what.name);
      scene s(GetParam());
      s.clients[1]->on.publish = [&s](endpoint&, const publish& p) { s.got_much = s.got_much || p.topic == "much"; };
      where.put(s, [&s, &what](endpoint& e) {
        if (std::exchange(s.has_acted, true)) return;
        const bool had_server = s.server.has_value();
        what.act(s, e);
        if (had_server && !s.server) s.told = {};  // from now on nothing may come
      });
      s.play();
      EXPECT_TRUE(s.has_acted) << "nobody was called there";
      EXPECT_TRUE(!s.server || s.told.count("close") >= s.told.count("connected")) << s.told.text();
      if (HasFailure()) return;
    }
  }
}

// A client destroyed by its `error` handler is not told that it has closed.
TEST_P(handlers_may, destroy_in_error_and_close_does_not_come) {
  posix::loop in(GetParam());
  auto c = std::make_unique<posix::client>(in);
  int closes = 0, errors = 0;
  c->on.error = [&](endpoint&, const closing&) { ++errors, c.reset(); };
  c->on.close = [&](endpoint&, const closing&) { ++closes; };
  ASSERT_TRUE(c->open({.host = {}, .port = 0, .path = "/nonexistent/s"}));
  in.run();
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(closes, 0);
}

TEST_P(handlers_may, destroy_a_server_that_cannot_accept) {
  // Refusing to accept needs a system without descriptors: faults_test.cpp; here the function that is told is destroyed while it runs.
  posix::loop in(GetParam());
  auto s = std::make_unique<posix::server>(in);
  ASSERT_TRUE(s->listen({.host = "127.0.0.1", .port = 0}));
  const std::string held(100, 'x');
  s->on.connected = [&, held](endpoint&) {
    s.reset();
    EXPECT_EQ(held.size(), 100u) << "destroyed while it ran";
  };
  bare_peer peer(s->addresses().front());
  ASSERT_TRUE(turn_until(in, [&] { return s == nullptr; }));
}

}  // namespace
}  // namespace mqttspan::test
