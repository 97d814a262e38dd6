// mqtt_pub and mqtt_sub over TLS, WebSocket, both, and a Unix-domain socket.
#include <filesystem>

#include "peers.hpp"

namespace mqttspan::test {
namespace {

class mqtt_peers_over : public testing::Test {
 protected:
  // Subscribes and publishes both by the same way, and gives what came through.
  static finished there_and_back(const words& way, const words& topic) {
    listener sub(way + topic + words{"-q", "1", "-C", "1"});
    const finished done = mqtt_pub(way + words{"-t", "t", "-m", "through", "-q", "1"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return sub.wait();
  }
  words trust() const { return {"--cafile", server.certificate_file()}; }
  std::string url(const std::string& scheme, const std::string& port, const std::string& path) const { return scheme + "://localhost:" + port + path; }

  broker server{{.tls = true, .websocket = true}};
};

TEST_F(mqtt_peers_over, tls) {
  EXPECT_EQ(there_and_back(trust() + words{"-h", "localhost", "-p", server.tls_port()}, {"-t", "t"}).out, "through\n");
  EXPECT_EQ(there_and_back(trust() + words{"-h", "localhost", "-p", server.tls_port(), "--alpn", "mqtt"}, {"-t", "t"}).out, "through\n");
  EXPECT_EQ(there_and_back(trust() + words{url("mqtts", server.tls_port(), "/t")}, {}).out, "through\n");
}

TEST_F(mqtt_peers_over, websocket) {
  for (const std::string version : {"3.1", "3.1.1", "5"})
    EXPECT_EQ(there_and_back({url("ws", server.websocket_port(), "/mqtt"), "-V", version}, {"-t", "t"}).out, "through\n") << version;
  EXPECT_EQ(there_and_back({url("ws", server.websocket_port(), "")}, {"-t", "t"}).out, "through\n");
}

TEST_F(mqtt_peers_over, websocket_over_tls) {
  EXPECT_EQ(there_and_back(trust() + words{url("wss", server.secure_websocket_port(), "/mqtt")}, {"-t", "t"}).out, "through\n");
}

TEST_F(mqtt_peers_over, large_payloads) {
  std::string bytes(4u << 20, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2'654'435'761u >> 24);
  const scratch_folder folder;
  const std::string file = folder.file("large", bytes);
  const words by_tls = trust() + words{"-L", url("mqtts", server.tls_port(), "")}, by_tcp = {"-h", "127.0.0.1", "-p", server.port()};
  const words by_wss = trust() + words{url("wss", server.secure_websocket_port(), "/mqtt")}, by_ws = {url("ws", server.websocket_port(), "/mqtt")};
  // mosquitto 2.0.11 itself gets stuck where it is to send as much over a WebSocket.
  struct ways {
    words there, back;
  };
  for (const ways& w : {ways{by_tls, by_tls}, ways{by_wss, by_tcp}, ways{by_ws, by_tls}}) {
    listener sub(w.back + words{"-t", "big", "-C", "1", "-N"});
    const finished done = mqtt_pub(w.there + words{"-t", "big", "-f", file, "-q", "1"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_TRUE(sub.wait().out == bytes) << w.there.back();
  }
}

TEST_F(mqtt_peers_over, tls_refuse_a_certificate_that_nobody_trusts) {
  const finished done = mqtt_pub({url("mqtts", server.tls_port(), "/t"), "-m", "x"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_EQ(done.err.find("Unable to connect to broker: "), 0u) << done.err;
  EXPECT_NE(done.err.find("certificate"), std::string::npos) << done.err;
}

TEST_F(mqtt_peers_over, tls_trust_a_folder_of_certificates_or_those_of_the_system) {
  const words one_message = {url("mqtts", server.tls_port(), "/t"), "-m", "x"};
  const scratch_folder folder;
  const std::string folder_name = std::filesystem::path(folder.file("unused", "")).parent_path().string();
  EXPECT_EQ(mqtt_pub(one_message + words{"--capath", folder_name}).exit_code, 1);
  std::filesystem::copy_file(server.certificate_file(), folder_name + "/ca.pem");
  ASSERT_EQ(run_program({"/usr/bin/env", "openssl", "rehash", folder_name}).exit_code, 0);
  const finished by_folder = mqtt_pub(one_message + words{"--capath", folder_name});
  EXPECT_EQ(by_folder.exit_code, 0) << by_folder.err;

  // OpenSSL takes this file for the system's.
  const words by_system = words{"/usr/bin/env", "SSL_CERT_FILE=" + server.certificate_file(), MQTTSPAN_MQTT_PUB} + one_message;
  const finished told = run_program(by_system + words{"--tls-use-os-certs"});
  EXPECT_EQ(told.exit_code, 0) << told.err;
}

TEST_F(mqtt_peers_over, tls_refuse_a_certificate_for_another_host_unless_told_so) {
  const words way = trust() + words{"-h", "127.0.0.1", "-p", server.tls_port(), "-t", "t", "-m", "x"};
  const finished careful = mqtt_pub(way);
  EXPECT_EQ(careful.exit_code, 1);
  EXPECT_NE(careful.err.find("certificate"), std::string::npos) << careful.err;
  const finished elsewhere = mqtt_pub(way + words{"--insecure"});
  EXPECT_EQ(elsewhere.exit_code, 0) << elsewhere.err;
}

TEST_F(mqtt_peers_over, tls_say_what_is_wrong_with_their_files) {
  for (const words& files : {words{"--cafile", "/nonexistent"}, words{"--cert", "/nonexistent"}, words{"--key", "/nonexistent"}, words{"--ciphers", "NONE-SUCH"}}) {
    const finished done = mqtt_pub(files + words{"-t", "t", "-m", "x", "-p", server.tls_port()});
    EXPECT_EQ(done.exit_code, 255) << files[0];
    EXPECT_EQ(done.err.find("mqtt_pub: "), 0u) << done.err;
  }
}

TEST_F(mqtt_peers_over, tls_say_that_nobody_speaks_it) {
  const finished done = mqtt_pub(trust() + words{"-h", "localhost", "-p", server.port(), "-t", "t", "-m", "x"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_EQ(done.err.find("Unable to connect to broker: "), 0u) << done.err;
}

TEST(mqtt_peers_with_certificates, are_known_by_them) {
  const scratch_folder folder;
  const certificate own(folder);
  broker server({.tls = true});
  const finished done = mqtt_pub({"--cafile", server.certificate_file(), "-h", "localhost", "-p", server.tls_port(), "--cert", own.file, "--key", own.key, "-t", "t", "-m", "x"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
}

TEST(mqtt_peers_over_a_path, are_at_home) {
  const scratch_folder folder;
  const std::string path = folder.path() + "/socket";
  const broker server({.more = "listener 0 " + path + "\n"});
  listener sub({"--unix", path, "-t", "t", "-C", "1"});
  EXPECT_EQ(mqtt_pub({"--unix", path, "-t", "t", "-m", "x"}).exit_code, 0);
  EXPECT_EQ(sub.wait().out, "x\n");
}

}  // namespace
}  // namespace mqttspan::test
