// The manifest of statements, conformance/statements.tsv, as the reports need it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mqttspan::conformance {

/// A row of the file; conformance/README.md says what its columns mean.
struct statement {
  std::string id, version, area, actor, scope, summary, vectors, v5_reason_code, live_broker, live_client, note;
};

using manifest = std::vector<statement>;  ///< in the order of the file

/// Not such a file; what() names the line.
struct manifest_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads the text of the file. Throws manifest_error.
manifest read_manifest(std::string_view tsv);

/// The file as it was when this program was built.
const manifest& built_in_manifest();

/// The statement of that version and id, or null.
const statement* find_statement(const manifest& from, std::string_view version, std::string_view id);

}  // namespace mqttspan::conformance
