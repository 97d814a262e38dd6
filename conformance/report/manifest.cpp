#include "manifest.hpp"

#include <algorithm>
#include <array>

#include "embedded.hpp"

namespace mqttspan::conformance {
namespace {

struct column {
  std::string_view name;
  std::string statement::*field;
};

constexpr std::array<column, 11> columns = {{
    {"id", &statement::id},
    {"version", &statement::version},
    {"area", &statement::area},
    {"actor", &statement::actor},
    {"scope", &statement::scope},
    {"summary", &statement::summary},
    {"vectors", &statement::vectors},
    {"v5_reason_code", &statement::v5_reason_code},
    {"live_broker", &statement::live_broker},
    {"live_client", &statement::live_client},
    {"note", &statement::note},
}};

std::string header() {
  std::string out;
  for (const column& c : columns) out += (out.empty() ? "" : "\t") + std::string(c.name);
  return out;
}

// The text up to the separator, which is taken away with it.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

}  // namespace

manifest read_manifest(std::string_view tsv) {
  if (cut(tsv, '\n') != header()) throw manifest_error("line 1: not the columns of the manifest");
  manifest rows;
  while (!tsv.empty()) {
    std::string_view line = cut(tsv, '\n');
    if (std::count(line.begin(), line.end(), '\t') + 1 != static_cast<std::ptrdiff_t>(columns.size()))
      throw manifest_error("line " + std::to_string(rows.size() + 2) + ": not " + std::to_string(columns.size()) + " columns");
    statement& row = rows.emplace_back();
    for (const column& c : columns) row.*c.field = cut(line, '\t');
  }
  return rows;
}

const manifest& built_in_manifest() {
  static const manifest rows = read_manifest(embedded::statements());
  return rows;
}

const statement* find_statement(const manifest& from, std::string_view version, std::string_view id) {
  const auto found = std::find_if(from.begin(), from.end(), [&](const statement& s) { return s.id == id && s.version == version; });
  return found == from.end() ? nullptr : &*found;
}

}  // namespace mqttspan::conformance
