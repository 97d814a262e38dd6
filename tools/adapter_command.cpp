// mqttspan adapter: our codec behind the adapter protocol.
#include <cstdio>
#include <iostream>
#include <string>

#include "adapter_session.hpp"

#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace mqttspan {
namespace {

constexpr const char* examples = R"(Examples:
  echo '{"id":1,"op":"decode","version":"5.0","sender":"any","chunks":["c0","00"]}' | mqttspan adapter
  echo '{"id":2,"op":"encode","version":"3.1.1","packet":{"type":"publish","topic":"a","payload":"hi"}}' | mqttspan adapter
  echo '{"id":3,"op":"capabilities"}' | mqttspan adapter)";

}  // namespace

void add_adapter_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("adapter", "Answer JSON requests, one a line, until standard input ends: how conformance tests drive a codec");
  command->footer(examples);
  command->callback([&exit_code] {
    std::ios::sync_with_stdio(false);  // else each character is fetched by itself
    for (std::string line; std::getline(std::cin, line);) {
      const std::string answer = answer_line(line) + "\n";
      std::fwrite(answer.data(), 1, answer.size(), stdout);
      if (std::cin.rdbuf()->in_avail() <= 0) std::fflush(stdout);  // the other side waits for it
    }
    exit_code = 0;
  });
}

}  // namespace mqttspan
