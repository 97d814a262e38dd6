#include "web_socket.hpp"

#include <algorithm>

namespace mqttspan::conformance {

websocket::heard web_socket::now() const { return websocket::unwrap(std::string_view(link_.raw()).substr(std::min(head_.size(), link_.raw().size()))); }

task<> web_socket::until_closed() {
  for (milliseconds waited{0}; waited < patience && !is_closed(); waited += tick) co_await link_.wait(tick);
}

std::size_t web_socket::head_size() const {
  const std::size_t end = link_.raw().find("\r\n\r\n");
  return end == std::string::npos ? 0 : end + 4;
}

task<> web_socket::hears_head(std::string_view beginning) {
  for (milliseconds waited{0}; waited < patience && !link_.is_closed() && head_size() == 0 && may_be(beginning); waited += tick) co_await link_.wait(tick);
  head_ = link_.raw().substr(0, head_size());
}

}  // namespace mqttspan::conformance
