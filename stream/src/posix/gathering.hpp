// A PUBLISH that came in pieces and is put together.
#pragma once

#include <cstddef>
#include <vector>

#include <mqttspan/codec/owned.hpp>
#include <mqttspan/posix/endpoint.hpp>

namespace mqttspan::posix {

struct endpoint::gathering {
  owned<publish> head;             // all but the payload
  std::vector<std::byte> payload;  // grows as it comes: who announces much gets nothing for it
};

}  // namespace mqttspan::posix
