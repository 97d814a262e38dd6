#include "laboratory.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace mqttspan::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_suspects_together = 40;

}  // namespace

bool examination::shows(const symptom& wanted) const {
  return std::any_of(symptoms.begin(), symptoms.end(), [&](const symptom& s) { return s.is_same(wanted); });
}

symptom symptom_of(const objection& o) { return {o.id.starts_with("F-CLOSE") ? oracle::close : oracle::output, o.id, o.title, o.statement}; }

laboratory::laboratory(posix::loop& loop, target& peer, protocol_version witness_version, const patience& how_long)
    : loop_(loop), peer_(peer), plain_{.at = peer.at()}, logging_{.at = peer.at(), .keeps_log = true}, how_long_(how_long), witness_(loop, plain_, witness_version) {}

void laboratory::open() {
  if (!peer_.start()) throw unreachable("nobody answers at " + peer_.at().name().text());
  witness_.connect();
  if (settle()) throw unreachable(peer_.at().name().text() + " does not answer a PINGREQ");
}

void laboratory::renew(bool is_stuck) {
  if (!peer_.start(is_stuck)) throw unreachable("the peer does not come back");
  witness_.connect();
  if (settle()) throw unreachable("the peer does not come back: no PINGRESP");
}

// A process that has closed its connections may be busy with its end: a core file, a report.
std::string laboratory::crash() {
  std::string how = peer_.how_it_ended();
  if (!witness_.is_gone() || !how.empty()) return how;
  if (peer_.is_ours()) {
    for (int i = 0; i < 400 && how.empty(); ++i, std::this_thread::sleep_for(5ms)) how = peer_.how_it_ended();
    return how;
  }
  return peer_.is_reachable() ? "" : "is gone";
}

std::optional<oracle> laboratory::silence(const player& p) const {
  const instant now = loop_.now();
  const std::int64_t limit = std::max(how_long_.answer, 8 * witness_.slowest());
  if (now - p.last_progress() >= limit && witness_.was_answered_after(p.last_progress() + limit / 2)) return oracle::hang;
  const auto waits = witness_.waits_since();
  if (waits && now - *waits >= how_long_.anybody && now - p.last_progress() >= how_long_.answer) return oracle::stall;
  return std::nullopt;
}

// Until it has ended, or the peer has.
std::optional<oracle> laboratory::play(player& p) {
  p.start();
  while (!p.has_ended()) {
    loop_.run_once();
    if (p.has_ended()) break;
    if (witness_.is_gone()) return std::nullopt;  // `settle` finds out
    if (const auto why = silence(p)) {
      p.give_up();
      return why;
    }
  }
  return std::nullopt;
}

// Whether the witness is answered behind all that was sent; what is wrong where it is not.
std::optional<oracle> laboratory::settle() {
  const std::size_t next = witness_.asked() + 1;
  const instant begun = loop_.now();
  for (witness_.ask(); witness_.answered() < next; witness_.ask()) {
    if (witness_.is_gone()) {
      if (!crash().empty()) return oracle::crash;
      if (loop_.now() - begun > 3 * how_long_.anybody) throw unreachable("the peer closes each connection at once");
      witness_.connect();
    }
    if (const auto waits = witness_.waits_since(); waits && loop_.now() - *waits >= how_long_.anybody) return oracle::stall;
    loop_.run_once();
  }
  return std::nullopt;
}

symptom laboratory::of_silence(oracle what, const player& p) const {
  const std::string name(row_of(what).name), version(to_string(p.result().version));
  if (what == oracle::stall) return {what, name, "nobody is answered any more"};
  return {what, name + "/" + version, "neither answered nor closed for " + std::to_string(how_long_.answer) + " ms, while others are answered"};
}

examination laboratory::examine(const script& s) {
  examination found;
  player p(loop_, logging_, s, how_long_.grace, [](player&) {});
  auto bad = play(p);
  const bool was_heard = p.has_ended() && !p.result().was_refused;
  if (bad && was_heard && *bad == oracle::hang && p.result().is_silent) found.symptoms.push_back(of_silence(*bad, p));
  const auto after = settle();
  if (const std::string how = crash(); !how.empty()) found.symptoms.push_back({oracle::crash, how, "the peer " + how});
  else if ((bad && *bad == oracle::stall) || (after && *after == oracle::stall)) found.symptoms.push_back(of_silence(oracle::stall, p)), bad = oracle::stall;
  if (const std::string complaint = peer_.new_complaint(); !complaint.empty()) found.symptoms.push_back({oracle::complaint, complaint, complaint});
  found.heard = p.result().heard;
  found.shape = p.result().shape;
  for (const objection& o : p.result().objections) found.symptoms.push_back(symptom_of(o));
  const bool is_down = found.symptoms.size() != 0 && std::any_of(found.symptoms.begin(), found.symptoms.end(), [](const symptom& each) { return row_of(each.what).needs_new_process; });
  if (is_down) found.last_words = peer_.last_words(), renew(true);
  return found;
}

bool laboratory::accepts(const script& s) {
  player p(loop_, logging_, s, 0, [](player&) {});
  p.start();
  const instant begun = loop_.now();
  while (!p.has_ended() && loop_.now() - begun < how_long_.anybody && loop_.run_once(false)) std::this_thread::sleep_for(1ms);
  return p.has_ended() && !p.result().was_refused && p.result().shape.front().find("CONNACK ok") != std::string::npos;
}

unsigned laboratory::confirm(const script& s, const symptom& wanted, unsigned shown) {
  while (shown < 3) {
    if (!examine(s).shows(wanted)) break;
    ++shown;
  }
  return shown;
}

std::optional<script> laboratory::culprit(const std::vector<script>& suspects, const symptom& wanted) {
  std::vector<script> since;
  for (const script& each : suspects) {
    since.push_back(each);
    if (!examine(each).shows(wanted)) continue;
    if (examine(each).shows(wanted)) return each;
    if (since.size() > most_suspects_together) since.erase(since.begin(), since.end() - most_suspects_together);
    script together = since.front();
    for (std::size_t i = 1; i < since.size(); ++i) together = joined(together, since[i]);
    if (examine(together).shows(wanted)) return together;
    since.clear();
  }
  return std::nullopt;
}

void laboratory::run_together(const std::vector<script>& all) {
  std::vector<std::unique_ptr<player>> players;
  for (const script& s : all) {
    players.push_back(std::make_unique<player>(loop_, plain_, s, 0, [](player&) {}));
    players.back()->start();
  }
  const auto all_ended = [&players] { return std::all_of(players.begin(), players.end(), [](const auto& p) { return p->has_ended(); }); };
  for (const instant begun = loop_.now(); !all_ended() && loop_.now() - begun < how_long_.anybody;) loop_.run_once();
}

double laboratory::growth(const script& s, unsigned plays, unsigned rounds) {
  constexpr unsigned at_a_time = 10;
  double least = 0;
  plays = std::max(plays, at_a_time);
  for (unsigned round = 0; round <= rounds; ++round) {
    const std::size_t before = peer_.resident();
    for (unsigned i = 0; i < plays; i += at_a_time) run_together(std::vector<script>(at_a_time, s));
    const double grown = (static_cast<double>(peer_.resident()) - static_cast<double>(before)) / plays;
    if (round != 0) least = round == 1 ? grown : std::min(least, grown);  // the first one fills caches
    if (round != 0 && least <= 0) return 0;
  }
  return least;
}

}  // namespace mqttspan::fuzz
