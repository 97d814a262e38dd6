// The broadcast server and clients that others wrote. Each plays its cells by itself and writes a line for each; here is which ones there must be.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "process.hpp"

namespace {

using namespace mqttspan::test;
using namespace std::string_literals;

struct peer {
  const char* name;
  std::vector<std::string> command;
  std::vector<std::string> carriers;
  const char* gap;  // what it says of what it does not have, or plays only in part
};

const std::vector<peer> peers = {
    {"mosquitto_clients", {INTEROP_PEERS "/mosquitto_clients.sh"}, {"tcp", "tls"}, "ws unknown\n"},
    {"mqttjs", {"node", INTEROP_PEERS "/mqttjs.mjs"}, {"tcp", "tls", "ws", "wss"}, ""},
    {"mqtt_connection", {"node", INTEROP_PEERS "/mqtt_connection.mjs"}, {"tcp", "tls", "ws", "wss"}, ""},
    {"paho", {INTEROP_PAHO}, {"tcp", "tls"}, "ws 3.1 not large\nws 3.1.1 not large\nws 5.0 not large\nwss 3.1 not large\nwss 3.1.1 not large\nwss 5.0 not large\n"},
};

std::string content(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// The peer's name is the test's, not a pointer.
void PrintTo(const peer& p, std::ostream* out) { *out << p.name; }

class clients : public testing::TestWithParam<peer> {};

}  // namespace

TEST_P(clients, every_cell) {
  const auto folder = std::filesystem::path(INTEROP_FOLDER) / GetParam().name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::vector<std::string> served{INTEROP_SERVER, INTEROP_CERTIFICATES};
  std::vector<std::string> command = GetParam().command;
  command.insert(command.end(), {INTEROP_CERTIFICATES, folder.string()});
  for (const std::uint16_t port : free_ports()) {
    served.push_back(std::to_string(port));
    command.push_back(std::to_string(port));
  }
  process server(served, (folder / "server.log").string(), true);
  ASSERT_EQ(server.ask(""), "ready") << content(folder / "server.log");

  process client(command, (folder / "log").string());
  EXPECT_EQ(client.wait(150'000), 0);
  std::string expected;
  for (const std::string& carrier : GetParam().carriers)
    for (const char* const version : {"3.1", "3.1.1", "5.0"}) expected += carrier + " " + version + " ok\n";
  EXPECT_EQ(content(folder / "log"), expected + GetParam().gap);
  EXPECT_TRUE(server.is_running());
}

INSTANTIATE_TEST_SUITE_P(broadcast, clients, testing::ValuesIn(peers), [](const auto& p) { return std::string(p.param.name); });
