#include "campaign.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "minimise.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

constexpr std::size_t recent_scripts = 64, leak_suspects = 32, most_deaths = 40;
constexpr double overtime = 60;  // seconds to come to an end, at most
constexpr double memory_limit_kib = 16 * 1024;  // what a healthy peer may take for caches and for sessions that stay

std::chrono::milliseconds in_milliseconds(double seconds) { return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)); }

}  // namespace

campaign::campaign(laboratory& lab, const conformance::peer& who, const campaign_options& how)
    : lab_(lab), peer_(who), how_(how), source_(how.seed, who.versions, how.profile) {}

double campaign::now() const { return static_cast<double>(lab_.loop().now() - begun_) / 1000; }

campaign_result campaign::run() {
  lab_.open();
  begun_ = next_look_ = next_line_ = lab_.loop().now();
  while (!is_over()) {
    fill();
    lab_.loop().run_once();
    collect();
    look_for_silence();
    look_at_peer();
    if (running_.empty() && !suspicions_.empty()) examine_suspicions();
    show_progress(false);
  }
  result_.seconds = now();
  running_.clear();
  if (result_.gone.empty()) look_at_memory(true), minimise_deviations();
  result_.made = source_.made();
  result_.hash = source_.hash();
  show_progress(true);
  return std::move(result_);
}

bool campaign::is_over() {
  if (!result_.gone.empty() || has_enough() || now() >= how_.max_time + overtime) return true;
  if (!running_.empty() || !suspicions_.empty()) return false;
  return now() >= how_.max_time || (source_.made() >= how_.max_cases && again_.empty() && lanes_.empty());
}

bool campaign::has_enough() const {
  const auto errors = std::count_if(result_.findings.begin(), result_.findings.end(), [](const finding& f) { return f.is_error(); });
  return static_cast<std::size_t>(errors) >= how_.max_findings || deaths_ >= most_deaths;
}

void campaign::fill() {
  if (!suspicions_.empty() || now() >= how_.max_time) return;
  while (running_.size() < how_.window)
    if (!take_case()) return launch_lanes();
}

bool campaign::take_case() {
  if (again_.empty() && source_.made() >= how_.max_cases) return false;
  fuzz_case c;
  if (again_.empty()) c = source_.next();
  else c = std::move(again_.front()), again_.pop_front();
  if (c.shares) return add_to_lane(std::move(c)), true;
  lane alone{{c.parties, c.steps}, {}};
  alone.cases.push_back(std::move(c));
  launch(std::move(alone));
  return true;
}

// Cases of one version go one behind the other on a connection, a PINGREQ between them; one that ends it is the last.
void campaign::add_to_lane(fuzz_case c) {
  lane& l = lanes_[c.version];
  if (l.cases.empty()) {
    const std::string id = "mfl" + std::to_string(c.number);
    l.steps = {{c.version}, {{.bytes = conformance::wire::encoded(mqttspan::connect{.version = c.version, .keep_alive = 0, .client_id = id}, c.version)}}};
  }
  l.steps.steps.insert(l.steps.steps.end(), c.steps.begin(), c.steps.end());
  l.steps.steps.push_back({.what = action::mark});
  const bool is_full = c.is_last || l.cases.size() + 1 >= how_.cases_together;
  const protocol_version version = c.version;
  l.cases.push_back(std::move(c));
  if (is_full) launch(std::move(lanes_.extract(version).mapped()));
}

void campaign::launch_lanes() {
  while (!lanes_.empty()) launch(std::move(lanes_.extract(lanes_.begin()).mapped()));
}

void campaign::launch(lane l) {
  ++result_.connections;
  running_.push_back({std::make_unique<player>(lab_.loop(), lab_.connecting(), std::move(l.steps), 0, [](player&) {}), std::move(l.cases)});
  running_.back().plays->start();
}

void campaign::collect() {
  for (std::size_t i = 0; i < running_.size();) {
    if (!running_[i].plays->has_ended()) {
      ++i;
      continue;
    }
    job ended = std::move(running_[i]);
    running_[i] = std::move(running_.back());
    running_.pop_back();
    take_result(ended);
  }
}

