// One broker or client: what its peer file says, and where it is.
#pragma once

#include <mqttspan/posix/socket.hpp>

#include "peer_file.hpp"

namespace mqttspan::conformance {

struct peer : peer_file {
  posix::address address{};
  posix::socket_address at{};  ///< where that is
};

}  // namespace mqttspan::conformance
