// Integers, strings and binary data from the front of a stretch of bytes, none of them past its end.
#pragma once

#include <span>
#include <string>

#include "findings.hpp"

namespace mqttspan::conformance::reference {

class wire_reader {
 public:
  /// Reads input[begin, end). What does not fit breaks the rule `past_end`, at the field's first byte.
  wire_reader(std::span<const std::uint8_t> input, std::size_t begin, std::size_t end, std::string_view past_end, findings& found)
      : input_(input), at_(begin), end_(end), past_end_(past_end), found_(&found) {}

  unsigned byte() { return integer(1); }
  unsigned integer(std::size_t size);  ///< high byte first
  unsigned variable();                 ///< variable byte integer; one that is too long is a fault, so is one that need not be as long
  std::string counted();               ///< two bytes of length, then that many bytes
  std::string take(std::size_t size);  ///< throws unless they are there

  /// The next `size` bytes as a stretch of their own; they must be there.
  wire_reader part(std::size_t size, std::string_view past_end);

  std::size_t at() const { return at_; }
  std::size_t left() const { return end_ - at_; }

 private:
  void need(std::size_t size, std::size_t field) const {
    if (left() < size) found_->add_and_stop(past_end_, field);
  }

  std::span<const std::uint8_t> input_;
  std::size_t at_;
  std::size_t end_;
  std::string_view past_end_;
  findings* found_;
};

}  // namespace mqttspan::conformance::reference
