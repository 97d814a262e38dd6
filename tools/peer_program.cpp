#include "peer_program.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

#include "usage_error.hpp"

namespace mqttspan {

int run_program(CLI::App& app, const std::function<exit_status()>& work) {
  const char* const name = app.get_name().c_str();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(work());
  } catch (const CLI::Success& e) {  // --help, --version
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::fprintf(stderr, "%s: %s (%s --help)\n", name, e.what(), name);
    return static_cast<int>(exit_status::refused);
  } catch (const usage_error& e) {
    std::fprintf(stderr, "%s: %s\n", name, e.what());
    return static_cast<int>(exit_status::refused);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", name, e.what());
    return static_cast<int>(exit_status::connection);
  }
}

}  // namespace mqttspan
