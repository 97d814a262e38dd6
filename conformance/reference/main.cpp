// mqttspan_reference_adapter: the reference decoder behind the adapter protocol, a line in, a line out.
#include <iostream>
#include <string>

#include "adapter.hpp"

int main() {
  for (std::string line; std::getline(std::cin, line);) std::cout << mqttspan::conformance::reference::answer(line) << std::endl;
  return std::cin.bad() ? 1 : 0;
}
