#include "finding.hpp"

#include "result.hpp"

namespace mqttspan::fuzz {

const std::vector<oracle_row>& all_oracles() {
  static const std::vector<oracle_row> rows{
      {oracle::crash, "F-CRASH", "the process goes on, whatever it is sent", true, true},
      {oracle::complaint, "F-SANITIZER", "no sanitizer and no assertion has anything to say", true, true},
      {oracle::stall, "F-STALL", "somebody is answered at any time", true, true},
      {oracle::hang, "F-HANG", "a connection is answered or closed", true, false},
      {oracle::memory, "F-MEMORY", "memory is given back", true, false},
      {oracle::close, "F-CLOSE", "a connection is closed where a statement says so", false, false},
      {oracle::output, "B-MON", "what is sent keeps the rules", false, false},
      {oracle::differs, "F-DIFFERS", "both peers do the same", false, false},
  };
  return rows;
}

const oracle_row& row_of(oracle what) { return all_oracles()[static_cast<std::size_t>(what)]; }

std::string id_of(const symptom& what, const script& shows) {
  if (!row_of(what.what).is_error) return what.id;
  const protocol_version version = shows.parties.empty() ? protocol_version::v3_1_1 : shows.parties[shows.steps.empty() ? 0 : shows.steps.back().party];
  return std::string(row_of(what.what).name) + "/" + std::string(to_string(version)) + "/" + last_packet(shows);
}

const conformance::known_deviation* known_in(const conformance::peer_file& who, const finding& f) { return known_in(who, symptom{f.what.what, f.id, f.what.title}); }

const conformance::known_deviation* known_in(const conformance::peer_file& who, const symptom& s) {
  conformance::result as_result;
  as_result.id = s.id;
  as_result.reason = s.title;
  return who.deviation(as_result);
}

}  // namespace mqttspan::fuzz
