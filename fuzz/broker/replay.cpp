#include "replay.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "journal.hpp"
#include "minimise.hpp"
#include "clean_text.hpp"
#include "usage_error.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

// What the file names: the rest of a crash's or a hang's id depends on how small the script is.
bool is_wanted(const symptom& s, const reproducer& r) {
  if (r.id.empty()) return true;
  const std::string_view name = row_of(s.what).name;
  return row_of(s.what).is_error ? r.id.starts_with(name) : r.id == s.id;
}

// Leaks show in many plays only.
examination examined(laboratory& lab, const reproducer& r) {
  if (!r.id.starts_with(row_of(oracle::memory).name)) return lab.examine(r.script);
  examination e;
  if (const double kib = lab.growth(r.script, 50); kib >= least_leak_kib)
    e.symptoms.push_back({oracle::memory, std::string(row_of(oracle::memory).name), "each time takes " + std::to_string(static_cast<int>(kib)) + " KiB that are not given back"});
  return e;
}

void print_steps(const reproducer& r) {
  for (const step& s : r.script.steps)
    if (s.what == action::send)
      std::printf("party %u sends %s\n", s.party, conformance::clean_text(conformance::in_words(s.bytes, r.script.parties[s.party], sender::client)).c_str());
}

}  // namespace

reproducer read_reproducer_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw usage_error("cannot read " + path);
  try {
    return read_reproducer(std::string{std::istreambuf_iterator<char>(file), {}});
  } catch (const reproducer_error& e) {
    throw usage_error(path + ": " + e.what());
  }
}

const symptom* wanted_in(const examination& e, const reproducer& r) {
  const auto found = std::find_if(e.symptoms.begin(), e.symptoms.end(), [&r](const symptom& s) { return is_wanted(s, r); });
  return found == e.symptoms.end() ? nullptr : &*found;
}

int replay_file(laboratory& lab, const std::string& path) {
  const reproducer r = read_reproducer_file(path);
  lab.open();
  print_steps(r);
  int shown = 0;
  for (int i = 0; i < 3; ++i) {
    const examination e = examined(lab, r);
    for (const std::string& line : e.heard)
      if (i == 0) std::printf("%s\n", conformance::clean_text(line).c_str());
    const symptom* const s = wanted_in(e, r);
    shown += s ? 1 : 0;
    std::printf("%d: %s\n", i + 1, s ? conformance::clean_text(s->title).c_str() : "nothing");
  }
  std::printf("shown %d of 3 times\n", shown);
  return shown != 0 ? 1 : 0;
}

int minimize_file(laboratory& lab, const std::string& path, double seconds) {
  reproducer r = read_reproducer_file(path);
  lab.open();
  const examination e = examined(lab, r);
  const symptom* const s = wanted_in(e, r);
  if (!s) return std::fprintf(stderr, "mqttspan-fuzz: nothing to see: it cannot be made smaller\n"), 0;
  const symptom wanted = *s;
  const auto limit = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  r.script = minimised(r.script, [&](const script& smaller) { return examined(lab, {r.id, {}, smaller}).shows(wanted); }, limit);
  r.id = id_of(wanted, r.script);
  r.title = wanted.title;
  std::fputs(to_text(r, sender::client).c_str(), stdout);
  return 1;
}

std::vector<protocol_version> versions_of(laboratory& lab) {
  if (!lab.peer().start()) throw unreachable("nobody answers at " + lab.peer().at().name().text());
  std::vector<protocol_version> accepted;
  for (const protocol_version version : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) {
    const std::string connect = conformance::wire::encoded(mqttspan::connect{.version = version, .keep_alive = 0, .client_id = "mqttspanversion"}, version);
    if (lab.accepts({{version}, {{.bytes = connect}}})) accepted.push_back(version);
  }
  if (accepted.empty()) throw unreachable("no CONNECT is accepted");
  return accepted;
}

}  // namespace mqttspan::fuzz
