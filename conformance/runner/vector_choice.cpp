#include "vector_choice.hpp"

#include <algorithm>
#include <iterator>

#include <CLI/CLI.hpp>

#include "family.hpp"
#include "vector_file.hpp"
#include "vectors_folder.hpp"

namespace mqttspan::conformance {

void vector_choice::add_options(CLI::App& command) {
  folder = vectors_folder();
  command.add_option("--vectors", folder, "Folder of the vectors")->check(CLI::ExistingDirectory)->capture_default_str();
  command.add_flag("--families,!--no-families", families, "The families too (default)");
  command.add_flag("--curated,!--no-curated", curated, "The curated vectors too (default)");
  command.add_option("--versions", versions, "Only these versions: 3.1,3.1.1,5.0")->delimiter(',')->check(CLI::IsMember({"3.1", "3.1.1", "5.0"}));
  command.add_option("--filter", filters, "Only vectors whose id has this in it: 5.0/publish, utf8/; may be given again")->allow_extra_args(false);
}

std::vector<test_vector> vector_choice::read() const {
  const std::vector<test_vector> all = read_vectors(folder);
  std::vector<test_vector> out;
  const auto take = [&](const std::vector<test_vector>& from) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(out), [this](const test_vector& v) { return takes(v); });
  };
  if (curated) take(all);
  if (families)
    for (const family& declared : read_families(std::filesystem::path(folder) / "families")) take(expand(declared, all));
  return out;
}

bool vector_choice::takes(const test_vector& v) const {
  if (!versions.empty() && std::find(versions.begin(), versions.end(), v.version) == versions.end()) return false;
  return filters.empty() || std::any_of(filters.begin(), filters.end(), [&](const std::string& part) { return v.id.find(part) != std::string::npos; });
}

}  // namespace mqttspan::conformance
