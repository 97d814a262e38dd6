#include <mqttspan/posix/server.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace mqttspan::inline MQTTSPAN_ABI::posix {
namespace {

// What says nothing about the next client in the queue. Linux tells a connection's own errors here.
bool is_of_one_client(int error) noexcept {
  constexpr int all[] = {ECONNABORTED, EINTR, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH, ETIMEDOUT};
  return std::find(std::begin(all), std::end(all), error) != std::end(all);
}
bool is_queue_empty(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

struct server::state {
  // Accepting at one address.
  struct listener final : watcher {
    listener(state& s, unique_fd socket, wrapping w) : owner(s), fd(std::move(socket)), wrap(std::move(w)) {}
    ~listener() { owner.loop().forget(*this); }
    void listen() { owner.loop().watch(*this, fd.get(), {.read = true}); }
    void on_ready(readiness) override { owner.accept(*this); }
    void on_time() override {
      is_out = false;
      listen();
    }

    state& owner;
    unique_fd fd;
    wrapping wrap;
    bool is_out = false;  // the system had nothing left for it
  };

  state(posix::loop& where, const server_options& how) : options(how), group(std::make_shared<endpoint_group>(where, sender::server, how.endpoint)) {}

  posix::loop& loop() const noexcept { return group->loop; }
  void accept(listener& l);
  void refuse_to_accept(listener& l, int error);
  endpoint& add(any_transport transport, int fd);
  void remove(endpoint& e);
  bool listen(const address& at, const wrapping& wrap);
  bool listen_once(const address& at, const wrapping& wrap);

  server_options options;
  std::shared_ptr<endpoint_group> group;
  std::unordered_map<endpoint*, std::shared_ptr<endpoint>> clients;
  std::list<listener> listeners;
  std::function<void(const std::string&)>* accept_failed = nullptr;
  std::string failure;
};

server::server(loop& where, const server_options& options) : server(std::make_shared<state>(where, options)) {}

server::server(std::shared_ptr<state> s) : on(s->group->on), state_(std::move(s)) {
  state_->accept_failed = &accept_failed;
  state_->group->left = [weak = std::weak_ptr(state_)](endpoint& e) {
    if (const auto strong = weak.lock()) strong->remove(e);
  };
}

server::~server() {
  state_->accept_failed = nullptr;
  stop_listening();
  for (const auto& [raw, held] : state_->clients) held->forget();
}

const std::string& server::failure() const noexcept { return state_->failure; }
std::size_t server::size() const noexcept { return state_->clients.size(); }
void server::stop_listening() { state_->listeners.clear(); }
endpoint& server::adopt(any_transport transport, int fd) { return state_->add(std::move(transport), fd); }
bool server::listen(const address& at, wrapping wrap) { return state_->listen(at, wrap); }

std::vector<address> server::addresses() const {
  std::vector<address> all;
  for (const auto& l : state_->listeners) all.push_back(socket_address::of_socket(l.fd.get()).name());
  return all;
}

void server::close(reason_code reason) {
  stop_listening();
  for_each([reason](endpoint& e) { e.close(reason); });
}

void server::for_each(const std::function<void(endpoint&)>& f) const {
  std::vector<std::shared_ptr<endpoint>> all;
  all.reserve(size());
  for (const auto& [raw, held] : state_->clients) all.push_back(held);
  for (const auto& e : all) f(*e);
}

// At all addresses of a name, or at none.
bool server::state::listen(const address& at, const wrapping& wrap) {
  constexpr int most_tries = 16;  // a port that is free at one address may be taken at the other
  const bool may_choose = at.port == 0 && at.path.empty();
  const std::size_t before = listeners.size();
  for (int i = 0; i < most_tries; ++i) {
    failure.clear();
    if (listen_once(at, wrap)) return true;
    const bool is_taken = listeners.size() > before;
    while (listeners.size() > before) listeners.pop_back();
    if (!may_choose || !is_taken) break;
  }
  return false;
}

bool server::state::listen_once(const address& at, const wrapping& wrap) {
  auto found = resolve(at, failure, true);
  if (found.empty()) failure = "cannot find " + (at.path.empty() ? at.host : at.path) + ": " + failure;
  const bool is_any = at.path.empty() && at.host.empty();
  std::uint16_t port = at.port;
  std::size_t opened = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    address here = found[i].name();
    if (port != here.port && here.path.empty()) found[i] = resolve_at_once({.host = here.host, .port = port}, true).front();
    unique_fd fd = listen_at(found[i], options.backlog);
    if (!fd && is_any && found.size() == 1 && errno == EAFNOSUPPORT) {
      found.push_back(resolve_at_once({.host = "0.0.0.0", .port = port}, true).front());
      continue;
    }
    if (!fd) {
      failure = "cannot listen at " + here.text() + ": " + error_text(errno);
      if (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT) continue;  // no IPv6 here: "localhost" is still the other one
      return false;
    }
    if (here.path.empty() && port == 0) port = socket_address::of_socket(fd.get()).name().port;
    listeners.emplace_back(*this, std::move(fd), wrap);
    listeners.back().listen();
    ++opened;
  }
  return opened != 0;
}

// Calls no handler: the endpoints begin in the next round of the loop.
void server::state::accept(listener& l) {
  constexpr int most_at_once = 64;  // those who are here already want their turn
  for (int i = 0; i < most_at_once; ++i) {
    unique_fd fd(::accept(l.fd.get(), nullptr, nullptr));
    if (!fd && is_of_one_client(errno)) continue;
    if (!fd && is_queue_empty(errno)) return;
    if (!fd) return refuse_to_accept(l, errno);
    if (clients.size() >= options.max_connections) continue;
    const int number = fd.get();
    any_transport transport = socket_transport(std::move(fd));
    add(l.wrap ? l.wrap(std::move(transport), socket_address::of_peer(number).name()) : std::move(transport), number);
  }
}

// To be told again and again that somebody waits would help nobody.
void server::state::refuse_to_accept(listener& l, int error) {
  constexpr std::int64_t while_ms = 100;
  l.is_out = true;
  loop().watch(l, l.fd.get(), {});
  loop().wake_at(l, loop().now() + while_ms);
  if (const auto tell = accept_failed ? *accept_failed : nullptr) tell(error_text(error));  // it may destroy the server
}

endpoint& server::state::add(any_transport transport, int fd) {
  const auto e = std::make_shared<endpoint>(group);
  clients.emplace(e.get(), e);
  e->start(std::move(transport), fd);
  return *e;
}

void server::state::remove(endpoint& e) {
  clients.erase(&e);
  for (listener& l : listeners)
    if (l.is_out) l.on_time();
}

}  // namespace mqttspan::posix
