#include "schedule.hpp"

#include <algorithm>
#include <sstream>

#include "monitor.hpp"

namespace mqttspan::conformance::client {
namespace {

constexpr milliseconds longest_play{60'000};
constexpr std::int64_t tick = 250;

bool has_port(const posix::socket_address& at) { return at.name().port != 0; }

}  // namespace

// One play under way. The order is that in which its parts may go: the last first.
struct schedule::running {
  play what;
  std::unique_ptr<session> with;
  std::unique_ptr<listener> own;
  std::unique_ptr<driver> program;
  std::unique_ptr<subject> whom;
  task<> body;
  std::function<void()> on_end;
  instant began;
  bool has_ended = false;
  bool was_cut = false;
};

schedule::schedule(posix::loop& loop, const peer& who, std::vector<play> plays, schedule_options options)
    : loop_(loop), peer_(who), options_(std::move(options)), waiting_(longest_first(plays)), progress_(plays.size()) {
  if (options_.command.empty()) waiting_ = gentle_first(plays);
  if (options_.command.empty() || has_port(options_.at)) {
    shared_ = std::make_unique<listener>(loop_, options_.at);
    options_.window = 1;
  }
}

schedule::~schedule() { loop_.forget(*this); }

std::vector<result> schedule::run() {
  loop_.wake_at(*this, loop_.now() + tick);
  if (options_.command.empty()) run_waiting();
  else run_driven();
  loop_.wake_at(*this, std::nullopt);
  if (options_.progress) show_progress(true);
  return std::move(results_);
}

void schedule::run_driven() {
  for (fill(); !running_.empty(); fill()) loop_.run_once();
}

// Whether there is no need to play it.
bool schedule::set_aside(const play& p) {
  std::string why;
  if (options_.command.empty() && p.what->driven == needs_driver::yes) why = "nobody drives the client (--driver)";
  std::istringstream words(p.what->needs);
  for (std::string need; words >> need;)
    if (const auto lack = peer_.lacks.find(need); lack != peer_.lacks.end()) why = lack->second;
  if (const std::string_view untried = peer_.reason_not_to_try(p.what->id(p.version)); !untried.empty()) why = untried;
  if (why.empty()) return false;
  results_.push_back(skipped(p, why));
  return true;
}

void schedule::fill() {
  while (!waiting_.empty() && running_.size() < options_.window) {
    const play next = waiting_.front();
    waiting_.pop_front();
    if (!set_aside(next)) start(next);
  }
}

void schedule::start(const play& p) {
  auto made = std::make_unique<running>();
  running& r = *made;
  r.what = p;
  r.began = loop_.now();
  r.with = std::make_unique<session>(loop_, peer_, p.version, options_.nonce + number_text(number_++), make_monitor);
  if (!shared_) r.own = std::make_unique<listener>(loop_, options_.at);
  if (!options_.command.empty()) r.program = std::make_unique<driver>(loop_, r.with->log(), options_.command);
  r.whom.reset(new subject{*r.with, shared_ ? *shared_ : *r.own, r.program.get()});
  r.on_end = [this, mine = &r] {
    mine->has_ended = true;
    loop_.soon(*this);
  };
  r.body = p.what->play(*r.whom);
  running_.push_back(std::move(made));
  r.body.start(r.on_end);
}

// The ended ones are kept here, not where they end: there their frames are still in use.
void schedule::on_soon() {
  for (auto& r : running_) {
    if (!r->has_ended && !r->was_cut) continue;
    keep(*r);
    r.reset();
  }
  std::erase(running_, nullptr);
}

void schedule::on_time() {
  loop_.wake_at(*this, loop_.now() + tick);
  for (auto& r : running_)
    if (loop_.now() - r->began > longest_play.count()) r->was_cut = true;
  loop_.soon(*this);
  if (options_.progress) show_progress(false);
}

result schedule::judge(running& r) const {
  const probe& p = *r.what.what;
  session& s = *r.with;
  result out = result_of(r.what);
  try {
    conclude(out, s, r.body, r.has_ended, longest_play);
  } catch (const std::exception& e) {
    out.found = verdict::inconclusive;
    out.reason = std::string("the probe gave up: ") + e.what();
  }
  const std::string failure = r.program ? r.program->failure() : "";
  if (failure.find("signal") != std::string::npos) out.found = verdict::fail, out.reason = "the client's program " + failure;
  for (const auto& l : s.links())
    if (l->is_garbled() && (out.found == verdict::pass || out.found == verdict::strict_pass)) out.found = verdict::inconclusive, out.reason = "on \"" + l->name() + "\" came bytes that are no MQTT; see C-MON";
  if (p.statements.only_records(r.what.version)) only_record(out, s);
  out.log = s.log().entries();
  return out;
}

void schedule::keep(running& r) {
  result out = judge(r);
  tally_.add(*r.with, out, !r.what.what->statements.only_records(r.what.version));
  fails_ += out.found == verdict::fail;
  results_.push_back(std::move(out));
}

void schedule::show_progress(bool is_last) { progress_.show(results_.size() - aside_, fails_, loop_.now(), is_last); }

}  // namespace mqttspan::conformance::client