void campaign::take_result(job& j) {
  const outcome& out = j.plays->result();
  std::size_t played = j.cases.size();
  if (out.was_refused) played = 0;
  else if (out.was_cut) played = std::min(played, out.marks + 1);
  for (std::size_t i = played; i < j.cases.size(); ++i) again_.push_back(std::move(j.cases[i]));
  result_.cases += played;
  for (const objection& o : out.objections)
    suspect(symptom_of(o), j.plays->what(), j.cases.front().number);
  recent_.push_front(j.plays->what());
  ++since_look_;
  recent_.resize(std::min(recent_.size(), std::max(recent_scripts, since_look_)));
}

void campaign::look_for_silence() {
  for (job& j : running_) {
    const auto why = lab_.silence(*j.plays);
    if (!why || j.plays->has_ended()) continue;
    if (*why == oracle::stall) return died({oracle::stall, std::string(row_of(oracle::stall).name), "nobody is answered any more"});
    j.plays->give_up();
    if (!j.plays->result().is_silent) continue;  // it should have been closed: an objection
    const std::string version(to_string(j.plays->result().version));
    suspect({oracle::hang, std::string(row_of(oracle::hang).name) + "/" + version, "a connection is neither answered nor closed, while others are answered"}, j.plays->what(), j.cases.front().number);
  }
}

void campaign::look_at_peer() {
  const instant at = lab_.loop().now();
  if (lab_.witness().is_gone()) {
    const std::string how = lab_.crash();
    if (how.empty()) return lab_.witness().connect();
    return died({oracle::crash, how, "the peer " + how});
  }
  if (at < next_look_) return;
  next_look_ = at + 10;
  if (const std::string complaint = lab_.peer().new_complaint(); !complaint.empty()) return died({oracle::complaint, complaint, complaint});
  if (const std::string how = lab_.peer().how_it_ended(); !how.empty()) return died({oracle::crash, how, "the peer " + how});
  since_look_ = 0;
  if (at < next_weighing_) return;
  next_weighing_ = at + 50;
  if (const std::size_t kib = lab_.peer().resident()) memory_.take({static_cast<double>(result_.cases), static_cast<double>(kib)});
  look_at_memory(false);
}

std::vector<script> campaign::suspects() const {
  std::vector<script> all;
  for (const job& j : running_) all.push_back(j.plays->what());
  all.insert(all.end(), recent_.begin(), recent_.end());
  return all;
}

// The peer is gone, or as good as gone: everybody who was playing is asked alone.
void campaign::died(const symptom& what) {
  ++deaths_;
  const std::vector<script> all = suspects();
  std::uint64_t first = source_.made();
  for (job& j : running_)
    for (fuzz_case& c : j.cases) first = std::min(first, c.number), result_.cases += 1;
  running_.clear();
  recent_.clear();
  memory_.clear();
  if (!lab_.peer().is_ours() && (what.what == oracle::stall || !lab_.peer().start())) {
    result_.gone = "the peer is gone; with --start it would be started again";
    return keep_unrepeated(what, first);
  }
  lab_.renew(true);
  const auto culprit = lab_.culprit(all, what);
  if (!culprit) return keep_unrepeated(what, first);
  finding f{.what = what, .id = {}, .script = *culprit, .replays = lab_.confirm(*culprit, what, 1), .first_case = first, .found_after = now()};
  if (f.replays == 3) keep(std::move(f), false);
  else keep_unrepeated(what, first);
}

// A crash is one, even where nobody can say whose fault it was.
void campaign::keep_unrepeated(const symptom& what, std::uint64_t first_case) {
  ++result_.not_repeated;
  if (what.what == oracle::stall && lab_.peer().is_ours()) return;  // a busy machine
  finding f{.what = what, .id = std::string(row_of(what.what).name) + "/not-repeated", .script = {}, .replays = 0, .first_case = first_case, .found_after = now()};
  keep(std::move(f), true);
}

void campaign::suspect(const symptom& what, const script& s, std::uint64_t first_case) {
  const std::size_t times = ++seen_[what.id];
  if (finding* const f = find(what.id)) f->times = times;
  const bool is_hang = what.what == oracle::hang;  // by version only, until it is known behind which packet
  if (times <= (is_hang ? 2u : 1u)) suspicions_.push_back({what, s, first_case});
}

