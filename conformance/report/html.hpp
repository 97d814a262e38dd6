// Runs as one page: a matrix of peers and statements, every cell of which opens its cases.
#pragma once

#include <span>
#include <string>

#include "manifest.hpp"
#include "result.hpp"

namespace mqttspan::conformance {

/// A file that needs nothing else: it opens from disk, without a server and without a network. A row a statement of `statements`, a column a run. Cases of
/// families are counted, and only some of them shown; of long exchanges only the first bytes are.
std::string to_html(std::span<const run> runs, const manifest& statements);

}  // namespace mqttspan::conformance
