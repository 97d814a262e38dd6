// How mqtt_pub and mqtt_sub end.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include "peer_session.hpp"

namespace mqttspan {

/// Carries out `work`, which may throw, and returns the exit status of the program. What goes wrong is said on stderr, behind the program's name.
int run_program(CLI::App& app, const std::function<exit_status()>& work);

}  // namespace mqttspan
