#include "junit.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "by_check.hpp"
#include "clean_text.hpp"
#include "hex.hpp"

namespace mqttspan::conformance {
namespace {

constexpr std::size_t most_bytes_shown = 256;

// For content and for attributes; those would lose their line ends otherwise.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : clean_text(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\t': out += "&#9;"; break;
      case '\n': out += "&#10;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) { return " " + std::string(name) + "=\"" + escaped(value) + "\""; }
std::string attribute(std::string_view name, std::size_t value) { return attribute(name, std::to_string(value)); }

std::string seconds(std::chrono::microseconds time) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.6f", std::chrono::duration<double>(time).count());
  return out.data();
}

std::chrono::microseconds duration(const result& r) { return r.log.empty() ? std::chrono::microseconds(0) : r.log.back().at; }

std::string dialogue(const result& r) {
  std::string out;
  for (const exchange& e : r.log) {
    out += seconds(e.at) + " s " + e.connection + (e.from_peer ? " <- " : " -> ") + to_hex(bytes_view(e.bytes).first(std::min(e.bytes.size(), most_bytes_shown)));
    const std::size_t left = e.omitted + e.bytes.size() - std::min(e.bytes.size(), most_bytes_shown);
    if (left != 0) out += "... " + std::to_string(left) + " bytes more";
    out += (e.text.empty() ? "" : "  " + e.text) + "\n";
  }
  return out;
}

std::string evidence(const result& r) {
  std::string out = r.title + "\n" + reason_of(r) + "\nstatements of MQTT " + r.version + ":";
  for (const std::string& id : r.statements) out += " " + id;
  return out + "\n" + dialogue(r);
}

// What the test case holds; nothing for pass.
std::string outcome(const result& r) {
  const std::string message = attribute("message", reason_of(r));
  switch (r.found) {
    case verdict::pass: return {};
    case verdict::strict_pass:
    case verdict::info: return "<system-out>" + escaped(std::string(to_string(r.found)) + ": " + reason_of(r)) + "</system-out>";
    case verdict::fail: return "<failure" + message + attribute("type", "fail") + ">" + escaped(evidence(r)) + "</failure>";
    case verdict::skip: return "<skipped" + message + "/>";
    case verdict::inconclusive: break;
  }
  return "<error" + message + attribute("type", "inconclusive") + ">" + escaped(evidence(r)) + "</error>";
}

std::string test_case(const result& r) {
  const std::string content = outcome(r);
  std::string out = "    <testcase" + attribute("classname", r.check) + attribute("name", r.title.empty() ? r.id : r.id + " " + r.title) + attribute("time", seconds(duration(r)));
  return out + (content.empty() ? "/>\n" : ">" + content + "</testcase>\n");
}

std::string counters(const verdict_counts& counts, std::chrono::microseconds time) {
  return attribute("tests", counts.total()) + attribute("failures", counts[verdict::fail]) + attribute("errors", counts[verdict::inconclusive]) +
         attribute("skipped", counts[verdict::skip]) + attribute("time", seconds(time));
}

std::chrono::microseconds duration(const std::vector<const result*>& results) {
  std::chrono::microseconds sum{};
  for (const result* r : results) sum += duration(*r);
  return sum;
}

std::string test_suite(const check_results& of, const run& r) {
  std::string out = "  <testsuite" + attribute("name", of.check) + counters(of.counts, duration(of.results));
  if (!r.date.empty()) out += attribute("timestamp", r.date);
  out += ">\n    <properties>";
  for (const auto& [name, value] : {std::pair("kind", &r.kind), std::pair("peer", &r.peer), std::pair("target", &r.target)})
    out += "<property" + attribute("name", name) + attribute("value", *value) + "/>";
  out += "</properties>\n";
  for (const result* one : of.results) out += test_case(*one);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string to_junit(const run& r) {
  std::string suites;
  std::chrono::microseconds time{};
  for (const check_results& of : by_check(r)) {
    time += duration(of.results);
    suites += test_suite(of, r);
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "mqttspan-conformance " + r.kind + " " + r.peer) +
         counters(verdict_counts(r.results), time) + ">\n" + suites + "</testsuites>\n";
}

}  // namespace mqttspan::conformance
