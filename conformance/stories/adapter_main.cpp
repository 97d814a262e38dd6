// mqttspan-story-adapter: our connection behind the story adapter's protocol, on standard input and output.
#include <cstdio>
#include <iostream>
#include <string>

#include "story_session.hpp"

int main() {
  mqttspan::conformance::story_session session;
  for (std::string line; std::getline(std::cin, line);) {
    const std::string answer = session.answer(line) + "\n";
    std::fwrite(answer.data(), 1, answer.size(), stdout);
    std::fflush(stdout);  // the other side waits for it
  }
  return 0;
}
