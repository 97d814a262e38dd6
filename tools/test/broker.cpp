#include "broker.hpp"

#include <sys/socket.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include <mqttspan/posix/socket.hpp>

namespace mqttspan::test {
namespace {

posix::socket_address loopback(std::uint16_t port) { return posix::resolve_at_once({.host = "127.0.0.1", .port = port}).front(); }

bool listens(std::uint16_t port) {
  const posix::unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const posix::socket_address a = loopback(port);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(a.bytes), a.size) == 0;
}

void must(const finished& done, const std::string& what) {
  if (done.exit_code != 0) throw std::runtime_error(what + ": " + done.err);
}

std::string listener(std::uint16_t port) { return "listener " + std::to_string(port) + " 127.0.0.1\n"; }

}  // namespace

std::uint16_t free_port() {
  const posix::unique_fd held = posix::listen_at(loopback(0));
  if (!held) throw std::runtime_error("no free port");
  return posix::socket_address::of_socket(held.get()).name().port;
}

certificate::certificate(const scratch_folder& folder) : file(folder.path() + "/certificate.pem"), key(folder.path() + "/key.pem") {
  must(run_program({"/usr/bin/env", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", key, "-out", file}),
       "openssl");
}

broker::broker(const broker_options& options) {
  if (options.tls) {
    const certificate own(folder_);
    certificate_ = own.file;
    key_ = own.key;
  }
  // Between asking for a free port and using it somebody else may have taken it.
  for (int attempt = 0; attempt < 5; ++attempt)
    if (start(options)) return;
  throw std::runtime_error("mosquitto does not start: " + log());
}

bool broker::start(const broker_options& options) {
  const std::string path = folder_.file("mosquitto.conf", configuration(options));
  process_ = std::make_unique<background_program>(std::vector<std::string>{"/usr/bin/env", "PATH=/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/bin", "mosquitto", "-c", path});
  while (process_->is_running()) {
    const bool is_up = listens(port_) && (tls_port_ == 0 || listens(tls_port_)) && (websocket_port_ == 0 || listens(websocket_port_)) &&
                       (secure_websocket_port_ == 0 || listens(secure_websocket_port_));
    if (is_up) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

std::string broker::configuration(const broker_options& o) {
  port_ = free_port();
  std::string text = "log_dest stderr\nlog_type all\npersistence false\nmax_queued_messages 1000000\n";
  if (::getuid() == 0) text += "user root\n";  // or it could not read what is in our folder
  text += o.anonymous ? "allow_anonymous true\n" : "allow_anonymous false\n";
  if (!o.users.empty()) {
    const std::string file = folder_.file("users", o.users);
    must(run_program({"/usr/bin/env", "mosquitto_passwd", "-U", file}), "mosquitto_passwd");
    text += "password_file " + file + "\n";
  }
  if (!o.rules.empty()) text += "acl_file " + folder_.file("rules", o.rules) + "\n";
  text += o.more + listener(port_);
  const std::string secure = "cafile " + certificate_ + "\ncertfile " + certificate_ + "\nkeyfile " + key_ + "\n";
  if (o.tls) text += listener(tls_port_ = free_port()) + secure;
  if (o.websocket) text += listener(websocket_port_ = free_port()) + "protocol websockets\n";
  if (o.websocket && o.tls) text += listener(secure_websocket_port_ = free_port()) + "protocol websockets\n" + secure;
  return text;
}

}  // namespace mqttspan::test
