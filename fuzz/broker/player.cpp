#include "player.hpp"

#include <limits>
#include <utility>

#include <mqttspan/codec/error.hpp>

#include "broker/monitor.hpp"
#include "client/monitor.hpp"

namespace mqttspan::fuzz {
namespace {

constexpr std::size_t at_its_end = std::numeric_limits<std::size_t>::max();

// Rows about gaps of the text are only recorded.
bool is_required(bool of_client, std::string_view row, protocol_version version) {
  for (const conformance::monitor_row& each : of_client ? conformance::client::meta().rows : conformance::broker::meta().rows)
    if (each.name == row) return !each.statements.only_records(version);
  return true;
}

// Whether a PINGREQ of ours would be read as one, and not as a part of something else.
bool can_be_asked(const stream_reader& sent) {
  return sent.is_open() || ((sent.standing() == standing::unsure || sent.standing() == standing::must_close) && !sent.is_frame_lost());
}

}  // namespace

player::player(posix::loop& loop, const party_options& how, script what, std::int64_t grace, std::function<void(player&)> ended)
    : loop_(loop), how_(how), what_(std::move(what)), grace_(grace), ended_(std::move(ended)) {
  changed_ = [this] { loop_.soon(*this); };
  for (const protocol_version version : what_.parties) parties_.push_back(std::make_unique<party>(loop_, how_, version, changed_));
  asked_.resize(parties_.size());
}

player::~player() { loop_.forget(*this); }

void player::start() {
  progress_ = loop_.now();
  advance();
}

void player::on_soon() {
  if (!has_ended_) advance();
}

void player::on_time() {
  grace_is_over_ = true;
  advance();
}

void player::advance() {
  count_marks();
  while (at_ < what_.steps.size())
    if (!take_step()) return;
  for (std::size_t i = 0; i < parties_.size(); ++i)
    if (!is_settled_at_end(i)) return;
  finish();
}

// False where the step has to wait for what another party has sent.
bool player::take_step() {
  const step& s = what_.steps[at_];
  const bool waits = s.party != current_ || s.what == action::abort;
  if (waits && !is_settled(current_)) return false;
  current_ = s.party;
  party& p = *parties_[s.party];
  if (s.what == action::send) p.send(s.bytes), asked_[s.party] = 0;
  else if (s.what == action::end) p.end();
  else if (s.what == action::abort) p.abort();
  else if (can_be_asked(p.sent())) p.ping(), asked_[s.party] = 1, mark_pings_.push_back(p.pings());
  else mark_pings_.push_back(at_its_end);
  progress_ = loop_.now();
  ++at_;
  return true;
}

// What the party has sent has been dealt with, as far as that can be known while it may go on.
bool player::is_settled(std::size_t index) {
  party& p = *parties_[index];
  const standing now = p.sent().standing();
  if (p.has_ended() || now == standing::fresh || now == standing::torn) return true;
  if (!can_be_asked(p.sent())) {
    if (now != standing::must_close) p.end();
    return false;
  }
  if (!std::exchange(asked_[index], char{1})) p.ping(), progress_ = loop_.now();
  if (!p.is_answered()) return false;
  if (now != standing::must_close || grace_ == 0 || grace_is_over_) return true;
  if (!std::exchange(in_grace_, true)) loop_.wake_at(*this, loop_.now() + grace_);
  return false;
}

bool player::is_settled_at_end(std::size_t index) {
  party& p = *parties_[index];
  if (p.sent().standing() != standing::torn || p.has_ended()) return is_settled(index);
  p.end();
  return false;
}

void player::count_marks() {
  std::size_t pongs = 0, news = 0;
  for (const auto& p : parties_) pongs += p->pongs(), news += p->has_ended() ? 1u : 0u;
  while (outcome_.marks < mark_pings_.size() && mark_pings_[outcome_.marks] <= pongs) ++outcome_.marks;
  if (std::exchange(news_, news + pongs) != news + pongs) progress_ = loop_.now();
}

void player::give_up() {
  outcome_.is_silent = true;
  finish();
}

void player::finish() {
  has_ended_ = true;
  loop_.forget(*this);
  std::size_t marks = 0;
  for (const step& s : what_.steps) marks += s.what == action::mark ? 1u : 0u;
  outcome_.was_cut = !outcome_.is_silent && outcome_.marks + 1 < marks;
  outcome_.was_played = !outcome_.is_silent;
  for (std::size_t i = 0; i < parties_.size(); ++i) judge(i);
  for (auto& p : parties_)
    if (!p->has_ended()) p->abort();
  ended_(*this);
}

std::optional<objection> player::closing_due(const party& p) const {
  const stream_reader& sent = p.sent();
  if (sent.standing() != standing::must_close || p.has_ended()) return std::nullopt;
  if (!p.is_answered() && !(outcome_.is_silent && sent.is_frame_lost())) return std::nullopt;
  return objection{closing_id(sent.what(), sent.version()), "stays connected behind: " + std::string(describe(sent.what(), sent.version(), as_bytes(sent.wrong())).view()),
                   std::string(closing_statement(sent.what(), sent.version(), sent.wrong(), sent.self()))};
}

void player::judge(std::size_t index) {
  const party& p = *parties_[index];
  const std::string version(to_string(p.sent().version()));
  outcome_.was_refused = outcome_.was_refused || p.was_refused();
  outcome_.shape.push_back(p.shape());
  for (const std::string& line : p.log()) outcome_.heard.push_back("party " + std::to_string(index) + ": " + line);
  for (const conformance::finding& f : p.objections())
    if (is_required(how_.of_client, f.row, p.sent().version())) outcome_.objections.push_back({(how_.of_client ? "C-MON/" : "B-MON/") + version + "/" + f.row, f.what, ""});
  if (auto due = closing_due(p)) outcome_.objections.push_back(std::move(*due)), outcome_.is_silent = outcome_.is_silent && !p.sent().is_frame_lost();
  else if (outcome_.is_silent && !p.has_ended() && !p.is_answered() && p.sent().standing() != standing::fresh) {
    outcome_.version = p.sent().version();
    outcome_.was_owed = outcome_.was_owed || (p.sent().standing() == standing::open && p.bytes_received() != 0);
    if (outcome_.waited_for.empty()) outcome_.waited_for = last_packet(what_);
  }
}

}  // namespace mqttspan::fuzz
