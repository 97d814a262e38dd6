// What an endpoint keeps of a few packets: a PUBLISH that came in pieces and is put together, and the will of a client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <mqttspan/codec/owned.hpp>
#include <mqttspan/posix/endpoint.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::posix {

struct endpoint::gathering {
  owned<publish> head;             // all but the payload
  std::vector<std::byte> payload;  // grows as it comes: who announces much gets nothing for it
};

struct endpoint::last_will {
  owned<publish> what;
  std::uint32_t delay;  // seconds
};

}  // namespace mqttspan::posix
