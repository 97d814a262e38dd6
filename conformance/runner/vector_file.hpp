// Reads files of curated vectors, mqtt-vectors/1.
#pragma once

#include <filesystem>
#include <vector>

#include "test_vector.hpp"

namespace mqttspan::conformance {

/// The hex digits that `bytes` stand for: digits with spaces, or an array of them and of {"rep":"61","n":9}. Throws data_error.
std::string joined_hex(const nlohmann::json& bytes);

/// A value as files write it, with all repetitions written out.
nlohmann::json without_repetitions(const nlohmann::json& value);

/// The vectors of one file, in its order. Throws data_error.
std::vector<test_vector> read_vector_file(const std::filesystem::path& file);

/// All curated vectors below a folder: of its version folders, files sorted by name. Throws data_error.
std::vector<test_vector> read_vectors(const std::filesystem::path& folder);

/// The JSON in a file. Throws data_error.
nlohmann::json read_json_file(const std::filesystem::path& file);

}  // namespace mqttspan::conformance
