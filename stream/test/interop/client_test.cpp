// Our client against brokers that others wrote: each broker, each carrier, each version.
// What a broker does not have stands in the table with the reason, and is tried all the same: the client must say what is wrong, once.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>

#include "party.hpp"

namespace {

using namespace mqttspan;
using namespace mqttspan::test;
using namespace std::string_literals;

constexpr std::size_t large = 16u << 20;

struct cell {
  const char* broker;
  carrier in;
  protocol_version version;
};

constexpr const char* name_of(carrier c) {
  constexpr const char* names[] = {"tcp", "tls", "ws", "wss"};
  return names[static_cast<std::size_t>(c)];
}
constexpr const char* name_of(protocol_version v) { return v == protocol_version::v3_1 ? "3_1" : v == protocol_version::v3_1_1 ? "3_1_1" : "5_0"; }

std::string name_of_cell(const testing::TestParamInfo<cell>& c) {
  return c.param.broker + "_"s + name_of(c.param.in) + "_" + name_of(c.param.version);
}

// What a broker does not have, and what the client says then.
struct gap {
  const char* broker;
  const char* reason;
  bool (*is_in)(const cell& c);
  const char* words;
};
constexpr gap gaps[] = {
    // It answers in the way of 3.1.1, with a code that 5.0 does not have.
    {"aedes", "it does not know 5.0", [](const cell& c) { return c.version == protocol_version::v5; }, "CONNACK byte 3"},
    {"ejabberd", "it does not know 3.1", [](const cell& c) { return c.version == protocol_version::v3_1; }, "unsupported protocol version"},
};

// Null: it serves the cell.
const gap* gap_of(const cell& c) {
  for (const gap& g : gaps)
    if (c.broker == std::string_view(g.broker) && g.is_in(c)) return &g;
  return nullptr;
}

std::vector<cell> cells(const char* broker, bool are_served) {
  std::vector<cell> found;
  for (const carrier in : {carrier::tcp, carrier::tls, carrier::ws, carrier::wss})
    for (const protocol_version v : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5})
      if (const cell c{broker, in, v}; (gap_of(c) == nullptr) == are_served) found.push_back(c);
  return found;
}

// A broker that runs until the tests are over, with its files in a folder of its own.
class broker {
 public:
  explicit broker(const std::string& name) : folder_(std::filesystem::path(INTEROP_FOLDER) / name) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::vector<std::string> command = command_for(name);
    for (const std::uint16_t port : where) command.push_back(std::to_string(port));
    program_ = std::make_unique<process>(command, (folder_ / "log").string());
    for (const std::uint16_t port : where)
      for (int tries = 0; tries < 600 && program_->wait(100) < 0 && !is_answered(port); ++tries) {
      }
  }

  static broker& running(const std::string& name) {
    static std::map<std::string, std::unique_ptr<broker>> all;
    auto& one = all[name];
    if (!one) one = std::make_unique<broker>(name);
    return *one;
  }
  bool is_running() { return program_->is_running(); }
  std::vector<std::string> command_for(const std::string& name) const {
    const std::string peers = INTEROP_PEERS "/";
    std::vector<std::string> command = name == "aedes" ? std::vector{"node"s, peers + "aedes.mjs"} : std::vector{peers + name + ".sh"};
    command.insert(command.end(), {INTEROP_CERTIFICATES, folder_.string()});
    return command;
  }

  const ports where = free_ports();

 private:
  std::filesystem::path folder_;
  std::unique_ptr<process> program_;
};

class served : public testing::TestWithParam<cell> {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.is_running()) << "see its log"; }

  way to_broker() const { return {broker_.where[static_cast<std::size_t>(GetParam().in)], GetParam().in, INTEROP_CERTIFICATES "/ca.pem"}; }
  std::string unique(const char* what) const { return what + "/"s + name_of(GetParam().in) + "/" + name_of(GetParam().version); }
  std::unique_ptr<party> one(const char* name) { return std::make_unique<party>(loop_, to_broker(), GetParam().version, name); }
  bool wait(const std::function<bool()>& is_true) { return run_until(loop_, is_true); }

  broker& broker_ = broker::running(GetParam().broker);
  posix::loop loop_;
};

bytes_view bytes(std::string_view s) { return std::as_bytes(std::span(s)); }

}  // namespace

TEST_P(served, each_qos_comes_as_it_was_sent) {
  const auto listener = one("listener"), speaker = one("speaker");
  ASSERT_TRUE(listener->come() && speaker->come()) << listener->why << speaker->why;
  const std::string topic = unique("qos");
  ASSERT_TRUE(listener->hear(topic));
  std::vector<heard> expected;
  for (const qos q : {qos::at_most_once, qos::at_least_once, qos::exactly_once}) {
    expected.push_back({topic, "payload with a \0 in it"s + std::to_string(static_cast<int>(q)), q, false});
    ASSERT_TRUE(speaker->say({.topic = topic, .payload = bytes(expected.back().payload), .qos = q}));
    ASSERT_TRUE(wait([&] { return listener->messages.size() == expected.size(); })) << "QoS " << static_cast<int>(q);
  }
  EXPECT_EQ(listener->messages, expected);
  EXPECT_TRUE(wait([&] { return speaker->are_all_acknowledged(); }));
  EXPECT_TRUE(listener->leave() && speaker->leave());
  EXPECT_EQ(speaker->closes, 1);
}

