// What a probe works with: connections, names of its own, and the verdict that it comes to.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/posix/loop.hpp>

#include "journal.hpp"
#include "link.hpp"
#include "peer.hpp"
#include "task.hpp"

namespace mqttspan::conformance {

/// For an answer that has to come: whoever is silent for so long does not answer.
inline constexpr milliseconds patience{5'000};

/// Thrown by a probe, through the functions of session, when it cannot or need not go on.
struct verdict_reached {
  verdict found;
  std::string reason;
  std::string_view statements{};  ///< of a fail: those that are broken, where not all of the probe's are
};

/// Makes the monitor of a new connection.
using monitor_maker = std::function<std::unique_ptr<monitor>(protocol_version)>;

/// One probe's play, in one version. Its links live as long as it does.
class session final : private posix::watcher {
 public:
  /// `key` is a short word of letters and digits that no other play in this run has, nor one in a run before.
  session(posix::loop& loop, const conformance::peer& who, protocol_version version, std::string key, monitor_maker make_monitor);
  ~session();

  protocol_version version() const noexcept { return version_; }
  bool v5() const noexcept { return version_ == protocol_version::v5; }
  bool v3_1() const noexcept { return version_ == protocol_version::v3_1; }
  const conformance::peer& peer() const noexcept { return peer_; }
  journal& log() noexcept { return log_; }

  /// A client id that is this play's own: letters and digits, at most 23. The same for the same role.
  std::string client_id(std::string_view role) const;
  /// A topic that is this play's own: "mqttspan/KEY/what".
  std::string topic(std::string_view what) const;

  /// A connection that is not open yet. `of_peer` is the role that the other side has.
  link& new_link(std::string_view name, sender of_peer);
  const std::vector<std::unique_ptr<link>>& links() const noexcept { return links_; }

  /// Only where a recipe is about time.
  auto pause(milliseconds length) noexcept { return pausing{*this, length}; }

  /// Ends the probe.
  /// @{
  [[noreturn]] void fail(const std::string& reason, std::string_view statements = {}) const { throw verdict_reached{verdict::fail, reason, statements}; }
  [[noreturn]] void skip(const std::string& reason) const { throw verdict_reached{verdict::skip, reason, {}}; }
  [[noreturn]] void inconclusive(const std::string& reason) const { throw verdict_reached{verdict::inconclusive, reason, {}}; }
  /// Fails with the reason where `holds` is not so: "expected …, got …". `statements`, with spaces between them: only these of the probe's are broken.
  void require(bool holds, const std::string& reason, std::string_view statements = {}) const {
    if (!holds) fail(reason, statements);
  }
  /// @}

  /// Where the text leaves it open: what was seen. The verdict becomes info.
  void info(std::string what) { info_.push_back(std::move(what)); }
  /// What the text recommends: kept to, a pass becomes a strict pass; else info.
  void recommended(bool kept, std::string otherwise) {
    if (kept) strictly_ = true;
    else info(std::move(otherwise));
  }
  /// What was seen, for the reason of probes that only record.
  void saw(std::string what) { seen_.push_back(std::move(what)); }

  /// How the connection of a probe that sent an error ended, for the check over all of them: with a reason code before, or without.
  void error_was_sent(bool and_closed, bool and_told = false) {
    (and_closed ? errors_closed_ : errors_ignored_)++;
    errors_told_ += and_closed && and_told;
  }
  int errors_closed() const noexcept { return errors_closed_; }
  int errors_told() const noexcept { return errors_told_; }
  int errors_ignored() const noexcept { return errors_ignored_; }

  /// The verdict of a probe that came to its end, and why.
  verdict found() const { return !info_.empty() ? verdict::info : strictly_ ? verdict::strict_pass : verdict::pass; }
  std::string reason() const;
  std::string seen() const;

 private:
  struct pausing {
    session& of;
    milliseconds length;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) {
      of.waiter_ = h;
      of.loop_.wake_at(of, of.loop_.now() + length.count());
    }
    void await_resume() const noexcept {}
  };
  void on_ready(posix::readiness) override {}
  void on_time() override { std::exchange(waiter_, nullptr).resume(); }

  posix::loop& loop_;
  const conformance::peer& peer_;
  protocol_version version_;
  std::string key_;
  monitor_maker make_monitor_;
  journal log_;
  std::vector<std::unique_ptr<link>> links_;
  std::coroutine_handle<> waiter_;
  std::vector<std::string> info_, seen_;
  bool strictly_ = false;
  int errors_closed_ = 0, errors_told_ = 0, errors_ignored_ = 0;
};

}  // namespace mqttspan::conformance
