#include "schedule.hpp"

#include <algorithm>
#include <sstream>

#include "dialogue.hpp"

namespace mqttspan::conformance {
namespace {

constexpr milliseconds longest_play{50'000};
constexpr milliseconds until_back{20'000};
constexpr std::int64_t tick = 250;

// Why a peer file keeps the probe from being played; empty where nothing does.
std::string obstacle(const probe& p, const std::map<std::string, std::string>& lacks, const peer& who) {
  std::istringstream words(p.needs);
  for (std::string word; words >> word;) {
    if (word.front() == '+') {
      if (!who.offers.contains(word.substr(1))) return "the peer file offers no \"" + word.substr(1) + "\"";
    } else if (const auto lack = lacks.find(word); lack != lacks.end()) {
      return "the broker lacks \"" + word + "\": " + lack->second;
    }
  }
  return {};
}

// By the names of peer files.
std::map<std::string, std::string> lacks_in(const connack& c) {
  std::map<std::string, std::string> found;
  const std::string announced = "CONNACK announces ";
  if (c.properties.get(prop::retain_available) == std::uint8_t{0}) found["retain"] = announced + "Retain Available 0";
  if (c.properties.get(prop::shared_subscription_available) == std::uint8_t{0}) found["shared"] = announced + "Shared Subscription Available 0";
  if (c.properties.get(prop::subscription_identifier_available) == std::uint8_t{0}) found["subscription-identifiers"] = announced + "Subscription Identifier Available 0";
  return found;
}

class silent_monitor final : public monitor {
  void sent(const packet&, std::size_t) override {}
  void sent_bad() override {}
  void received(const packet&, std::size_t) override {}
  void unreadable(const error&, bytes_view) override {}
};

}  // namespace

// One play under way.
struct schedule::running {
  play what;
  std::unique_ptr<session> with;
  task<> body;
  std::function<void()> on_end;
  instant began;
  bool has_ended = false;
  bool was_cut = false;
};

schedule::schedule(posix::loop& loop, const peer& who, std::vector<play> plays, schedule_options options)
    : loop_(loop), peer_(who), options_(std::move(options)), waiting_(longest_first(plays)), progress_(plays.size()) {}

schedule::~schedule() { loop_.forget(*this); }

std::vector<result> schedule::run() {
  bool done = false;
  std::function<void()> on_end = [&done] { done = true; };
  task<> all = supervise();
  loop_.wake_at(*this, loop_.now() + tick);
  all.start(on_end);
  while (!done) loop_.run_once();
  loop_.wake_at(*this, std::nullopt);
  if (options_.progress) show_progress(true);
  all.take();
  return std::move(results_);
}

task<> schedule::supervise() {
  const bool there = co_await sings_within(options_.restart ? until_back : milliseconds(0));  // what has just been started may need its time
  if (!there) throw unreachable("nobody answers a CONNECT at " + peer_.address.text());
  leave_out_what_is_lacking();
  co_await play_waiting();
  co_await play_fails_again();
}

// The peer file says what the broker lacks, and in 5.0 so does CONNACK.
void schedule::leave_out_what_is_lacking() {
  std::deque<play> left;
  for (const play& p : waiting_) {
    std::string why(peer_.reason_not_to_try(p.what->id(p.version)));
    if (why.empty()) why = obstacle(*p.what, peer_.lacks, peer_);
    if (why.empty() && p.version == protocol_version::v5) why = obstacle(*p.what, announced_, peer_);
    if (why.empty()) left.push_back(p);
    else results_.push_back(skipped(p, std::move(why)));
  }
  waiting_ = std::move(left);
}

task<> schedule::play_fails_again() {
  is_again_ = true;
  options_.window = doubtful_.size() > 40 ? 4 : 1;  // where so much fails, nobody did it to the others
  waiting_.assign(doubtful_.begin(), doubtful_.end());
  co_await play_waiting();
}

task<> schedule::play_waiting() {
  while (!waiting_.empty() || !running_.empty() || !ended_.empty()) {
    fill();
    co_await change{*this};
    const bool alive = co_await confirm_ended();
    if (alive) continue;
    std::vector<play> suspects = give_up();
    co_await recover();
    co_await replay(std::move(suspects));
  }
}

// Whether the broker answers on the canary's connection, which is made where there is none yet.
task<bool> schedule::canary_sings() {
  bool sings = false;
  try {
    if (!canary_link_) {
      canary_ = std::make_unique<session>(loop_, peer_, peer_.versions.back(), options_.nonce + "canary",
                                          [](protocol_version) { return std::make_unique<silent_monitor>(); });
      link& l = co_await reach(*canary_, "canary");
      greeting hello(*canary_, "canary");
      const received welcome = co_await greet(*canary_, l, hello);
      const connack& c = *welcome.as<connack>();
      if (is_error(c.reason_code)) canary_->inconclusive("the canary is refused");
      announced_ = lacks_in(c);
      canary_link_ = &l;
    }
    co_await ping(*canary_, *canary_link_);
    sings = true;
  } catch (const verdict_reached&) {
  }
  if (!sings) canary_link_ = nullptr;
  co_return sings;
}

// The same, tried again and again for so long.
task<bool> schedule::sings_within(milliseconds at_most) {
  for (const instant until = loop_.now() + at_most.count();;) {
    const bool sings = co_await canary_sings();
    if (sings || loop_.now() >= until) co_return sings;
    co_await canary_->pause(milliseconds(200));
  }
}

// Those that have ended by now count once the canary has sung.
task<bool> schedule::confirm_ended() {
  std::vector<std::unique_ptr<running>> now;
  now.swap(ended_);
  const bool alive = co_await canary_sings();
  if (!alive) ended_.insert(ended_.begin(), std::make_move_iterator(now.begin()), std::make_move_iterator(now.end()));
  else
    for (auto& r : now) keep(*r);
  co_return alive;
}

// Forgets what is under way or not confirmed; says what it was.
std::vector<play> schedule::give_up() {
  std::vector<play> suspects;
  for (auto* list : {&ended_, &running_}) {
    for (const auto& r : *list) suspects.push_back(r->what);
    list->clear();
  }
  return suspects;
}

task<> schedule::recover() {
  if (options_.restart && !options_.restart()) throw unreachable("the broker is gone and could not be started again");
  const bool back = co_await sings_within(until_back);
  if (!back) throw unreachable("the broker is gone, and did not come back within 20 s; --start '<command>' would start it again");
}

task<> schedule::replay(std::vector<play> suspects) {
  for (const play& suspect : suspects) {
    start(suspect);
    co_await change{*this};
    const bool alive = co_await confirm_ended();
    if (alive) continue;
    result blamed = judge(*ended_.front());
    blamed.found = verdict::fail;
    if (is_again_) std::erase_if(results_, [&blamed](const result& r) { return r.id == blamed.id; });
    blamed.reason = "the broker went away (its connections were cut, or it did not answer any more), and did so again when this probe was played alone";
    results_.push_back(std::move(blamed));
    ++fails_;
    give_up();
    co_await recover();
  }
}

void schedule::fill() {
  std::size_t busy = 0;
  for (const auto& r : running_) busy += r->what.what->seconds == 0;
  while (!waiting_.empty() && (busy < options_.window || waiting_.front().what->seconds != 0)) {
    const play next = waiting_.front();
    waiting_.pop_front();
    busy += next.what->seconds == 0;
    start(next);
  }
}

void schedule::start(const play& p) {
  auto r = std::make_unique<running>();
  r->what = p;
  r->began = loop_.now();
  r->with = std::make_unique<session>(loop_, peer_, p.version, options_.nonce + number_text(number_++), options_.make_monitor);
  r->on_end = [this, mine = r.get()] {
    mine->has_ended = true;
    loop_.soon(*this);
  };
  r->body = p.what->play(*r->with);
  running& started = *running_.emplace_back(std::move(r));
  started.body.start(started.on_end);
}

// The ended ones are collected here, not where they end: there their frames are still in use.
void schedule::on_soon() {
  for (auto& r : running_)
    if (r->has_ended || r->was_cut) ended_.push_back(std::move(r));
  running_.erase(std::remove(running_.begin(), running_.end(), nullptr), running_.end());
  if (!ended_.empty() && waiter_) std::exchange(waiter_, nullptr).resume();
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
  result out = result_of(r.what);
  session& s = *r.with;
  conclude(out, s, r.body, r.has_ended, longest_play);
  const bool only_records = p.statements.only_records(r.what.version);
  for (const auto& l : s.links())
    if (l->is_garbled() && !only_records && out.found != verdict::fail) out.found = verdict::inconclusive, out.reason = "on \"" + l->name() + "\" came bytes that are no MQTT; see B-MON";
  for (const auto& l : s.links())  // what was awaited may have been in them
    if (l->unreadable() > 0 && out.found == verdict::fail && s.errors_ignored() == 0) out.found = verdict::inconclusive, out.reason += "; but packets came that cannot be read, see B-MON";
  if (only_records) only_record(out, s);
  out.log = s.log().entries();
  return out;
}

void schedule::keep(running& r) {
  result out = judge(r);
  const bool only_records = r.what.what->statements.only_records(r.what.version);
  tally_.add(*r.with, out, !only_records || r.what.version == protocol_version::v3_1);  // 3.1 only ever records
  if (is_again_) return keep_again(std::move(out));
  fails_ += out.found == verdict::fail;
  if (out.found == verdict::fail && r.with->errors_ignored() == 0 && !only_records) doubtful_.push_back(r.what);
  results_.push_back(std::move(out));
}

// The second verdict stands, with its log; but a fail that was seen once is not forgotten.
void schedule::keep_again(result again) {
  for (result& first : results_) {
    if (first.id != again.id) continue;
    if (again.found != verdict::fail) {
      again.reason = "failed once, while others were played (" + first.reason + "), and not when played alone";
      again.found = verdict::inconclusive;
      --fails_;
    }
    first = std::move(again);
    return;
  }
}

void schedule::show_progress(bool is_last) { progress_.show(results_.size(), fails_, loop_.now(), is_last); }

}  // namespace mqttspan::conformance