TEST_P(served, a_retained_message_waits_for_who_comes_later) {
  const auto speaker = one("speaker");
  ASSERT_TRUE(speaker->come()) << speaker->why;
  const std::string topic = unique("retained");
  ASSERT_TRUE(speaker->say({.topic = topic, .payload = bytes("still here"), .qos = qos::at_least_once, .retain = true}));
  ASSERT_TRUE(wait([&] { return speaker->are_all_acknowledged(); }));
  const auto late = one("late");
  ASSERT_TRUE(late->come() && late->hear(topic)) << late->why;
  ASSERT_TRUE(wait([&] { return !late->messages.empty(); }));
  EXPECT_EQ(late->messages[0], (heard{topic, "still here", qos::at_least_once, true}));

  ASSERT_TRUE(speaker->say({.topic = topic, .qos = qos::at_least_once, .retain = true}));  // nothing: it is gone
  ASSERT_TRUE(wait([&] { return late->messages.size() == 2; }));
  const auto later = one("later");
  ASSERT_TRUE(later->come() && later->hear(topic) && later->hear("other/" + topic));
  ASSERT_TRUE(later->say({.topic = "other/" + topic, .qos = qos::at_least_once}));
  ASSERT_TRUE(wait([&] { return !later->messages.empty(); }));
  EXPECT_EQ(later->messages[0].topic, "other/" + topic);
}

TEST_P(served, a_will_comes_when_the_client_is_cut_off) {
  const auto listener = one("listener"), lost = one("lost"), polite = one("polite");
  const std::string topic = unique("will");
  ASSERT_TRUE(listener->come() && listener->hear(topic)) << listener->why;
  ASSERT_TRUE(polite->come(will{.topic = topic, .payload = bytes("never said"), .qos = qos::at_least_once}));
  ASSERT_TRUE(polite->leave());
  ASSERT_TRUE(lost->come(will{.topic = topic, .payload = bytes("lost"), .qos = qos::at_least_once})) << lost->why;
  lost->client->abort();
  ASSERT_TRUE(wait([&] { return !listener->messages.empty(); }));
  EXPECT_EQ(listener->messages[0], (heard{topic, "lost", qos::at_least_once, false}));
  EXPECT_EQ(lost->closes, 1);
}

TEST_P(served, sixteen_mib_pass_in_pieces) {
  // mosquitto 2.0.11 stops in the middle of what is large when it sends over WebSocket, whoever listens: there its other listeners tell whether all has come.
  way to_listener = to_broker();
  if (GetParam().broker == "mosquitto"s && to_listener.in == carrier::ws) to_listener = {broker_.where[0], carrier::tcp, to_listener.ca_file};
  if (GetParam().broker == "mosquitto"s && to_listener.in == carrier::wss) to_listener = {broker_.where[1], carrier::tls, to_listener.ca_file};
  const auto listener = std::make_unique<party>(loop_, to_listener, GetParam().version, "listener"), speaker = one("speaker");
  ASSERT_TRUE(listener->come() && speaker->come());
  const std::string topic = unique("large");
  ASSERT_TRUE(listener->hear(topic));
  const std::vector<std::byte> payload = patterned(large);
  ASSERT_TRUE(speaker->say({.topic = topic, .payload = payload, .qos = qos::at_least_once}));
  ASSERT_TRUE(wait([&] { return listener->is_large_whole; })) << listener->large_size << listener->why << speaker->why;
  EXPECT_EQ(listener->large_size, large);
  EXPECT_TRUE(listener->is_large_right);
  EXPECT_GT(listener->pieces, 16u);
  EXPECT_TRUE(wait([&] { return speaker->are_all_acknowledged(); }));
}

TEST_P(served, ten_thousand_messages_keep_their_order) {
  const auto listener = one("listener"), speaker = one("speaker");
  ASSERT_TRUE(listener->come() && speaker->come());
  const std::string topic = unique("many");
  ASSERT_TRUE(listener->hear(topic, qos::at_least_once));
  constexpr std::size_t count = 10'000;
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_TRUE(speaker->say({.topic = topic, .payload = bytes(std::to_string(i)), .qos = qos::at_least_once}));
  ASSERT_TRUE(wait([&] { return listener->messages.size() >= count && speaker->are_all_acknowledged(); })) << listener->messages.size() << listener->why << speaker->why;
  ASSERT_EQ(listener->messages.size(), count);
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(listener->messages[i].payload, std::to_string(i));
}

INSTANTIATE_TEST_SUITE_P(mosquitto, served, testing::ValuesIn(cells("mosquitto", true)), name_of_cell);
INSTANTIATE_TEST_SUITE_P(aedes, served, testing::ValuesIn(cells("aedes", true)), name_of_cell);
INSTANTIATE_TEST_SUITE_P(ejabberd, served, testing::ValuesIn(cells("ejabberd", true)), name_of_cell);

using refused = served;

TEST_P(refused, it_says_so_once) {
  const gap& g = *gap_of(GetParam());
  SCOPED_TRACE(g.reason);
  party lonely(loop_, to_broker(), GetParam().version, "lonely");
  EXPECT_FALSE(lonely.come());
  ASSERT_TRUE(wait([&] { return lonely.closes != 0; }));
  EXPECT_EQ(lonely.closes, 1);
  EXPECT_NE(lonely.why.find(g.words), std::string::npos) << lonely.why;
  EXPECT_TRUE(broker_.is_running());
}

TEST_P(refused, it_is_for_the_version_not_for_the_carrier) { EXPECT_TRUE(is_answered(to_broker().port)); }

INSTANTIATE_TEST_SUITE_P(aedes, refused, testing::ValuesIn(cells("aedes", false)), name_of_cell);
INSTANTIATE_TEST_SUITE_P(ejabberd, refused, testing::ValuesIn(cells("ejabberd", false)), name_of_cell);
