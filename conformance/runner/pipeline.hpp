// Many requests under way at once, the answers in order, and the one to blame where the adapter dies.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "adapter_process.hpp"

namespace mqttspan::conformance {

/// The adapter cannot be started, says nothing, or dies again and again.
struct adapter_lost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A question for the adapter, and what the asker knows it by.
struct request {
  std::size_t vector = 0;
  std::size_t part = 0;
  std::string json;  ///< an object without "id", which the pipeline gives: "{\"op\":…}"
};

class pipeline {
 public:
  struct options {
    std::chrono::seconds patience{30};  ///< for an answer
    unsigned restarts = 50;             ///< how many requests may kill it before we give up
    std::size_t window = 512;           ///< requests under way
  };

  pipeline(const std::string& command, const options& how) : adapter_(command), how_(how) {}

  /// Starts it and asks one question. Throws adapter_lost.
  std::string first_answer(const std::string& question);

  /// What to ask next; nothing at the end. Called whenever there is room.
  std::function<std::optional<request>()> next;
  /// The answer to a request: the line behind its id ("\"packets\":…}"), or all of it where "id" does not come first.
  std::function<void(const request&, std::string line)> answered;
  /// The adapter died of this request, or said nothing to it.
  std::function<void(const request&, const std::string& how)> died_of;

  /// Asks until there is nothing more. Throws adapter_lost.
  void run();

 private:
  struct waiting {
    std::uint64_t id;
    request asked;
  };

  void fill();
  void submit(request r);
  bool take_answers();
  void take_answer(std::string line);
  void recover(const std::string& how);
  std::string why_gone();
  bool wait_for_line(std::string& line);

  adapter_process adapter_;
  options how_;
  std::uint64_t last_id_ = 0;
  unsigned restarts_ = 0;
  std::size_t alone_ = 0;  // so many requests go one at a time: one of them killed it
  std::deque<waiting> under_way_;
  std::deque<request> again_;
};

}  // namespace mqttspan::conformance
