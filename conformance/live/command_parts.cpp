#include "command_parts.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

#include "broker_url.hpp"
#include "known.hpp"
#include "usage_error.hpp"

namespace mqttspan::conformance {
peer peer_from(const std::string& path, const std::vector<std::string>& versions) {
  peer who;
  try {
    static_cast<peer_file&>(who) = read_peer_file(path);
  } catch (const peer_file_error& e) {
    throw usage_error(e.what());
  }
  if (versions.empty()) return who;
  who.versions.clear();
  for (const std::string& name : versions) {
    const auto version = version_named(name);
    if (!version) throw usage_error("\"" + name + "\" is no version; there are 3.1, 3.1.1 and 5.0");
    who.versions.push_back(*version);
  }
  return who;
}

posix::address address_in(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) throw usage_error("\"" + text + "\" is no host:port");
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  posix::address at;
  at.host = std::move(host);
  at.port = text.substr(colon) == ":0" ? std::uint16_t{0} : parse_port(text.substr(colon + 1));
  return at;
}

bool is_loopback(const posix::socket_address& at) {
  if (at.family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, at.bytes, sizeof v4);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, at.bytes, sizeof v6);
  return at.family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

run begin_run(std::string kind, const peer& who, std::string target) {
  run r;
  r.kind = std::move(kind);
  r.peer = who.version.empty() ? who.name : who.name + " " + who.version;
  r.target = std::move(target);
  r.date = now_utc();
  return r;
}

std::string nonce() {
  auto seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) * 2'654'435'761u + static_cast<std::uint64_t>(::getpid());
  std::string out;
  for (int i = 0; i < 4; ++i, seed /= 26) out += static_cast<char>('a' + seed % 26);
  return out;
}

int finish(run& r, const peer& who, const destinations& where) {
  try {
    return settle(r, who, where, [&r](const known_deviation& d) { return is_tried_in(r, d); }) == 0 ? 0 : 1;
  } catch (const std::runtime_error& e) {
    throw usage_error(e.what());
  }
}

}  // namespace mqttspan::conformance
