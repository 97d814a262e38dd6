// A server that does what no real broker can be made to do.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include <mqttspan/posix/server.hpp>

namespace mqttspan::test {

/// A server of our own in a thread of its own, on a free port of 127.0.0.1. Accepts everybody and acknowledges everything, but for what `script` says.
class scripted_server {
 public:
  explicit scripted_server(const std::function<void(posix::handlers&)>& script, const posix::server_options& options = {}) : server_(loop_, options) {
    script(server_.on);
    is_listening_ = server_.listen({.host = "127.0.0.1", .port = 0});
    if (!is_listening_) return;
    port_ = std::to_string(server_.addresses().front().port);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~scripted_server() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  const std::string& port() const { return port_; }

 private:
  posix::loop loop_;
  posix::server server_;
  bool is_listening_ = false;
  std::string port_;
  std::thread thread_;
};

}  // namespace mqttspan::test
