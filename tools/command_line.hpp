// What programs with subcommands have in common: the command line is carried out, and whatever goes wrong around that has an exit code.
#pragma once

#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "usage_error.hpp"

namespace mqttspan {

inline constexpr int wrong_usage_exit = 2;

/// Parses the command line, by which the chosen subcommand runs and sets `exit_code`: that is returned. Wrong usage is said on standard error and ends with 2,
/// anything else that is thrown, and a standard output that cannot be written, with `failure_exit`.
inline int run_command_line(CLI::App& app, int argc, char** argv, const int& exit_code, int failure_exit) {
  const std::string name = app.get_name();
  int code = failure_exit;
  try {
    app.parse(argc, argv);
    code = exit_code;
  } catch (const CLI::Success& e) {  // --help, --version
    code = app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::fprintf(stderr, "%s: %s (%s --help)\n", name.c_str(), e.what(), name.c_str());
    code = wrong_usage_exit;
  } catch (const usage_error& e) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s: %s\n", name.c_str(), e.what());
    code = wrong_usage_exit;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), e.what());
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    std::perror((name + ": standard output").c_str());
    return failure_exit;
  }
  return code;
}

}  // namespace mqttspan
