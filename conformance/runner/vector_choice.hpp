// Which vectors a command is about: options that `codec` and `expand` share.
#pragma once

#include <string>
#include <vector>

#include "test_vector.hpp"

namespace CLI {
class App;
}

namespace mqttspan::conformance {

struct vector_choice {
  std::string folder;                 ///< of the vectors
  bool families = true;
  bool curated = true;
  std::vector<std::string> versions;  ///< empty: all
  std::vector<std::string> filters;   ///< parts of ids; empty: all

  /// Borrows this for as long as the command is parsed and run.
  void add_options(CLI::App& command);
  /// The chosen ones: curated, then the families' cases. Throws data_error.
  std::vector<test_vector> read() const;
  /// Whether nothing is left out.
  bool all() const { return families && curated && versions.empty() && filters.empty(); }

 private:
  bool takes(const test_vector& v) const;
};

}  // namespace mqttspan::conformance
