// All vectors, shown to one codec in all ways, and what became of each.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "grading.hpp"
#include "pipeline.hpp"
#include "test_vector.hpp"

namespace mqttspan::conformance {

struct outcome {
  unsigned grade = 3;
  bool open = false;      ///< no grade: the text leaves it open
  std::string skip{};     ///< why it was not tried; empty where it was
  std::string reason{};   ///< why not grade 3, or what was seen where it is open
  std::string unencoded{};  ///< why its value was not encoded again, where it should have been
  std::string asked{};    ///< hex chunks of what the reason is about
  std::string answered{};
};

class codec_run {
 public:
  struct options {
    std::string command;
    grading judge{};
    pipeline::options patience{};
  };
  using progress = std::function<void(std::size_t done)>;

  /// Borrows the vectors.
  codec_run(const std::vector<test_vector>& vectors, options how);

  /// Shows all. Throws adapter_lost; the outcomes of vectors that were not shown then say so in `skip`.
  void run(const progress& tell);
  /// One a vector.
  const std::vector<outcome>& outcomes() const { return outcomes_; }
  /// The codec's name and version, where the adapter tells them.
  const std::string& codec() const { return codec_; }
  /// Packets handed over, in all ways and directions.
  std::size_t requests() const { return requests_; }

 private:
  struct state {
    std::size_t left = 0;       // requests not answered
    std::size_t ways = 0;       // presentations
    std::string whole{};        // the answer to the whole packet, while others are to come
    bool done = false;
  };

  void learn_capabilities(const std::string& line);
  std::optional<request> next();
  void begin_vector();
  request decode_request(const test_vector& v, const presentation& how) const;
  request encode_request(std::size_t vector, const std::string& packet) const;
  void take(const request& asked, const std::string& line);
  void take_decoded(const request& asked, const std::string& line);
  void take_encoded(const request& asked, const std::string& line);
  void ask_encoding(std::size_t vector, const answer& given);
  void note(const request& asked, const std::string& line, const std::string& way, const judgement& found);
  void finish(std::size_t vector);
  std::string why_not_tried(const test_vector& v) const;
  std::string sender_for(const test_vector& v) const;
  std::vector<presentation> ways_of(const test_vector& v) const;

  const std::vector<test_vector>& vectors_;
  options how_;
  pipeline pipeline_;
  std::vector<std::string> versions_;
  std::vector<std::string> senders_;
  bool encodes_ = true;
  bool refuses_ = true;
  std::string codec_;
  std::vector<outcome> outcomes_;
  std::vector<state> states_;
  std::size_t at_ = 0;                 // the vector whose presentations are being asked
  std::vector<presentation> ways_;     // of it
  std::size_t way_ = 0;
  std::deque<request> follow_ups_;
  std::size_t requests_ = 0;
  std::size_t done_ = 0;
  const progress* tell_ = nullptr;
};

}  // namespace mqttspan::conformance
