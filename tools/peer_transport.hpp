// What lies between MQTT and the socket: TLS, WebSocket, and somebody who looks at the packets that pass.
#pragma once

#include <mqttspan/posix/client.hpp>

#include "peer_options.hpp"

namespace mqttspan {

/// As the options ask for; borrows them. Throws usage_error where the program was built without it, or the files are no good.
posix::wrapping wrapping_of(const peer_options& options);

}  // namespace mqttspan
