// The schedule for clients that connect by themselves, again and again: one probe on each connection, in the version that its CONNECT names.
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iterator>

#include "hex.hpp"
#include "schedule.hpp"

namespace mqttspan::conformance::client {
namespace {

// For CONNECT, once a connection is there.
constexpr milliseconds to_greet{5'000};
// Before it is said that nobody comes.
constexpr milliseconds unsaid{3'000};

volatile std::sig_atomic_t was_interrupted = 0;

// Ctrl-C ends the run, whose results are kept; once more, and it ends the program.
class interruptible {
 public:
  interruptible() {
    struct sigaction noted {};
    noted.sa_handler = [](int) {
      if (was_interrupted) ::_exit(130);
      was_interrupted = 1;
    };
    ::sigaction(SIGINT, &noted, &before_);
  }
  ~interruptible() { ::sigaction(SIGINT, &before_, nullptr); }
  interruptible(const interruptible&) = delete;
  interruptible& operator=(const interruptible&) = delete;

 private:
  struct sigaction before_ {};
};

enum class beginning { incomplete, connect, other };

// Of CONNECT no more is looked at than the level, which stands at most 13 bytes from the front.
beginning begins_with(bytes_view head, protocol_version& version) {
  const auto at = [head](std::size_t i) { return std::to_integer<unsigned>(head[i]); };
  if (!head.empty() && at(0) != 0x10) return beginning::other;
  std::size_t name = 1;
  while (name < head.size() && name < 5 && (at(name) & 0x80) != 0) ++name;  // the Remaining Length
  if (name == 5) return beginning::other;
  ++name;
  if (head.size() < name + 2) return beginning::incomplete;
  const std::size_t level = name + 2 + (at(name) << 8) + at(name + 1);
  if (level > 13) return beginning::other;
  if (head.size() <= level) return beginning::incomplete;
  if (at(level) < 3 || at(level) > 5) return beginning::other;
  version = static_cast<protocol_version>(at(level));
  return beginning::connect;
}

std::string seconds(milliseconds length) { return std::to_string(length.count() / 1'000) + " s"; }

}  // namespace

// In the order of the catalogue, but in the end those behind which a client may stay away.
std::deque<play> schedule::gentle_first(const std::vector<play>& plays) {
  std::deque<play> ordered(plays.begin(), plays.end());
  const auto last = std::remove_if(ordered.begin(), ordered.end(), [](const play& p) { return p.what->parts; });
  ordered.erase(last, ordered.end());
  std::copy_if(plays.begin(), plays.end(), std::back_inserter(ordered), [](const play& p) { return p.what->parts; });
  return ordered;
}

void schedule::run_waiting() {
  const interruptible during;
  const std::size_t all = waiting_.size();
  std::erase_if(waiting_, [this](const play& p) { return set_aside(p); });
  aside_ = results_.size();
  const posix::address here = shared_->where();
  say("listening at " + here.text() + " for a client that connects by itself, and again whenever it is cut off; " + std::to_string(all - waiting_.size()) +
      " of all probes need a driver (--driver). Ctrl-C ends the run, and keeps what was found");
  arrival_of last = arrival_of::a_client;
  for (protocol_version version{}; !is_done() && (last = wait_for_client(version)) == arrival_of::a_client;) play_next_of(version);
  give_up(last);
}

bool schedule::has_play_of(protocol_version version) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [version](const play& p) { return p.version == version; });
}

// All is played in the versions in which anybody came.
bool schedule::is_done() const {
  return waiting_.empty() || (!seen_.empty() && std::none_of(seen_.begin(), seen_.end(), [this](protocol_version v) { return has_play_of(v); }));
}

schedule::arrival_of schedule::wait_for_client(protocol_version& version) {
  const instant began = loop_.now();
  if (!began_) began_ = began;
  for (;;) {
    const instant now = loop_.now();
    if (was_interrupted) return arrival_of::interrupted;
    if (now - *began_ > options_.at_most.count()) return arrival_of::too_late;
    const int fd = shared_->next_fd();
    if (fd >= 0) {
      if (takes(fd, version)) return arrival_of::a_client;
      shared_->drop_next();
      continue;
    }
    if (now - began > options_.wait.count()) return arrival_of::nobody;
    if (now - began > unsaid.count()) say("waits for a client, at most " + seconds(options_.wait));
    loop_.run_once();
  }
}

// Looks at what the connection begins with; the bytes stay where they are.
bool schedule::takes(int fd, protocol_version& version) {
  std::byte head[16];
  const instant until = loop_.now() + to_greet.count();
  beginning what = beginning::incomplete;
  bytes_view seen;
  while (what == beginning::incomplete && loop_.now() < until && !was_interrupted) {
    pollfd ready{fd, POLLIN, 0};
    ::poll(&ready, 1, 100);
    const ssize_t n = ::recv(fd, head, sizeof head, MSG_PEEK);
    if (n == 0) return false;
    if (n < 0) continue;
    if (static_cast<std::size_t>(n) == seen.size()) loop_.run_once();  // no more has come: not as fast as poll says that something is there
    seen = bytes_view(head, static_cast<std::size_t>(n));
    what = begins_with(seen, version);
  }
  if (what != beginning::connect) {
    say("dropped: a connection that begins with " + (seen.empty() ? "nothing" : to_hex(seen)) + ", and no CONNECT");
    return false;
  }
  if (has_play_of(version)) return seen_.insert(version), true;
  say("dropped: a client with version " + std::string(to_string(version)) + ", for which there is no probe any more");
  may_stay_away_ = true;  // it came
  return false;
}

void schedule::play_next_of(protocol_version version) {
  const auto next = std::find_if(waiting_.begin(), waiting_.end(), [version](const play& p) { return p.version == version; });
  const play p = *next;
  waiting_.erase(next);
  may_stay_away_ = p.what->parts;
  said_.clear();
  start(p);
  while (!running_.empty()) loop_.run_once();
  const auto left = std::count_if(waiting_.begin(), waiting_.end(), [this](const play& each) { return seen_.count(each.version) != 0; });
  progress_.count(results_.size() - aside_ + static_cast<std::size_t>(left));
}

// What is left is skipped. A client that does not come again has perhaps not lived through the last probe.
void schedule::give_up(arrival_of why) {
  const bool is_over = why == arrival_of::a_client;
  const std::string because = why == arrival_of::nobody ? "the client did not come again within " + seconds(options_.wait)
                              : why == arrival_of::too_late ? "not begun within " + seconds(options_.at_most) + " (--at-most)"
                                                             : "interrupted";
  if (why == arrival_of::nobody && !seen_.empty() && !may_stay_away_ && results_.back().found != verdict::fail) {
    result& last = results_.back();
    last.reason = "behind this probe " + because + (last.reason.empty() ? "" : "; " + last.reason);
    last.found = verdict::inconclusive;
  }
  for (const play& p : waiting_) results_.push_back(skipped(p, seen_.count(p.version) == 0 ? "no client came with this version" : because));
  if (seen_.empty()) say("nobody came with a CONNECT");
  else say(is_over ? "all is played that needs no driver" : because);
  aside_ += waiting_.size();
  waiting_.clear();
}

// Once, until something else is said.
void schedule::say(const std::string& what) {
  if (!options_.progress || what == said_) return;
  said_ = what;
  std::fprintf(stderr, "%s\n", what.c_str());
}

}  // namespace mqttspan::conformance::client
