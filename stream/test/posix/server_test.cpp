#include <mqttspan/posix/server.hpp>

#include <fstream>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

class servers : public with_server {};
MQTTSPAN_BOTH_BACKENDS(servers);

TEST_P(servers, listen_at_several_addresses) {
  listen();
  const temporary_folder folder;
  const address path{.host = {}, .port = 0, .path = folder.file("s")};
  ASSERT_TRUE(server->listen(path)) << server->failure();
  ASSERT_TRUE(server->listen({.host = "::1", .port = 0})) << server->failure();
  const auto all = server->addresses();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1], path);
  for (const address& each : all) {
    bare_peer peer(each);
    peer.say(hello());
    EXPECT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= 4; })) << each.text();
  }
}

TEST_P(servers, by_the_name_of_localhost_listen_with_one_port_for_both_families) {
  posix::server both(loop);
  ASSERT_TRUE(both.listen({.host = "localhost", .port = 0})) << both.failure();
  const auto all = both.addresses();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].port, all[1].port);
  EXPECT_NE(all[0].port, 0);
}

TEST_P(servers, without_a_host_listen_at_all_addresses) {
  posix::server any(loop);
  ASSERT_TRUE(any.listen({.host = {}, .port = 0})) << any.failure();
  const std::uint16_t port = any.addresses().front().port;
  for (const char* const host : {"127.0.0.1", "::1"}) {
    bare_peer peer(address{.host = host, .port = port});
    peer.say(hello());
    EXPECT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= 4; })) << host;
  }
}

TEST_P(servers, say_where_they_cannot_listen) {
  listen();
  posix::server second(loop);
  EXPECT_FALSE(second.listen(at));
  EXPECT_EQ(second.failure(), "cannot listen at " + at.text() + ": Address already in use");
  EXPECT_TRUE(second.addresses().empty());
  EXPECT_FALSE(second.listen({.host = "no such host", .port = 0}));
  EXPECT_EQ(second.failure().substr(0, 26), "cannot find no such host: ");
  const temporary_folder folder;
  const std::string file = folder.file("precious");
  std::ofstream(file) << "x";
  EXPECT_FALSE(second.listen({.host = {}, .port = 0, .path = file}));
  EXPECT_EQ(second.failure(), "cannot listen at " + file + ": Address already in use");
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_P(servers, listen_at_all_addresses_of_a_name_or_at_none) {
  const unique_fd taken = posix::listen_at(posix::resolve_at_once({.host = "::1", .port = 0}).at(0));
  const std::uint16_t port = posix::socket_address::of_socket(taken.get()).name().port;
  posix::server half(loop);
  EXPECT_FALSE(half.listen({.host = "localhost", .port = port}));
  EXPECT_TRUE(half.addresses().empty()) << "it said no, and listens all the same";
  const unique_fd free = posix::listen_at(posix::resolve_at_once({.host = "127.0.0.1", .port = port}).at(0));
  EXPECT_TRUE(free);
}

TEST_P(servers, replace_a_socket_file_that_was_left_over_and_no_other) {
  const temporary_folder folder;
  const address path{.host = {}, .port = 0, .path = folder.file("s")};
  {
    posix::server first(loop);
    ASSERT_TRUE(first.listen(path));
    posix::server second(loop);
    EXPECT_FALSE(second.listen(path));
    bare_peer peer(path);
    peer.say(hello());
    EXPECT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= 4; })) << "the first one lost its file";
  }
  posix::server next(loop);
  EXPECT_TRUE(next.listen(path)) << next.failure();
}

TEST_P(servers, take_so_many_and_no_more) {
  listen({.max_connections = 2});
  bare_peer one = guest("1"), two = guest("2"), three(at);
  ASSERT_TRUE(turn_until(loop, [&] { return three.has_gone(); }));
  EXPECT_EQ(server->size(), 2u);
  one.vanish();
  ASSERT_TRUE(until_closed());
  bare_peer four = guest("4");
  EXPECT_FALSE(four.has_gone());
}

