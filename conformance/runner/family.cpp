#include "family.hpp"

#include <algorithm>
#include <iterator>

#include "family_condition.hpp"
#include "family_derived.hpp"
#include "packet_template.hpp"
#include "vector_file.hpp"

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

constexpr std::string_view digits = "0123456789abcdef";

// "00..ff" is each byte from 00 to ff; other text is the bytes themselves.
std::vector<filling> fillings_from(const std::string& text) {
  const std::size_t range = text.find("..");
  if (range == std::string::npos) return {{.name = text, .hex = packet_template(text).fill({}).hex}};
  std::vector<filling> out;
  for (unsigned long byte = std::stoul(text.substr(0, range), nullptr, 16); byte <= std::stoul(text.substr(range + 2), nullptr, 16); ++byte) {
    const std::string hex{digits[byte >> 4], digits[byte & 0xF]};
    out.push_back({.name = hex, .hex = hex});
  }
  return out;
}

filling filling_from(const json& entry) {
  filling out{.name = entry.at("name").get<std::string>(), .hex = packet_template(entry.at("hex").get<std::string>()).fill({}).hex};
  if (entry.contains("is")) out.words = entry.at("is").get<std::vector<std::string>>();
  out.at = entry.value("at", std::size_t{0});
  return out;
}

std::vector<filling> set_from(const json& entries) {
  std::vector<filling> out;
  for (const json& entry : entries) {
    if (entry.is_object()) {
      out.push_back(filling_from(entry));
    } else {
      std::vector<filling> some = fillings_from(entry.get<std::string>());
      std::move(some.begin(), some.end(), std::back_inserter(out));
    }
  }
  return out;
}

// One sweep: each template, with each combination of what may fill its holes.
class sweep {
 public:
  sweep(const family& declared, const json& content, std::vector<test_vector>& out) : declared_(declared), content_(content), out_(out) {
    const json& over = content.at("over");
    for (auto it = over.begin(); it != over.end(); ++it) sets_.emplace_back(it.key(), set_from(declared.content.at("sets").at(it->get<std::string>())));
  }

  void expand() {
    for (const json& declared : content_.at("templates")) {
      const packet_template bytes(declared.at("bytes").get<std::string>());
      fillings holes;
      filling own{.name = declared.at("name").get<std::string>()};
      if (declared.contains("is")) own.words = declared.at("is").get<std::vector<std::string>>();
      holes["template"] = std::move(own);
      holes["version"] = {.name = declared.at("version").get<std::string>()};
      holes["sender"] = {.name = declared.value("sender", "any")};
      combine(declared, bytes, holes, 0);
    }
  }

 private:
  void combine(const json& declared, const packet_template& bytes, fillings& holes, std::size_t set) {
    if (set == sets_.size()) return add(declared, bytes, holes);
    for (const filling& one : sets_[set].second) {
      holes[sets_[set].first] = one;
      combine(declared, bytes, holes, set + 1);
    }
  }

  void add(const json& declared, const packet_template& bytes, const fillings& holes) {
    test_vector v{.id = declared_.name + "/" + holes.at("version").name + "/" + holes.at("template").name, .group = declared_.name};
    hole_values values;
    for (const auto& set : sets_) {
      const filling& in = holes.at(set.first);
      v.id += "/" + in.name;
      values[set.first] = in.hex;
    }
    const filled_template filled = bytes.fill(values);
    v.title = v.id;
    v.version = holes.at("version").name;
    v.packet = declared.value("packet", "");
    v.sender = holes.at("sender").name;
    v.hex = filled.hex;
    v.of_family = true;
    v.canonical = true;
    if (!declared.value("canonical", content_.value("canonical", true))) v.canonical = false;
    if (decide(content_.at("expect"), holes, filled, v)) out_.push_back(std::move(v));
  }

  const family& declared_;
  const json& content_;
  std::vector<test_vector>& out_;
  std::vector<std::pair<std::string, std::vector<filling>>> sets_;
};

}  // namespace

family read_family(const std::filesystem::path& file) {
  json content = read_json_file(file);
  try {
    if (content.at("format") != "mqtt-families/1") throw data_error("the format is not mqtt-families/1");
    family out{.file = file, .name = content.at("family").get<std::string>()};
    out.count = content.at("count").get<std::size_t>();
    out.sha256 = content.at("sha256").get<std::string>();
    out.content = std::move(content);
    return out;
  } catch (const std::exception& e) {
    throw data_error(file.string() + ": " + e.what());
  }
}

std::vector<family> read_families(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<family> out;
  for (const auto& file : files) out.push_back(read_family(file));
  return out;
}

std::vector<test_vector> expand(const family& declared, const std::vector<test_vector>& curated) {
  std::vector<test_vector> out;
  try {
    for (const json& content : declared.content.at("sweeps")) {
      if (content.contains("derive")) derive(declared, content, curated, out);
      else sweep(declared, content, out).expand();
    }
  } catch (const std::exception& e) {
    throw data_error(declared.file.string() + ": " + e.what());
  }
  return out;
}

}  // namespace mqttspan::conformance
