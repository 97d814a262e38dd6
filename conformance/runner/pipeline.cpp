#include "pipeline.hpp"

namespace mqttspan::conformance {
namespace {

constexpr std::size_t much_unsent = 1 << 18;
constexpr std::size_t judged_at_once = 32;

std::string with_id(std::uint64_t id, const std::string& json) { return "{\"id\":" + std::to_string(id) + "," + json.substr(1); }

}  // namespace

std::string pipeline::first_answer(const std::string& question) {
  adapter_.start();
  adapter_.send(with_id(++last_id_, question));
  std::string line;
  if (!wait_for_line(line)) throw adapter_lost("the adapter does not answer: " + why_gone());
  return line;
}

void pipeline::run() {
  for (;;) {
    fill();
    if (under_way_.empty()) return;
    adapter_.wait(std::chrono::milliseconds(0));  // so that it has work while we judge
    if (take_answers()) continue;
    const auto deadline = std::chrono::steady_clock::now() + how_.patience;
    bool heard = false;
    while (!heard && !adapter_.gone() && std::chrono::steady_clock::now() < deadline) {
      const bool moved = adapter_.wait(std::chrono::milliseconds(200));
      heard = take_answers();
      if (moved && !heard && under_way_.size() < how_.window) fill();
    }
    if (!heard) recover(why_gone());
  }
}

void pipeline::fill() {
  const std::size_t most = alone_ != 0 ? 1 : how_.window;
  while (under_way_.size() < most && adapter_.unsent() < much_unsent) {
    if (!again_.empty()) {
      submit(std::move(again_.front()));
      again_.pop_front();
      continue;
    }
    std::optional<request> one = next();
    if (!one) return;
    submit(std::move(*one));
  }
}

void pipeline::submit(request r) {
  adapter_.send(with_id(++last_id_, r.json));
  under_way_.push_back({last_id_, std::move(r)});
}

bool pipeline::take_answers() {
  bool any = false;
  for (std::size_t left = judged_at_once; left != 0 && !under_way_.empty(); --left) {
    std::optional<std::string> line = adapter_.line();
    if (!line) break;
    take_answer(std::move(*line));
    any = true;
  }
  return any;
}

void pipeline::take_answer(std::string line) {
  const waiting first = std::move(under_way_.front());
  under_way_.pop_front();
  if (alone_ != 0) --alone_;
  const std::string usual = "{\"id\":" + std::to_string(first.id) + ",";
  if (line.compare(0, usual.size(), usual) == 0) line.erase(0, usual.size());
  answered(first.asked, std::move(line));
}

// One request alone under way is to blame. Of several nobody knows which: they are all asked again, one at a time.
void pipeline::recover(const std::string& how) {
  if (under_way_.size() == 1 || restarts_ >= how_.restarts) {
    died_of(under_way_.front().asked, how);
    under_way_.pop_front();
    if (alone_ != 0) --alone_;
    if (restarts_ >= how_.restarts) throw adapter_lost("the adapter has died or fallen silent too often, last time: " + how);
  }
  if (alone_ == 0) alone_ = under_way_.size();
  while (!under_way_.empty()) {
    again_.push_front(std::move(under_way_.back().asked));
    under_way_.pop_back();
  }
  ++restarts_;
  adapter_.stop();
  adapter_.start();
}

std::string pipeline::why_gone() {
  const bool silent = !adapter_.gone();
  adapter_.stop();
  return silent ? "no answer for " + std::to_string(how_.patience.count()) + " s" : "it " + adapter_.ending();
}

bool pipeline::wait_for_line(std::string& line) {
  const auto deadline = std::chrono::steady_clock::now() + how_.patience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (std::optional<std::string> one = adapter_.line()) {
      line = std::move(*one);
      return true;
    }
    if (adapter_.gone()) return false;
    adapter_.wait(std::chrono::milliseconds(200));
  }
  return false;
}

}  // namespace mqttspan::conformance