void campaign::examine_suspicions() {
  for (; !suspicions_.empty() && !has_enough(); suspicions_.pop_front()) {
    const suspicion& s = suspicions_.front();
    const bool is_known = !row_of(s.what.what).is_error && known_in(peer_, s.what);  // then it is only counted
    finding f{.what = s.what, .id = {}, .script = s.script, .replays = is_known ? 0 : lab_.confirm(s.script, s.what), .first_case = s.first_case, .found_after = now()};
    if (is_known || f.replays == 3) keep(std::move(f), false);
    else ++result_.not_repeated, --seen_[s.what.id];
  }
}

finding* campaign::find(const std::string& id) {
  const auto found = std::find_if(result_.findings.begin(), result_.findings.end(), [&id](const finding& f) { return f.id == id; });
  return found == result_.findings.end() ? nullptr : &*found;
}

bool campaign::keep(finding f, bool is_minimised) {
  if (f.is_error() && !is_minimised) {
    const symptom wanted = f.what;
    f.script = minimised(f.script, [&](const script& s) { return lab_.examine(s).shows(wanted); }, in_milliseconds(how_.minimize_time));
    examination last = lab_.examine(f.script);
    f.heard = std::move(last.heard);
    f.last_words = std::move(last.last_words);
  }
  if (f.id.empty()) f.id = id_of(f.what, f.script);
  if (finding* const old = find(f.id)) return ++old->times, false;
  if (const auto* const known = known_in(peer_, f)) f.known = known->reason;
  result_.findings.push_back(std::move(f));
  return true;
}

void campaign::look_at_memory(bool at_end) {
  if ((!at_end && memory_.samples().size() % 8 != 0) || !memory_.grows(memory_limit_kib)) return;
  const symptom leak{oracle::memory, std::string(row_of(oracle::memory).name), "memory is not given back"};
  if (seen_[leak.id]++ != 0) return;
  std::vector<script> some(recent_.begin(), recent_.end());
  if (some.size() > leak_suspects) some.resize(leak_suspects);
  const auto leaks = [this](const std::vector<script>& scripts, unsigned rounds) {
    script all;
    for (const script& s : scripts) all = joined(all, s);
    return !scripts.empty() && lab_.growth(all, static_cast<unsigned>(600 / scripts.size()), rounds) >= least_leak_kib;
  };
  if (!leaks(some, 1)) return void(++result_.not_repeated);
  while (some.size() > 1) {
    const std::vector<script> half(some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2), some.end());
    if (leaks(half, 1)) some = half;
    else some.resize(some.size() / 2);
  }
  if (!leaks(some, 3)) return void(++result_.not_repeated);
  finding f{.what = leak, .id = {}, .script = some.front(), .replays = 3, .found_after = now()};
  f.script = minimised(f.script, [&](const script& s) { return lab_.growth(s, 50) >= least_leak_kib; }, in_milliseconds(how_.minimize_time));
  keep(std::move(f), true);
  memory_.clear();
}

void campaign::minimise_deviations() {
  for (finding& f : result_.findings) {
    if (f.is_error() || !f.counts()) continue;
    const symptom wanted = f.what;
    const auto limit = in_milliseconds(how_.minimize_time / 4);
    f.script = minimised(f.script, [&](const script& s) { return lab_.examine(s).shows(wanted); }, limit);
    const examination last = lab_.examine(f.script);
    f.heard = last.heard;
    for (const symptom& s : last.symptoms)
      if (s.is_same(wanted)) f.what = s;  // the words of the small one
  }
}

void campaign::show_progress(bool is_last) {
  const instant at = lab_.loop().now();
  if (!how_.progress || (!is_last && at < next_line_)) return;
  const bool is_terminal = ::isatty(STDERR_FILENO) != 0;
  next_line_ = at + (is_terminal ? 250 : 5'000);
  const double seconds = is_last ? result_.seconds : now();
  std::fprintf(stderr, "%s%.0f s, %llu cases (%.0f/s) on %llu connections, %zu findings%s", is_terminal ? "\r" : "", seconds, static_cast<unsigned long long>(result_.cases),
               seconds > 0 ? static_cast<double>(result_.cases) / seconds : 0.0, static_cast<unsigned long long>(result_.connections), result_.findings.size(), is_terminal && !is_last ? "" : "\n");
}

}  // namespace mqttspan::fuzz