TEST_P(servers, hand_out_the_will_of_who_is_lost) {
  listen();
  struct said {
    std::string topic, payload;
    qos level{};
    bool retain = false;
    std::uint32_t delay = 0;
    bool has_type = false, has_delay_property = false;
  };
  std::vector<said> wills;
  int gone = 0;
  server->on.close = [&](endpoint&, const closing& why) {
    ++gone;
    if (const publish* const w = why.will)
      wills.push_back({std::string(w->topic), std::string(as_text(w->payload)), w->qos, w->retain, why.will_delay,
                       w->properties.get(prop::content_type) == "text/plain", w->properties.contains(prop::will_delay_interval)});
  };
  const property properties[] = {prop::will_delay_interval(7), prop::content_type("text/plain")};
  const will last{.topic = "gone", .payload = as_bytes("for good"), .qos = qos::at_least_once, .retain = true, .properties = properties};
  const will plain{.topic = "gone", .payload = as_bytes("3.1.1")};
  const auto come = [&](const connect& hello) {
    bare_peer one(at);
    std::byte bytes[128];
    one.say(as_text(*generate(hello, bytes)));
    EXPECT_TRUE(turn_until(loop, [&] { return one.heard().size() >= 4; }));
    return one;
  };
  const auto until_gone = [&](int count) { return turn_until(loop, [&] { return gone == count; }); };
  { const bare_peer lost = come({.client_id = "lost", .will = last}); }
  ASSERT_TRUE(until_gone(1));
  { const bare_peer lost = come({.version = protocol_version::v3_1_1, .client_id = "older", .will = plain}); }
  ASSERT_TRUE(until_gone(2));
  bare_peer polite = come({.client_id = "polite", .will = last});
  polite.say(std::string_view("\xE0\x00", 2));
  polite.vanish();
  ASSERT_TRUE(until_gone(3));
  ASSERT_EQ(wills.size(), 2u);
  EXPECT_TRUE(wills[0].topic == "gone" && wills[0].payload == "for good" && wills[0].level == qos::at_least_once && wills[0].retain);
  EXPECT_TRUE(wills[0].delay == 7 && wills[0].has_type && !wills[0].has_delay_property);
  EXPECT_TRUE(wills[1].payload == "3.1.1" && wills[1].level == qos::at_most_once && wills[1].delay == 0);
}

TEST_P(servers, say_goodbye_to_all) {
  listen();
  bare_peer v5 = guest("5"), v3 = guest("3", protocol_version::v3_1_1), fresh(at);
  ASSERT_TRUE(turn_until(loop, [&] { return server->size() == 3; }));
  server->close();
  EXPECT_TRUE(server->addresses().empty());
  ASSERT_TRUE(turn_until(loop, [&] { return v5.has_gone() && v3.has_gone() && fresh.has_gone(); }));
  EXPECT_TRUE(v5.heard().ends_with(std::string("\xE0\x01\x8B", 3)));
  EXPECT_TRUE(v3.heard() == std::string("\x20\x02\x00\x00", 4));
  v5.vanish(), v3.vanish(), fresh.vanish();
  loop.run();
  EXPECT_EQ(told.reasons, (std::vector<std::string>(3, "closed by this side: server shutting down")));
  EXPECT_EQ(server->size(), 0u);
}

TEST_P(servers, stop_listening_and_keep_their_clients) {
  listen();
  bare_peer peer = guest();
  server->stop_listening();
  const unique_fd again = posix::listen_at(posix::resolve_at_once(at).at(0));
  EXPECT_TRUE(again) << "the port is still taken";
  peer.say(wire(pingreq{}));
  EXPECT_TRUE(turn_until(loop, [&] { return peer.heard().ends_with(wire(pingresp{})); }));
}

TEST_P(servers, let_one_client_take_the_place_of_another) {
  listen();
  std::map<std::string, endpoint*> places;
  server->on.connect = [&](endpoint& e, const connect& c) {
    endpoint*& place = places[std::string(c.client_id)];
    if (place) place->close(reason_code::session_taken_over);
    place = &e;
    (void)e.send(connack{});
  };
  bare_peer first = guest("same"), second = guest("same");
  ASSERT_TRUE(turn_until(loop, [&] { return first.has_gone(); }));
  EXPECT_TRUE(first.heard().ends_with(std::string("\xE0\x01\x8E", 3)));
  first.vanish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(told.last(), "closed by this side: session taken over");
  EXPECT_EQ(server->size(), 1u);
}

TEST_P(servers, cut_all_off_where_they_are_destroyed) {
  listen();
  bare_peer peer = guest();
  told.lines.clear();
  const auto held = only().shared_from_this();
  server.reset();
  ASSERT_TRUE(turn_until(loop, [&] { return peer.has_gone(); }));
  EXPECT_EQ(told.text(), "");
  EXPECT_FALSE(held->is_open());
  held->close(), held->abort(), held->pause(), held->resume(), held->next();
  loop.run();
  EXPECT_EQ(told.text(), "");
}

TEST_P(servers, wrap_by_listener) {
  posix::server s(loop);
  std::string wrapped;
  const auto wrap = [&](any_transport lower, const address& from) {
    wrapped = from.host;
    return lower;
  };
  ASSERT_TRUE(s.listen({.host = "127.0.0.1", .port = 0}, wrap));
  bare_peer peer(s.addresses().front());
  ASSERT_TRUE(turn_until(loop, [&] { return s.size() == 1; }));
  EXPECT_EQ(wrapped, "127.0.0.1");
}

TEST_P(servers, show_each_client_also_where_they_close_meanwhile) {
  listen();
  bare_peer one = guest("1"), two = guest("2"), three = guest("3");
  std::size_t seen = 0;
  server->for_each([&](endpoint&) {
    ++seen;
    server->for_each([](endpoint& e) { e.abort(); });
  });
  EXPECT_EQ(seen, 3u);
  ASSERT_TRUE(until_closed(3));
}

}  // namespace
}  // namespace mqttspan::test
