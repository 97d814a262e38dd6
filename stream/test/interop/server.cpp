// The broadcast server over TCP, TLS, ws and wss at once, for clients that others wrote and for many clients.
// usage: interop_server CERTIFICATES TCP TLS WS WSS     ports on 127.0.0.1
//
// Prints "ready". Answers each line on its input with what its memory is: connections, bytes allocated, bytes resident; ends with its input.
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <mqttspan/posix/loop.hpp>
#include <mqttspan/tls/tls.hpp>
#include <mqttspan/websocket/websocket.hpp>

#include "broadcast.hpp"

namespace {

using namespace mqttspan;

std::size_t resident_bytes() {
  std::size_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

class questions final : public posix::watcher {
 public:
  questions(posix::loop& loop, posix::server& server) : loop_(loop), server_(server) { loop.watch(*this, STDIN_FILENO, {.read = true}); }
  ~questions() { loop_.forget(*this); }

 private:
  void on_ready(posix::readiness) override {
    char line[64];
    if (::read(STDIN_FILENO, line, sizeof line) <= 0) return loop_.stop();
    const struct mallinfo2 heap = ::mallinfo2();
    std::printf("%zu %zu %zu\n", server_.size(), heap.uordblks + heap.hblkhd, resident_bytes());
    std::fflush(stdout);
  }

  posix::loop& loop_;
  posix::server& server_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 255;
  const std::string certificates = argv[1];
  tls_server_options shown;
  shown.certificate_file = certificates + "/cert.pem";
  shown.key_file = certificates + "/key.pem";
  const tls_context context(shown);
  if (!context) return std::fprintf(stderr, "%s\n", std::string(context.failure()).c_str()), 1;

  posix::loop loop;
  test::broadcast all(loop);
  const auto plain = [](any_transport lower, const posix::address&) { return lower; };
  const auto in_tls = [&](any_transport lower, const posix::address&) { return any_transport(tls_transport(std::move(lower), context)); };
  const auto in_websocket = [](any_transport lower, const posix::address&) { return any_transport(websocket_transport(std::move(lower), websocket_server_options{})); };
  const auto in_both = [&](any_transport lower, const posix::address& from) { return in_websocket(in_tls(std::move(lower), from), from); };
  const posix::wrapping wrappings[] = {plain, in_tls, in_websocket, in_both};
  for (int i = 0; i < 4; ++i)
    if (!all.server.listen({.host = "127.0.0.1", .port = static_cast<std::uint16_t>(std::atoi(argv[2 + i]))}, wrappings[i]))
      return std::fprintf(stderr, "%s\n", all.server.failure().c_str()), 1;

  const questions asked(loop, all.server);
  std::puts("ready");
  std::fflush(stdout);
  loop.run();
}
