#include <mqttspan/codec/packet.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hex.hpp"

namespace mqttspan {
namespace {

// Small and trivially copyable: a packet is passed by value on every path. Sizes on machines with 64-bit pointers.
template <class P, std::size_t Size>
constexpr bool is_plain = sizeof(P) == Size && std::is_trivially_copyable_v<P> && std::is_aggregate_v<P>;
static_assert(sizeof(void*) != 8 || (is_plain<connect, 152> && is_plain<connack, 24> && is_plain<publish, 56> && is_plain<will, 56>));
static_assert(sizeof(void*) != 8 || (is_plain<puback, 24> && is_plain<pubrec, 24> && is_plain<pubrel, 24> && is_plain<pubcomp, 24>));
static_assert(sizeof(void*) != 8 || (is_plain<subscribe, 40> && is_plain<suback, 40> && is_plain<unsubscribe, 40> && is_plain<unsuback, 40>));
static_assert(sizeof(void*) != 8 || (is_plain<pingreq, 1> && is_plain<pingresp, 1> && is_plain<disconnect, 24> && is_plain<auth, 24>));
static_assert(sizeof(void*) != 8 || (sizeof(packet) == 160 && std::is_trivially_copyable_v<packet>));
static_assert(control_packet<publish> && !control_packet<will> && !control_packet<packet> && !control_packet<int>);

template <class P>
void has_type(unsigned number) {
  EXPECT_EQ(static_cast<unsigned>(P::type), number);
  EXPECT_EQ(type_of(packet(P{})), P::type);
}

TEST(packet, alternatives_are_in_the_order_of_their_types) {
  unsigned type = 0;
#define MQTTSPAN_PACKET(P) has_type<P>(++type);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  EXPECT_EQ(type, 15u);
}

// Equal to a copy, unequal after each change: every field counts.
template <class P>
class field_check {
 public:
  explicit field_check(const P& original) : original_(original) { EXPECT_TRUE(original == P(original)); }
  template <class Change>
  field_check& differs(Change change) {
    P other = original_;
    change(other);
    ++fields_;
    EXPECT_FALSE(original_ == other) << "field " << fields_;
    EXPECT_FALSE(packet(original_) == packet(other)) << "field " << fields_;
    return *this;
  }

