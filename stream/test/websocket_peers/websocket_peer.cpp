// One of our ends over TCP, for peers that others wrote.
// usage: websocket_peer serve <number of connections>: prints the port, serves one connection after another: MQTT, or an echo at the path /echo; prints how each ended
//        websocket_peer echo <port> <path> <bytes>: a client: says so many bytes, hears them again, shuts down; prints how it ended
//        websocket_peer mqtt <port> <messages>: a client: publishes so many with QoS 1, hears the acknowledgements, disconnects
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mqttspan/stream/connection.hpp>
#include <mqttspan/websocket/websocket.hpp>

namespace {

using namespace mqttspan;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "websocket_peer: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

class socket_transport {
 public:
  explicit socket_transport(int fd) noexcept : fd_(fd) { ::fcntl(fd, F_SETFL, O_NONBLOCK); }
  socket_transport(socket_transport&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  socket_transport& operator=(socket_transport&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~socket_transport() {
    if (fd_ >= 0) ::close(fd_);
  }
  transfer read_some(std::span<std::byte> into) noexcept { return outcome(::recv(fd_, into.data(), into.size(), 0), progress::wants_read); }
  transfer write_some(bytes_view from) noexcept { return outcome(::send(fd_, from.data(), from.size(), MSG_NOSIGNAL), progress::wants_write); }
  transfer shut_down() noexcept { return {::shutdown(fd_, SHUT_WR) == 0 ? progress::moved : progress::failed}; }
  bool has_pending() const noexcept { return false; }
  std::string_view failure() const noexcept { return "the socket failed"; }

 private:
  static transfer outcome(ssize_t n, progress wants) noexcept {
    if (n > 0) return {progress::moved, static_cast<std::size_t>(n)};
    if (n == 0) return {progress::end};
    return {errno == EAGAIN || errno == EINTR ? wants : progress::failed};
  }
  int fd_;
};

// A WebSocket and its file descriptor.
struct line {
  int fd;
  websocket_transport socket;

  void wait_for(progress what) const {
    if (socket.has_pending()) return;
    pollfd p{.fd = fd, .events = static_cast<short>(what == progress::wants_write ? POLLOUT : POLLIN), .revents = 0};
    if (::poll(&p, 1, 60'000) != 1) die("nothing happens");
  }
  progress write(bytes_view bytes) {
    while (!bytes.empty()) {
      const transfer t = socket.write_some(bytes);
      if (t.outcome == progress::failed) return t.outcome;
      if (t.outcome != progress::moved) wait_for(t.outcome);
      bytes = bytes.subspan(t.size);
    }
    return progress::moved;
  }
  transfer read(std::span<std::byte> into) {
    transfer t = socket.read_some(into);
    for (; t.outcome == progress::wants_read || t.outcome == progress::wants_write; t = socket.read_some(into)) wait_for(t.outcome);
    return t;
  }
  void shut_down() {
    for (transfer t = socket.shut_down(); t.outcome == progress::wants_read || t.outcome == progress::wants_write; t = socket.shut_down()) wait_for(t.outcome);
  }
  void tell(progress last) const {
    const std::string failure(socket.failure());
    std::printf("%s '%s': %s\n", socket.request().path.c_str(), socket.request().subprotocol.c_str(), last == progress::end ? "end" : ("failed: " + failure).c_str());
    std::fflush(stdout);
  }
};

progress serve_echo(line& l, std::span<std::byte> bytes, transfer t) {
  for (;; t = l.read(bytes)) {
    if (t.outcome != progress::moved) return t.outcome;
    if (l.write(bytes.first(t.size)) == progress::failed) return progress::failed;
  }
}

void flush(line& l, connection& c) {
  while (!c.output().empty()) {
    const std::size_t size = c.output().size();
    if (l.write(c.output()) == progress::failed) return;
    c.consume_output(size, instant{});
  }
}

// Sends each message back to who sent it.
void answer(const connection_event& e, connection& c) {
  if (e.get_if<mqttspan::connect>()) static_cast<void>(c.send(connack{}, instant{}));
  if (const auto* const s = e.get_if<subscribe>()) {
    const reason_code codes[] = {granted(qos::at_least_once)};
    static_cast<void>(c.send(suback{.packet_id = s->packet_id, .reason_codes = codes}, instant{}));
  }
  if (const auto* const p = e.get_if<publish>()) static_cast<void>(c.send(publish{.topic = p->topic, .payload = p->payload, .qos = p->qos}, instant{}));
}

progress serve_mqtt(line& l, std::span<std::byte> bytes, transfer t) {
  connection c(sender::server, instant{}, {.carry_size = 1 << 20, .output_size = 1 << 21});
  for (;; t = l.read(bytes)) {
    if (t.outcome != progress::moved) return t.outcome;
    static_cast<void>(c.receive(bytes.first(t.size), instant{}));
    for (connection_event e = c.next_event(); e.kind() != connection_event_kind::nothing && e.kind() != connection_event_kind::ended; e = c.next_event()) answer(e, c);
    flush(l, c);
  }
}

int serve(int connections) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener, 16) != 0) die("bind");
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) != 0) die("getsockname");
  std::printf("%u\n", static_cast<unsigned>(ntohs(at.sin_port)));
  std::fflush(stdout);
  std::vector<std::byte> bytes(65'536);
  for (; connections > 0; --connections) {
    const int fd = ::accept(listener, nullptr, nullptr);
    if (fd < 0) die("accept");
    line l{fd, websocket_transport(any_transport(socket_transport(fd)), websocket_server_options{.origins = {"https://good.example"}, .max_frame_size = 4 << 20})};
    const transfer first = l.read(bytes);  // the path is known when there is something
    const progress last = l.socket.request().path == "/echo" ? serve_echo(l, bytes, first) : serve_mqtt(l, bytes, first);
    l.tell(last);
    l.shut_down();
  }
  return 0;
}

line connect_to(const char* port, const char* path) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) die("connect");
  return {fd, websocket_transport(any_transport(socket_transport(fd)), websocket_client_options{.host = std::string("127.0.0.1:") + port, .path = path})};
}

