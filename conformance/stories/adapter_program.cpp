#include "adapter_program.hpp"

#include <system_error>

#include "player.hpp"

namespace mqttspan::conformance {
namespace {

constexpr std::size_t longest_answer = 64u << 20;

}  // namespace

adapter_program::adapter_program(std::string command, std::chrono::milliseconds patience) : process_(std::move(command)), patience_(patience) {
  try {
    process_.start();
  } catch (const std::system_error& e) {
    throw adapter_gone(std::string("the adapter cannot be started: ") + e.what());
  }
}

std::string adapter_program::operator()(const std::string& request) {
  process_.send(request);
  const auto until = std::chrono::steady_clock::now() + patience_;
  for (;;) {
    if (std::optional<std::string> answer = process_.line()) return *std::move(answer);
    if (process_.gone()) throw adapter_gone("the adapter has ended");
    if (process_.unread() > longest_answer) throw adapter_gone("the adapter's answer does not end");
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) throw adapter_gone("the adapter does not answer");
    process_.wait(left);
  }
}

}  // namespace mqttspan::conformance
