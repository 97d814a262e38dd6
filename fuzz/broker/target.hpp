// Whom the fuzzer works with: where it listens, its process where we have started it, and a witness that tells whether it answers anybody at all.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <mqttspan/posix/loop.hpp>
#include <mqttspan/posix/socket.hpp>

#include "broker_process.hpp"
#include "party.hpp"

namespace mqttspan::fuzz {

/// A connection that does nothing wrong, and asks for a PINGRESP again and again.
class witness final : private posix::watcher {
 public:
  witness(posix::loop& loop, const party_options& how, protocol_version version);
  ~witness();

  /// Begins anew, with a connection of its own.
  void connect();
  /// Asks at once, where it does not wait already.
  void ask();
  /// The peer has ended it, or nobody listens.
  bool is_gone() const noexcept { return party_ && party_->has_ended(); }
  /// All that was asked at that time, or before, has been answered.
  bool was_answered_after(instant when) const noexcept { return answered_ && *answered_ >= when; }
  /// How often it has asked, and how many of those have been answered.
  std::size_t asked() const noexcept { return times_asked_; }
  std::size_t answered() const noexcept { return times_answered_; }
  /// Since when it waits; nothing where it does not.
  std::optional<instant> waits_since() const noexcept { return asked_; }
  /// The longest answer of late, in milliseconds.
  std::int64_t slowest() const noexcept { return slowest_; }

 private:
  void on_ready(posix::readiness) override {}
  void on_time() override;
  void on_change();

  posix::loop& loop_;
  const party_options& how_;
  protocol_version version_;
  std::function<void()> changed_;
  std::unique_ptr<party> party_;
  std::optional<instant> asked_, answered_;
  std::size_t times_asked_ = 0, times_answered_ = 0;
  std::int64_t slowest_ = 0;
};

/// The peer's process, and what it says on standard error.
class target {
 public:
  /// `command` may be empty: then somebody else has started it.
  target(posix::socket_address at, const std::string& command);
  ~target();

  const posix::socket_address& at() const noexcept { return at_; }
  bool is_ours() const noexcept { return process_ != nullptr; }
  /// Starts it anew, or waits for it to come back where it is not ours; false where nobody answers.
  bool start(bool is_stuck = false);
  /// Whether somebody listens.
  bool is_reachable() const;
  /// How it ended: "was ended by signal 11"; empty while it runs, and where it is not ours.
  std::string how_it_ended();
  /// What it has said that sanitizers and assertions say: the telling line; empty where there is none. Looks at what is new since the last call.
  std::string new_complaint();
  /// The end of what it has said.
  std::string last_words() const;
  /// Memory in KiB that is resident, of all its processes; 0 where that is not known.
  std::size_t resident() const;

 private:
  posix::socket_address at_;
  std::string log_;
  std::unique_ptr<conformance::broker_process> process_;
  std::size_t read_ = 0;  // of the log
};

/// The first line of the text that a sanitizer or a failed assertion has written: without addresses and process numbers, so that the same fault gives the same line.
std::string complaint_in(const std::string& text);
/// The file's text from there on; empty where it cannot be read.
std::string text_of_file(const std::string& path, std::size_t from);
/// A new file, empty.
std::string temporary_file();

}  // namespace mqttspan::fuzz
