// The steps that dialogues with a client are made of: the harness is the server. Each that is awaited ends the probe with a verdict where the client does not play along.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "../dialogue.hpp"
#include "../session.hpp"
#include "driver.hpp"
#include "listener.hpp"

namespace mqttspan::conformance::client {

/// What a probe of clients works with: the play, the place where the client connects to, and its driver.
struct subject {
  conformance::session& s;
  listener& at;
  driver* program = nullptr;       ///< null: a client that connects by itself
  bool answers_pings = true;       ///< PINGREQ is answered by the way
  std::deque<json> events{};       ///< of the driver's, not asked for yet
  received hello{};                ///< the last CONNECT
  bool was_told = false;           ///< the application has been told the result of CONNECT

  const mqttspan::connect& greeting() const { return *hello.as<mqttspan::connect>(); }
  bool v5() const noexcept { return s.v5(); }
};

/// How a client is to connect, and what it is answered.
struct arrival {
  arrival() = default;
  explicit arrival(json options) : connect(std::move(options)) {}

  json connect = json::object();    ///< for the driver, beside address, version and client id: README.md has the keys
  bool session_present = false;
  std::vector<property> properties{};  ///< of the CONNACK
};

/// The next connection, and the CONNECT on it: asks the driver for it where there is one. `role` names it in the journal.
task<link&> arrive(subject& t, json options, std::string role);
/// The next connection, on which the CONNECT was accepted, and the application knows.
task<link&> join(subject& t);
task<link&> join(subject& t, arrival how, std::string role);
/// Accepts the CONNECT, and waits until the application knows.
task<> accept(subject& t, link& l, arrival how);

/// The next packet, requests answered by the way: PINGREQ, and where nobody drives the client whatever else it may ask for. Fails where none comes: `what` says what was awaited.
task<received> hear(subject& t, link& l, std::string what);
/// The next packet, which must be a P, beside SUBSCRIBE and UNSUBSCRIBE that are answered by the way.
template <control_packet P>
task<received> expect(subject& t, link& l);
/// Answers what must not hinder a probe; says whether it did.
bool answer_by_the_way(subject& t, link& l, const received& r);

/// What 5.0 asks of a client that found an error: mostly it should close. 3.1.1 says must.
enum class duty { should, must };
/// How a client that does nothing is asked whether it is still there.
enum class question { publish, connack, none };

/// Behind an error: the connection must end, in 5.0 should. A DISCONNECT before that may say why; another code than these is no breach, only information.
task<> expect_close(subject& t, link& l, codes suitable, duty in_5 = duty::should, question ask = question::publish);
/// Waits for the end of the connection, and for the driver to live through it.
task<bool> ends(subject& t, link& l, milliseconds at_most = patience);
/// Sends a message of QoS 1, and gives what came before its PUBACK. Fails without.
task<std::vector<received>> still_there(subject& t, link& l);

/// Tells the driver something; gives its objection, empty where it has none. A driver that cannot do that ends the probe with skip.
task<std::string> ask(subject& t, json what);
/// The same, where an objection makes the probe inconclusive.
task<> tell(subject& t, json what);
/// The driver's next event that has this key; others are kept. Null where none comes.
task<json> event(subject& t, std::string key, milliseconds at_most = patience);
/// Messages that the application has been given, up to that with this payload. Fails where it does not come.
task<std::vector<json>> messages_until(subject& t, std::string payload);

/// The next PUBLISH, of a session that goes on with its second connection. Inconclusive where none comes: C-REDEL judges that.
task<received> published_again(subject& t, link& l);

/// The driver subscribes, and is granted that. Gives the SUBSCRIBE.
task<received> subscribed(subject& t, link& l, std::string filter, int qos);
/// The driver publishes; gives the PUBLISH, not answered yet.
task<received> published(subject& t, link& l, std::string topic, std::string payload, int qos);
/// What the client sends before a message that it is asked for now, or before it closes: what it was asked for earlier is among that, if it sends that at all.
task<std::vector<received>> up_to_a_message(subject& t, link& l);
/// What drivers are asked for: `connect` with these options more than every connection needs; a verb alone, `subscribe`, `publish`.
json connecting(const subject& t, const json& options);
json plain(std::string what);
json subscribing(std::string filter, int qos);
json unsubscribing(std::string filter);
json publishing(std::string topic, std::string payload, int qos, bool retain = false);
/// For drivers that must know at once what they will be asked for: `connect` with "then".
json foreseen(json then);

/// The connection ends without further ado, where the application asked for it or we did: the packets that came before.
task<std::vector<received>> until_closed(subject& t, link& l);
/// Behind a CONNACK that accepts nothing: fails where the client takes it for acceptance.
task<> expect_refused(subject& t, link& l);

/// Bytes of a PUBLISH to the client.
std::string message_bytes(const subject& t, std::string_view topic, std::string_view payload, int qos, unsigned id, bool dup = false, std::string_view properties = {});
/// Text, or bytes, as drivers write them.
std::string text_in(const json& value);

#define MQTTSPAN_PACKET(P) extern template task<received> expect<P>(subject&, link&);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET

}  // namespace mqttspan::conformance::client
