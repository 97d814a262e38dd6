// Every packet that a role can receive comes to the handler of its type, once; and to `other` where there is none.
#include <mqttspan/posix/handlers.hpp>

#include <string_view>

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

using posix::handlers;
using heard = std::map<std::string, int>;

// What each role must have heard, counted by hand from the play below.
const heard by_server{{"connect", 1}, {"auth", 1},   {"subscribe", 1}, {"unsubscribe", 1}, {"publish", 2}, {"puback", 1},
                      {"pubrec", 1},  {"pubrel", 1}, {"pubcomp", 1},   {"pingreq", 1},     {"disconnect", 1}};
const heard by_client{{"auth", 1},   {"connack", 1}, {"suback", 1},  {"unsuback", 1}, {"publish", 2},
                      {"puback", 1}, {"pubrec", 1},  {"pubrel", 1}, {"pubcomp", 1},  {"pingresp", 1}};

// An enhanced authentication, then one exchange of each kind in each direction. Each packet is answered where it is heard.
const property method[] = {prop::authentication_method("m")};
constexpr reason_code granted[] = {reason_code::granted_qos_2}, done[] = {reason_code::success};

void say_all(endpoint& to) {
  (void)to.send(publish{.topic = "once", .qos = qos::at_least_once});
  (void)to.send(publish{.topic = "exactly", .qos = qos::exactly_once});
}
void as_server(endpoint& e, const connect&) { (void)e.send(auth{.reason_code = reason_code::continue_authentication, .properties = method}); }
void as_server(endpoint& e, const auth&) { (void)e.send(connack{.properties = method}); }
void as_server(endpoint& e, const subscribe& p) { (void)e.send(suback{.packet_id = p.packet_id, .reason_codes = granted}); }
void as_server(endpoint& e, const unsubscribe& p) {
  (void)e.send(unsuback{.packet_id = p.packet_id, .reason_codes = done});
  say_all(e);
}
void as_client(endpoint& e, const auth&) { (void)e.send(auth{.reason_code = reason_code::continue_authentication, .properties = method}); }
void as_client(endpoint& e, const connack&) {
  static constexpr subscription wish[] = {{.topic_filter = "a", .qos = qos::exactly_once}};
  (void)e.send(subscribe{.subscriptions = wish});
  (void)e.send(pingreq{});
  say_all(e);
}
void as_client(endpoint& e, const suback&) {
  static constexpr std::string_view filters[] = {"a"};
  (void)e.send(unsubscribe{.topic_filters = filters});
}
template <class P>
void as_server(endpoint&, const P&) {}
template <class P>
void as_client(endpoint&, const P&) {}

void answer(endpoint& e, const auto& p) {
  if (e.mqtt().self() == sender::server) as_server(e, p);
  else as_client(e, p);
}

void hear_by_type(handlers& on, heard& all) {
#define MQTTSPAN_PACKET(P)                                  \
  on.P = [&all](endpoint& e, const mqttspan::P& p) { \
    ++all[#P];                                              \
    answer(e, p);                                           \
  };
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
}

void hear_by_other(handlers& on, heard& all) {
  on.other = [&all](endpoint& e, const packet& any) {
#define MQTTSPAN_PACKET(P)                                       \
  if (const auto* const p = std::get_if<mqttspan::P>(&any)) { \
    ++all[#P];                                                   \
    answer(e, *p);                                               \
  }
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  };
}

struct typed_handlers : with_server {
  void play(void (*hear)(handlers&, heard&)) {
    listen();
    posix::client client(loop);
    heard server_heard, client_heard;
    hear(server->on, server_heard);
    hear(client.on, client_heard);
    ASSERT_TRUE(client.open(at));
    (void)client->send(connect{.client_id = "all", .properties = method});
    // The last of both directions: QoS 2 is done, the ping is answered.
    ASSERT_TRUE(turn_until(loop, [&] { return server_heard["pubrel"] == 1 && server_heard["pubcomp"] == 1 && client_heard["pubcomp"] == 1 && client_heard["pingresp"] == 1 && client_heard["puback"] == 1; }));
    client->close();
    ASSERT_TRUE(until_closed());
    EXPECT_EQ(server_heard, by_server);
    EXPECT_EQ(client_heard, by_client);
  }
};

TEST_P(typed_handlers, hear_each_packet_of_their_type_once) { play(hear_by_type); }
TEST_P(typed_handlers, leave_the_others_to_one_for_all) { play(hear_by_other); }

MQTTSPAN_BOTH_BACKENDS(typed_handlers);

}  // namespace
}  // namespace mqttspan::test