// Writing and reading take turns, as a peer may stop reading until we read.
int echo(const char* port, const char* path, std::size_t size) {
  line l = connect_to(port, path);
  std::vector<std::byte> said(size), heard, into(50'000);
  for (std::size_t i = 0; i < size; ++i) said[i] = static_cast<std::byte>(i * i >> 3);
  progress last = progress::moved;
  for (std::size_t at = 0, piece = 1; at < size && last == progress::moved; piece = piece * 5 % 70'001 + 1) {
    const std::size_t n = std::min(piece, size - at);
    last = l.write(bytes_view(said).subspan(at, n));
    at += n;
    for (transfer t = l.socket.read_some(into); t.outcome == progress::moved; t = l.socket.read_some(into)) heard.insert(heard.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(t.size));
  }
  while (heard.size() < size || size == 0) {
    const transfer t = l.read(into);
    last = t.outcome;
    if (last != progress::moved) break;
    heard.insert(heard.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(t.size));
  }
  if (last == progress::moved) {
    l.shut_down();
    last = l.read(into).outcome;
  }
  l.tell(last);
  return heard == said || last != progress::end ? 0 : 1;
}

int publish_messages(const char* port, int messages) {
  line l = connect_to(port, "/mqtt");
  connection c(sender::client, instant{});
  std::array<std::byte, 1000> into;
  static_cast<void>(c.send(mqttspan::connect{.version = protocol_version::v3_1_1, .client_id = "peer"}, instant{}));
  int sent_count = 0, acknowledged = 0;
  progress last = progress::moved;
  while (acknowledged < messages && last == progress::moved && c.phase() != connection_phase::ended) {
    while (sent_count < messages && c.phase() == connection_phase::connected && c.send(publish{.topic = "t", .payload = as_bytes("hello"), .qos = qos::at_least_once}, instant{})) ++sent_count;
    flush(l, c);
    const transfer t = l.read(into);
    last = t.outcome;
    if (last != progress::moved) break;
    static_cast<void>(c.receive(std::span(into).first(t.size), instant{}));
    for (connection_event e = c.next_event(); e.kind() == connection_event_kind::packet; e = c.next_event()) acknowledged += e.get_if<puback>() != nullptr;
  }
  c.close();
  flush(l, c);
  l.shut_down();
  last = l.read(into).outcome;
  l.tell(last);
  std::printf("%d acknowledged\n", acknowledged);
  return acknowledged == messages && last == progress::end ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  ::alarm(240);  // however it goes, not for ever
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "serve" && argc == 3) return serve(std::atoi(argv[2]));
  if (what == "echo" && argc == 5) return echo(argv[2], argv[3], static_cast<std::size_t>(std::atol(argv[4])));
  if (what == "mqtt" && argc == 4) return publish_messages(argv[2], std::atoi(argv[3]));
  std::fprintf(stderr, "websocket_peer: see its first lines\n");
  return 2;
}
