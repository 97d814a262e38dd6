#include "family_derived.hpp"

#include <algorithm>

#include "family_condition.hpp"
#include "packet_template.hpp"

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

// So many cuts near the end, of the longest packets fewer.
std::size_t last_cuts(std::size_t size) { return size <= 4096 ? 16 : size <= 1 << 17 ? 2 : 0; }

// How many bytes to keep: of 0 … size - 1 at most `most`, the first ones and the last ones.
std::vector<std::size_t> kept_sizes(std::size_t first, std::size_t size, std::size_t most) {
  std::vector<std::size_t> out;
  for (std::size_t kept = first; kept < size && out.size() + 16 < most; ++kept) out.push_back(kept);
  const std::size_t behind = out.empty() ? first : out.back() + 1;
  for (std::size_t kept = std::max(behind, size - std::min(size, last_cuts(size))); kept < size; ++kept) out.push_back(kept);
  return out;
}

bool is_legal_cut(const test_vector& from, std::size_t size) {
  return std::any_of(from.cuts.begin(), from.cuts.end(), [size](const cut_range& cut) { return cut.from <= size && size <= cut.to; });
}

// Behind packet identifier and properties: where a SUBACK and an UNSUBACK of 5.0 have their list.
std::size_t list_begins(const std::string& hex) {
  std::size_t at = fixed_header_size(hex) + 2, length = 0;
  for (unsigned shift = 0; shift < 28 && 2 * at + 1 < hex.size(); shift += 7) {
    const std::size_t byte = std::stoul(hex.substr(2 * at++, 2), nullptr, 16);
    length |= (byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  return at + length;
}

test_vector child_of(const test_vector& parent, const std::string& family, const std::string& last) {
  test_vector out{.id = family + "/" + parent.id + "/" + last, .group = family};
  out.title = out.id;
  out.version = parent.version;
  out.packet = parent.packet;
  out.sender = parent.sender;
  out.of_family = true;
  out.open = parent.open;
  return out;
}

class derivation {
 public:
  derivation(const family& declared, const json& content, std::vector<test_vector>& out)
      : declared_(declared),
        content_(content),
        out_(out),
        how_(content.at("derive").get<std::string>()),
        most_(content.value("most", std::size_t{256})) {}

  void derive_from(const test_vector& from) {
    if (how_ == "prefixes") add_prefixes(from);
    else if (how_ == "cuts") add_cuts(from);
    else if (how_ == "appended") add_appended(from);
    else throw data_error("\"derive\" is unknown: " + how_);
  }

 private:
  void add_prefixes(const test_vector& from) {
    for (const std::size_t kept : kept_sizes(1, from.hex.size() / 2, most_)) {
      test_vector v = child_of(from, declared_.name, std::to_string(kept));
      v.hex = from.hex.substr(0, 2 * kept);
      add(std::move(v), from, {});
    }
  }

  void add_cuts(const test_vector& from) {
    const std::size_t header = fixed_header_size(from.hex);
    const std::size_t body = from.hex.size() / 2 - header;
    for (const std::size_t kept : kept_sizes(0, body, most_)) {
      test_vector v = child_of(from, declared_.name, std::to_string(header + kept));
      v.hex = with_body_size(from.hex, kept);
      fillings holes;
      holes["cut"] = {.name = is_legal_cut(from, header + kept) ? "legal" : "broken"};
      if (list_begins(from.hex) == header + kept) holes["cut"].words.emplace_back("before_list");
      holes["kept"] = {.name = std::to_string(kept)};
      add(std::move(v), from, std::move(holes));
    }
  }

  void add_appended(const test_vector& from) {
    const std::size_t body = from.hex.size() / 2 - fixed_header_size(from.hex);
    for (const json& byte : content_.at("bytes")) {
      const auto hex = byte.get<std::string>();
      test_vector v = child_of(from, declared_.name, hex);
      v.hex = with_body_size(from.hex + hex, body + 1);
      fillings holes;
      holes["byte"] = {.name = hex, .hex = hex};
      add(std::move(v), from, std::move(holes));
    }
  }

  void add(test_vector v, const test_vector& from, fillings holes) {
    holes["version"] = {.name = from.version};
    holes["sender"] = {.name = from.sender};
    holes["packet"] = {.name = from.packet};
    holes["vector"] = {.name = from.id, .words = from.flags};
    holes["body"] = {.name = std::to_string(from.hex.size() / 2 - fixed_header_size(from.hex))};
    if (!decide(content_.at("expect"), holes, {}, v)) return;
    if (v.statements.empty()) v.statements = statements_of(content_, v.version);
    out_.push_back(std::move(v));
  }

  const family& declared_;
  const json& content_;
  std::vector<test_vector>& out_;
  std::string how_;
  std::size_t most_;
};

}  // namespace

void derive(const family& declared, const json& content, const std::vector<test_vector>& curated, std::vector<test_vector>& out) {
  derivation all(declared, content, out);
  for (const test_vector& v : curated)
    if (v.result == expectation::valid && !v.encode && !v.disputed) all.derive_from(v);
}

}  // namespace mqttspan::conformance
