// What an idle TLS connection takes, in bytes from malloc. With arguments: shakes hands so many times with one version, for counting instructions.
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "tls_pair.hpp"

namespace mqttspan::test {
namespace {

constexpr std::size_t count = 200;
constexpr std::size_t most = 24'576;  // with the two buffers of OpenSSL, which an idle connection has given back, it would be above 40,000

std::size_t allocated() { return mallinfo2().uordblks; }

tls_client_options client_at(tls_version v) {
  tls_client_options o = client_options();
  o.minimum = o.maximum = v;
  return o;
}

bool measure(tls_version v, const char* name) {
  const tls_context client(client_at(v)), server(server_options());
  std::vector<std::unique_ptr<tls_pair>> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    pairs.push_back(std::make_unique<tls_pair>(pair_options{client, server}));
    tls_pair& p = *pairs.back();
    // OpenSSL gives the buffer in which a ticket came back with the message behind it.
    for (int round = 0; round < 2; ++round) {
      p.client.out += "a message";
      p.server.out += "a message";
      p.run();
    }
    if (p.client.in != p.server.out || p.server.in != p.client.out) return false;
  }
  const std::size_t both = allocated();
  for (const auto& p : pairs) p->client.tls.reset();
  const std::size_t servers = allocated();
  for (const auto& p : pairs) p->server.tls.reset();
  const std::size_t none = allocated();
  // The second end to go takes the pipe with it: two directions, each with its counters.
  const std::size_t pipe = 2 * (65'536 + 16 + 96);
  const std::size_t of_client = (both - servers) / count, of_server = (servers - none) / count - pipe;
  std::printf("%s: client %zu bytes, server %zu bytes\n", name, of_client, of_server);
  return of_client < most && of_server < most;
}

}  // namespace
}  // namespace mqttspan::test

int main(int argc, char** argv) {
  using namespace mqttspan;
  using namespace mqttspan::test;
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // what is mapped would not be counted
  if (argc == 3) {
    tls_client_options o = client_at(std::strcmp(argv[1], "1.2") == 0 ? tls_version::v1_2 : tls_version::v1_3);
    o.resume_sessions = false;
    const tls_context client(o), server(server_options());
    for (long i = std::atol(argv[2]); i > 0; --i) {
      tls_pair p({client, server});
      p.client.out = "x";
      p.run();
    }
    return 0;
  }
  const bool is_small = measure(tls_version::v1_2, "TLS 1.2");
  return measure(tls_version::v1_3, "TLS 1.3") && is_small ? 0 : 1;
}