 private:
  P original_;
  int fields_ = 0;
};

const std::vector<property> some_properties = {prop::user("a", "b")};
const std::vector<std::byte> some_bytes = test::hex("0102"), other_bytes = test::hex("0103");

TEST(equality, of_connect_looks_at_every_field) {
  connect p{.client_id = "c", .will = will{.topic = "t"}, .user_name = "u", .password = bytes_view{}};
  field_check(p)
      .differs([](connect& o) { o.version = protocol_version::v3_1_1; })
      .differs([](connect& o) { o.clean_start = false; })
      .differs([](connect& o) { o.keep_alive = 1; })
      .differs([](connect& o) { o.bridge = true; })
      .differs([](connect& o) { o.client_id = "d"; })
      .differs([](connect& o) { o.will.reset(); })
      .differs([](connect& o) { o.will->topic = "s"; })
      .differs([](connect& o) { o.will->payload = some_bytes; })
      .differs([](connect& o) { o.will->properties = some_properties; })
      .differs([](connect& o) { o.will->qos = qos::exactly_once; })
      .differs([](connect& o) { o.will->retain = true; })
      .differs([](connect& o) { o.user_name.reset(); })
      .differs([](connect& o) { o.user_name = ""; })
      .differs([](connect& o) { o.password.reset(); })
      .differs([](connect& o) { o.password = some_bytes; })
      .differs([](connect& o) { o.properties = some_properties; });
}

TEST(equality, of_bytes_looks_at_every_byte) {
  field_check(connect{.will = will{.payload = some_bytes}, .password = some_bytes})
      .differs([](connect& o) { o.will->payload = other_bytes; })
      .differs([](connect& o) { o.password = other_bytes; });
  field_check(publish{.topic = "t", .payload = some_bytes}).differs([](publish& o) { o.payload = other_bytes; });
}

TEST(equality, of_publish_looks_at_every_field) {
  field_check(publish{.topic = "t", .payload = some_bytes})
      .differs([](publish& o) { o.topic = "s"; })
      .differs([](publish& o) { o.payload = {}; })
      .differs([](publish& o) { o.payload = bytes_view(some_bytes).first(1); })
      .differs([](publish& o) { o.properties = some_properties; })
      .differs([](publish& o) { o.packet_id = 1; })
      .differs([](publish& o) { o.qos = qos::at_least_once; })
      .differs([](publish& o) { o.retain = true; })
      .differs([](publish& o) { o.dup = true; });
}

TEST(equality, compares_what_views_show) {
  const std::string one = "topic", other = "topic";
  const auto bytes = test::hex("0102");
  EXPECT_TRUE((publish{.topic = one, .payload = some_bytes} == publish{.topic = other, .payload = bytes}));
}

template <class P>
void check_ack() {
  field_check(P{})
      .differs([](P& o) { o.packet_id = 1; })
      .differs([](P& o) { o.reason_code = reason_code::packet_identifier_not_found; })
      .differs([](P& o) { o.properties = some_properties; });
}

TEST(equality, of_acknowledgements_looks_at_every_field) {
  check_ack<puback>();
  check_ack<pubrec>();
  check_ack<pubrel>();
  check_ack<pubcomp>();
  field_check(pubrel{}).differs([](pubrel& o) { o.dup = true; });
  field_check(connack{})
      .differs([](connack& o) { o.session_present = true; })
      .differs([](connack& o) { o.reason_code = reason_code::not_authorized; })
      .differs([](connack& o) { o.properties = some_properties; });
}

TEST(equality, of_lists_looks_at_every_field) {
  const std::vector<subscription> subscriptions = {{.topic_filter = "a"}}, others = {{.topic_filter = "a", .retain_as_published = true}};
  field_check(subscribe{.subscriptions = subscriptions})
      .differs([](subscribe& o) { o.packet_id = 1; })
      .differs([](subscribe& o) { o.dup = true; })
      .differs([&](subscribe& o) { o.subscriptions = others; })
      .differs([](subscribe& o) { o.properties = some_properties; });
  const std::vector<std::string_view> filters = {"a", "b"};
  field_check(unsubscribe{})
      .differs([](unsubscribe& o) { o.packet_id = 1; })
      .differs([](unsubscribe& o) { o.dup = true; })
      .differs([&](unsubscribe& o) { o.topic_filters = filters; })
      .differs([](unsubscribe& o) { o.properties = some_properties; });
  const std::vector<reason_code> codes = {reason_code::success};
  field_check(suback{})
      .differs([](suback& o) { o.packet_id = 1; })
      .differs([&](suback& o) { o.reason_codes = codes; })
      .differs([](suback& o) { o.properties = some_properties; });
  field_check(unsuback{})
      .differs([](unsuback& o) { o.packet_id = 1; })
      .differs([&](unsuback& o) { o.reason_codes = codes; })
      .differs([](unsuback& o) { o.properties = some_properties; });
}

TEST(equality, of_the_rest_looks_at_every_field) {
  field_check(disconnect{})
      .differs([](disconnect& o) { o.reason_code = reason_code::server_busy; })
      .differs([](disconnect& o) { o.properties = some_properties; });
  field_check(auth{})
      .differs([](auth& o) { o.reason_code = reason_code::continue_authentication; })
      .differs([](auth& o) { o.properties = some_properties; });
  EXPECT_TRUE(pingreq{} == pingreq{});
  EXPECT_TRUE(pingresp{} == pingresp{});
  EXPECT_FALSE(packet(pingreq{}) == packet(pingresp{}));
}

TEST(packet, defaults_are_those_of_the_header) {
  const connect opened;
  EXPECT_EQ(opened.version, protocol_version::v5);
  EXPECT_TRUE(opened.clean_start);
  EXPECT_EQ(opened.keep_alive, 60);
  EXPECT_FALSE(opened.bridge || opened.will || opened.user_name || opened.password);
  EXPECT_EQ(publish{}.qos, qos::at_most_once);
  EXPECT_EQ(disconnect{}.reason_code, reason_code::normal_disconnection);
}

}  // namespace
}  // namespace mqttspan
