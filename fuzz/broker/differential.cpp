#include "differential.hpp"

#include <algorithm>

#include "minimise.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

script alone(const fuzz_case& c) {
  script s{c.parties, {}};
  if (c.shares) s.steps.push_back({.bytes = conformance::wire::encoded(mqttspan::connect{.version = c.version, .keep_alive = 0, .client_id = "mqttspanboth"}, c.version)});
  s.steps.insert(s.steps.end(), c.steps.begin(), c.steps.end());
  return s;
}

}  // namespace

std::string difference(const examination& here, const examination& there) {
  for (std::size_t i = 0; i < here.shape.size() && i < there.shape.size(); ++i)
    if (here.shape[i] != there.shape[i]) return here.shape[i] + " | " + there.shape[i];
  return {};
}

namespace {

class comparison {
 public:
  comparison(laboratory& here, laboratory& there, const conformance::peer& who, const campaign_options& how)
      : here_(here), there_(there), who_(who), how_(how), source_(how.seed, who.versions, how.profile), begun_(here.loop().now()) {}

  campaign_result run() {
    while (source_.made() < how_.max_cases && seconds() < how_.max_time && result_.findings.size() < how_.max_findings) {
      const fuzz_case c = source_.next();
      const script s = alone(c);
      ++result_.cases, ++result_.connections;
      const examination mine = here_.examine(s);
      for (const symptom& each : mine.symptoms)
        if (row_of(each.what).is_error) keep(each, s, c.number, [&](const script& smaller) { return here_.examine(smaller).shows(each); });
      if (mine.symptoms.empty() && !difference(mine, there_.examine(s)).empty()) look_at(s, c.number);
    }
    result_.seconds = seconds();
    result_.made = source_.made();
    result_.hash = source_.hash();
    return std::move(result_);
  }

 private:
  double seconds() const { return static_cast<double>(here_.loop().now() - begun_) / 1000; }
  std::string differ(const script& s) { return difference(here_.examine(s), there_.examine(s)); }

  // The same difference each time, so that a small script does not show another one.
  void look_at(const script& s, std::uint64_t number) {
    const std::string what = differ(s);
    if (what.empty()) return void(++result_.not_repeated);
    const symptom differs{oracle::differs, "F-DIFFERS/" + std::string(to_string(s.parties.front())) + "/" + what, "the two do different things: " + what};
    keep(differs, s, number, [&](const script& smaller) { return differ(smaller) == what; });
  }

  void keep(const symptom& what, const script& s, std::uint64_t number, const test_of_script& shows) {
    if (const auto old = find(what.id); old != result_.findings.end()) return void(++old->times);
    if (!shows(s) || !shows(s)) return void(++result_.not_repeated);
    const auto limit = std::chrono::milliseconds(static_cast<std::int64_t>(how_.minimize_time * 1000 / (row_of(what.what).is_error ? 1 : 4)));
    finding f{.what = what, .id = {}, .script = minimised(s, shows, limit), .replays = 3, .first_case = number, .found_after = seconds()};
    f.id = id_of(what, f.script);
    if (const auto old = find(f.id); old != result_.findings.end()) return void(++old->times);
    if (const auto* const known = known_in(who_, f)) f.known = known->reason;
    result_.findings.push_back(std::move(f));
  }
  std::vector<finding>::iterator find(const std::string& id) {
    return std::find_if(result_.findings.begin(), result_.findings.end(), [&id](const finding& f) { return f.id == id || f.what.id == id; });
  }

  laboratory& here_;
  laboratory& there_;
  const conformance::peer& who_;
  const campaign_options& how_;
  case_source source_;
  instant begun_;
  campaign_result result_;
};

}  // namespace

campaign_result compare(laboratory& here, laboratory& there, const conformance::peer& who, const campaign_options& how) {
  here.open();
  there.open();
  return comparison(here, there, who, how).run();
}

}  // namespace mqttspan::fuzz
