// Families: sweeps that are declared in data, mqtt-families/1, and expanded to vectors here. Nothing of any codec is used.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "test_vector.hpp"

namespace mqttspan::conformance {

struct family {
  std::filesystem::path file;
  std::string name;
  std::size_t count = 0;  ///< as the file says
  std::string sha256{};   ///< of the line form, as the file says
  nlohmann::json content{};
};

/// One family file. Throws data_error.
family read_family(const std::filesystem::path& file);

/// All families of a folder, sorted by file name; none where there is no such folder. Throws data_error.
std::vector<family> read_families(const std::filesystem::path& folder);

/// The cases of a family, in order. Those that cut and extend packets take these from `curated`. Throws data_error.
std::vector<test_vector> expand(const family& declared, const std::vector<test_vector>& curated);

}  // namespace mqttspan::conformance
