// A machine with an operating system.
#include <cstdio>

#include "machine.hpp"

void mqttspan::portable::put(std::string_view text) noexcept { std::fwrite(text.data(), 1, text.size(), stdout); }

int main() { return mqttspan::portable::check_all(); }
