#include <mqttspan/posix/client.hpp>

#include <utility>

#include "dialer.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::posix {

struct client::state {
  explicit state(loop& where, const endpoint_options& options) : group(std::make_shared<endpoint_group>(where, sender::client, options)) {}

  std::shared_ptr<endpoint_group> group;
  std::shared_ptr<endpoint> end;
  std::unique_ptr<dialer> dialing;
  address to;
};

client::client(loop& where, const endpoint_options& options) : client(std::make_shared<state>(where, options)) {}

client::client(std::shared_ptr<state> s) : on(s->group->on), state_(std::move(s)) {
  state_->group->left = [weak = std::weak_ptr(state_)](endpoint& e) {
    const auto strong = weak.lock();
    if (strong && strong->end.get() == &e) strong->dialing.reset();  // else it was opened again
  };
}

client::~client() {
  if (state_->end) state_->end->forget();
}

endpoint* client::operator->() const noexcept { return state_->end.get(); }

bool client::open(const address& to) {
  if (state_->end && !state_->end->has_closed()) return false;
  state_->end = std::make_shared<endpoint>(state_->group);
  state_->to = to;
  state_->dialing = std::make_unique<dialer>(state_->group->loop, to, connect_timeout, [this](unique_fd fd, std::string why) {
    const auto end = state_->end;
    if (!fd) return end->fail_to_start(std::move(why));
    const int number = fd.get();
    any_transport transport = socket_transport(std::move(fd));
    end->start(wrap ? wrap(std::move(transport), state_->to) : std::move(transport), number);
  });
  return true;
}

bool client::open(any_transport transport, int fd) {
  if (state_->end && !state_->end->has_closed()) return false;
  state_->dialing.reset();
  state_->end = std::make_shared<endpoint>(state_->group);
  state_->end->start(std::move(transport), fd);
  return true;
}

}  // namespace mqttspan::posix
