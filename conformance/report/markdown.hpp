// Runs as Markdown: for a page that is read where the project is.
#pragma once

#include <span>
#include <string>

#include "result.hpp"

namespace mqttspan::conformance {

/// A table of the peers with their dates and counts; then for each peer that fails somewhere what is seen, in how many cases, and the statements of these cases.
/// Fails that are known for the same reason are one row.
std::string to_markdown(std::span<const run> runs);

}  // namespace mqttspan::conformance
