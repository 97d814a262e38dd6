// Results that no single probe comes to: what the monitors found, and whether errors ended connections.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../report/result.hpp"
#include "monitor.hpp"
#include "session.hpp"

namespace mqttspan::conformance {

/// What is collected of all plays, by version.
struct tally {
  struct breach {
    std::string example{};             ///< what was found first
    std::vector<std::string> plays{};  ///< in which
  };
  /// What the monitors found for one row.
  struct monitored {
    std::size_t exercised = 0;                 ///< connections that had something to judge
    std::map<std::string, breach> breaches{};  ///< by statement; empty: the row's all
    std::vector<exchange> log{};               ///< of the first one
  };
  struct closings {
    std::size_t closed = 0;
    std::size_t told = 0;             ///< of these, behind a reason code
    std::vector<std::string> open{};  ///< plays in which an error was sent and the connection stayed open
  };

  /// Takes what the monitors say of a play's links, and whether the errors that were sent ended their connections (where that `counts`). `judged` is the play's own result.
  void add(const session& played, const result& judged, bool counts);

  std::map<protocol_version, std::map<std::string, monitored>> rows;
  std::map<protocol_version, closings> errors;
};

/// The two recipes that judge all plays together.
struct meta_recipes {
  std::string_view monitor;  ///< "B-MON"
  std::span<const monitor_row> rows;
  std::string_view closing;  ///< "B-ERRCLOSE"
  cited error_statements;
  cited told_statements{};  ///< of the recommendation that a reason code comes before the end
  bool only_recommended_in_v5 = false;  ///< that an error ends the connection
};

/// One for each row and version that was played, and one about errors for each version.
std::vector<result> meta_results(const tally& found, std::span<const protocol_version> versions, const meta_recipes& recipes);

}  // namespace mqttspan::conformance
