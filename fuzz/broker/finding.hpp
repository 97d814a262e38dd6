// What the fuzzer finds, and what it is called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "peer_file.hpp"
#include "script.hpp"

namespace mqttspan::fuzz {

/// The oracles.
enum class oracle : std::uint8_t {
  crash,      ///< the process ended
  complaint,  ///< a sanitizer or an assertion has written something
  stall,      ///< nobody is answered any more
  hang,       ///< this connection is not answered any more, the witness is
  memory,     ///< each time takes memory that is not given back
  close,      ///< stays connected where a statement says that it must not
  output,     ///< what it sends breaks a rule
  differs     ///< two peers do different things
};

/// A row of the table of oracles.
struct oracle_row {
  oracle what;
  std::string_view name;   ///< as ids begin: "F-CRASH"
  std::string_view title;
  bool is_error;           ///< else a deviation from the protocol, which is a warning
  bool needs_new_process;  ///< for each play: the process is gone, or says it once only
};
/// By oracle.
const oracle_row& row_of(oracle what);
/// All rows, in order.
const std::vector<oracle_row>& all_oracles();

/// What one play has shown.
struct symptom {
  oracle what;
  std::string id;  ///< of the same fault each time: "was ended by signal 6", "F-CLOSE/5.0/PUBLISH/qos_3"
  std::string title{};
  std::string statement{};

  bool is_same(const symptom& other) const { return what == other.what && id == other.id; }
};

/// What is reported.
struct finding {
  symptom what;
  std::string id;  ///< in reports: that of the symptom, or oracle, version and last packet: "F-CRASH/5.0/SUBSCRIBE"
  fuzz::script script;
  unsigned replays = 0;  ///< of three that showed it again
  std::uint64_t first_case = 0;
  double found_after = 0;  ///< seconds, up to the third replay
  std::size_t times = 1;   ///< how often it was seen
  std::string known{};     ///< why, where it is known
  std::vector<std::string> heard{};
  std::string last_words{};  ///< of the process

  bool is_error() const { return row_of(what.what).is_error; }
  bool counts() const { return known.empty(); }
};

/// "F-CRASH/5.0/SUBSCRIBE"; where the symptom has an id of its own, that one.
std::string id_of(const symptom& what, const script& shows);

/// The deviation of a peer file that it is; null where there is none.
/// @{
const conformance::known_deviation* known_in(const conformance::peer_file& who, const finding& f);
const conformance::known_deviation* known_in(const conformance::peer_file& who, const symptom& s);
/// @}

}  // namespace mqttspan::fuzz
