#include "vector_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include <mqttspan/codec/utf8.hpp>

#include "hex.hpp"

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 8> expectation_names{"valid",       "incomplete", "malformed", "protocol_error",
                                                            "unsupported", "limit",      "policy",    "refused"};
constexpr std::array<std::string_view, 3> version_folders{"3.1", "3.1.1", "5.0"};

void append_digits(std::string& out, const std::string& digits) {
  for (const char c : digits) {
    if (c == ' ') continue;
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) throw data_error("\"" + digits + "\" is not lower-case hex");
    out.push_back(c);
  }
}

// Doubles what is there: the largest have two million.
void append_times(std::string& out, const std::string& unit, std::size_t times) {
  const std::size_t begin = out.size(), size = unit.size() * times;
  out.reserve(begin + size);
  if (size != 0) out += unit;
  while (out.size() - begin < size) out.append(out, begin, std::min(out.size() - begin, size - (out.size() - begin)));
}

std::vector<std::string> texts(const json& test, const char* key) {
  return test.contains(key) ? test.at(key).get<std::vector<std::string>>() : std::vector<std::string>{};
}

std::vector<unsigned> codes(const json& error, const char* key) {
  return error.contains(key) ? error.at(key).get<std::vector<unsigned>>() : std::vector<unsigned>{};
}

expected_error error_from(const json& error) {
  expected_error out{.rule = error.at("rule").get<std::string>()};
  if (error.contains("offset")) out.offset = error.at("offset").get<unsigned>();
  out.codes = codes(error, "codes");
  out.also = codes(error, "also");
  return out;
}

cut_range cut_from(const json& cut) {
  if (cut.is_number()) return {cut.get<std::size_t>(), cut.get<std::size_t>()};
  return {cut.at("from").get<std::size_t>(), cut.at("to").get<std::size_t>()};
}

bool is_binary(std::string_view key) { return key == "payload" || key == "password" || key == "correlation_data" || key == "authentication_data"; }

// Text that the file gives as hex, because it is long, becomes a string; what is not UTF-8 stays as it is.
json with_text(const json& value, std::string_view key) {
  if (value.is_object() && value.size() == 1 && value.contains("hex") && !is_binary(key)) {
    const std::vector<std::byte> bytes = from_hex(value.at("hex").get<std::string>());
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return is_well_formed_utf8(text) ? json(text) : value;
  }
  const bool is_property = value.is_array() && value.size() == 2 && value[0].is_string();
  json out = value;
  if (is_property) out[1] = with_text(value[1], value[0].get_ref<const std::string&>());
  else if (value.is_array()) std::transform(value.begin(), value.end(), out.begin(), [](const json& one) { return with_text(one, ""); });
  else if (value.is_object())
    for (auto it = out.begin(); it != out.end(); ++it) *it = with_text(*it, it.key());
  return out;
}

test_vector vector_from(const json& test, const std::string& version, const std::string& packet) {
  test_vector out{.id = test.at("id").get<std::string>(), .group = version + "/" + packet};
  out.title = test.at("title").get<std::string>();
  out.version = version;
  out.packet = packet;
  out.sender = test.at("sender").get<std::string>();
  const auto result = expectation_named(test.at("result").get<std::string>());
  if (!result) throw data_error("\"result\" is unknown");
  out.result = *result;
  out.encode = test.value("op", "decode") == "encode";
  if (!out.encode) out.hex = joined_hex(test.at("bytes"));
  out.canonical = test.value("canonical", false);
  out.disputed = test.value("status", "") == "disputed";
  out.open = test.value("status", "") == "open";
  if (test.contains("reencode") && !test.at("reencode").is_null()) out.reencode = joined_hex(test.at("reencode"));
  if (test.contains("value")) out.value = with_text(without_repetitions(test.at("value")), "");
  if (test.contains("error")) out.error = error_from(test.at("error"));
  out.statements = texts(test, "statements");
  out.flags = texts(test, "flags");
  if (test.contains("cuts"))
    for (const json& cut : test.at("cuts")) out.cuts.push_back(cut_from(cut));
  return out;
}

}  // namespace

std::string_view to_string(expectation result) noexcept { return expectation_names[static_cast<std::size_t>(result)]; }

std::optional<expectation> expectation_named(std::string_view name) noexcept {
  const auto* const found = std::find(expectation_names.begin(), expectation_names.end(), name);
  if (found == expectation_names.end()) return std::nullopt;
  return static_cast<expectation>(found - expectation_names.begin());
}

std::string joined_hex(const json& bytes) {
  std::string out;
  if (bytes.is_string()) {
    append_digits(out, bytes.get<std::string>());
  } else {
    for (const json& segment : bytes) {
      const bool repeated = segment.is_object();
      std::string unit;
      append_digits(unit, (repeated ? segment.at("rep") : segment).get<std::string>());
      append_times(out, unit, repeated ? segment.at("n").get<std::size_t>() : 1);
    }
  }
  if (out.size() % 2 != 0) throw data_error("an odd number of hex digits: " + out.substr(0, 60));
  return out;
}

json without_repetitions(const json& value) {
  if (value.is_object() && value.size() == 1 && value.contains("hex")) return {{"hex", joined_hex(value.at("hex"))}};
  json out = value;
  if (value.is_structured())
    for (auto it = out.begin(); it != out.end(); ++it) *it = without_repetitions(*it);
  return out;
}

std::vector<test_vector> read_vector_file(const std::filesystem::path& file) {
  const json content = read_json_file(file);
  std::string where = file.string();
  try {
    if (content.at("format") != "mqtt-vectors/1") throw data_error("the format is not mqtt-vectors/1");
    const auto version = content.at("version").get<std::string>();
    const auto packet = content.at("packet").get<std::string>();
    std::vector<test_vector> out;
    for (const json& test : content.at("tests")) {
      where = file.string() + ": " + test.value("id", "a test without id");
      out.push_back(vector_from(test, version, packet));
    }
    return out;
  } catch (const std::exception& e) {  // of the JSON library, or ours
    throw data_error(where + ": " + e.what());
  }
}

std::vector<test_vector> read_vectors(const std::filesystem::path& folder) {
  std::vector<test_vector> out;
  for (const std::string_view version : version_folders) {
    const std::filesystem::path below = folder / version;
    if (!std::filesystem::is_directory(below)) continue;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(below))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::vector<test_vector> some = read_vector_file(file);
      std::move(some.begin(), some.end(), std::back_inserter(out));
    }
  }
  return out;
}

json read_json_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw data_error(file.string() + ": cannot be read");
  try {
    return json::parse(in);
  } catch (const json::exception& e) {
    throw data_error(file.string() + ": " + e.what());
  }
}

}  // namespace mqttspan::conformance
