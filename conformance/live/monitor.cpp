#include "monitor.hpp"

#include <algorithm>

#include "journal.hpp"

namespace mqttspan::conformance {

void monitor_with_rows::judged(std::string_view row) {
  if (std::find(exercised.begin(), exercised.end(), row) == exercised.end()) exercised.emplace_back(row);
}

void monitor_with_rows::judge(std::string_view row, bool good, const packet& p, std::string_view objection) {
  judged(row);
  if (!good) findings.push_back({std::string(row), in_words(p, version_) + ": " + std::string(objection)});
}

const monitor_row& monitor_with_rows::row_of(const error& e, bytes_view bytes) const {
  const std::string_view statement = statement_id(e, version_, bytes);
  const monitor_row* found = &rows_.front();
  for (const monitor_row& row : rows_) {
    const auto ids = ids_of(row.statements, version_);
    if (std::find(ids.begin(), ids.end(), statement) != ids.end()) found = &row;
  }
  return *found;
}

void monitor_with_rows::object(const monitor_row& row, const error& e, bytes_view bytes) {
  judged(row.name);
  findings.push_back({std::string(row.name), std::string(describe(e, version_, bytes).view()), std::string(statement_id(e, version_, bytes))});
}

}  // namespace mqttspan::conformance
