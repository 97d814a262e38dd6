#include "line_form.hpp"

#include "sha256.hpp"

namespace mqttspan::conformance {
namespace {

std::string class_of(const test_vector& v) {
  if (v.result == expectation::policy) return v.error ? "refused" : "-";
  return is_refusal(v.result) ? std::string(to_string(v.result)) : "-";
}

std::string codes_of(const test_vector& v) {
  std::string out;
  if (v.error)
    for (const auto* list : {&v.error->codes, &v.error->also})
      for (const unsigned code : *list) out += (out.empty() ? "" : ",") + std::to_string(code);
  return out.empty() ? "-" : out;
}

}  // namespace

std::string line_form(const test_vector& v) {
  std::string out = v.id;
  const std::string owed = is_open(v) ? "open" : "owed";
  for (const std::string& field : {v.version, v.sender, std::string(to_string(v.result)), class_of(v), codes_of(v), owed, v.hex}) (out += '\t') += field;
  return out += '\n';
}

std::string fingerprint(const std::vector<test_vector>& vectors) {
  sha256 sum;
  for (const test_vector& v : vectors) sum.add(line_form(v));
  return sum.finish();
}

}  // namespace mqttspan::conformance
