// A command line that cannot be carried out.
#pragma once

#include <stdexcept>

namespace mqttspan {

/// Its text says what is wrong with the arguments, for the one who typed them.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace mqttspan
