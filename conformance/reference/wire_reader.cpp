#include "wire_reader.hpp"

namespace mqttspan::conformance::reference {

unsigned wire_reader::integer(std::size_t size) {
  need(size, at_);
  unsigned value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value * 256 + input_[at_++];
  return value;
}

unsigned wire_reader::variable() {
  const std::size_t field = at_;
  unsigned value = 0;
  unsigned factor = 1;
  for (int read = 1;; ++read, factor *= 128) {
    need(1, field);
    const unsigned next = input_[at_++];
    value += next % 128 * factor;
    if (next < 128) {
      if (read > 1 && next == 0) found_->add("variable_byte_integer_not_minimal", field);
      return value;
    }
    if (read == 4) found_->add_and_stop("variable_byte_integer_too_long", field);
  }
}

std::string wire_reader::counted() {
  const std::size_t field = at_;
  const unsigned size = integer(2);
  need(size, field);
  return take(size);
}

std::string wire_reader::take(std::size_t size) {
  need(size, at_);
  const auto from = input_.begin() + static_cast<std::ptrdiff_t>(at_);
  at_ += size;
  return {from, from + static_cast<std::ptrdiff_t>(size)};
}

wire_reader wire_reader::part(std::size_t size, std::string_view past_end) {
  const std::size_t begin = at_;
  at_ += size;
  return {input_, begin, at_, past_end, *found_};
}

}  // namespace mqttspan::conformance::reference
