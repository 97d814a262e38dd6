// A run as a JSON file: format "mqtt-conformance-run/1", described by run.schema.json.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "result.hpp"

namespace mqttspan::conformance {

/// The most bytes of one exchange that the file keeps; `omitted` counts the others.
inline constexpr std::size_t most_bytes_kept = 4096;

/// The text of the file: one result a line, so that `grep` and `diff` work. Text that is not UTF-8 comes out with U+FFFD in its place.
std::string to_json(const run& r);

/// Not such a file; what() says where and why.
struct run_json_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The run that `to_json` wrote. Keys that this version does not know are passed over. Throws run_json_error, also where the counts in the file
/// are not those of its results.
run run_from_json(std::string_view text);

}  // namespace mqttspan::conformance
