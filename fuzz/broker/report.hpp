// A run in the forms that people and programs read: terminal, JSON, JUnit, SARIF, and a file for each reproducer.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "finding.hpp"
#include "result.hpp"

namespace mqttspan::fuzz {

/// One run, whoever was fuzzed.
struct run_record {
  std::string kind;  ///< "broker", "client"
  std::string peer, target, date;
  std::uint64_t seed = 0, cases = 0, hash = 0, connections = 0;
  double seconds = 0;
  std::size_t not_repeated = 0;
  std::string gone{};
  std::vector<finding> findings{};

  /// 1 where a finding is not known, else 0.
  int exit_code() const;
};

/// Whose packets a reproducer's words are.
sender sender_in(const run_record& r);

/// "F-CRASH_5.0_SUBSCRIBE.json".
std::string file_name(const finding& f);
/// The text of that file.
std::string reproducer_text(const run_record& r, const finding& f);

/// Format `mqttspan-fuzz-run/1`.
std::string to_json(const run_record& r);
/// SARIF 2.1.0. `folder`: where the reproducers are, as the reader finds them.
std::string to_sarif(const run_record& r, const std::string& folder);
/// The same as the conformance harness has: for JUnit. An oracle that found nothing is passed.
conformance::run to_conformance_run(const run_record& r);

void print_report(std::FILE* out, const run_record& r);

}  // namespace mqttspan::fuzz
