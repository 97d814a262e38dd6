// Between the check and the machine that it runs on.
#pragma once

#include <string_view>

namespace mqttspan::portable {

/// The machine's: writes the text where a person or a script will see it.
void put(std::string_view text) noexcept;

/// Judges all vectors; the exit code.
int check_all() noexcept;

}  // namespace mqttspan::portable
