// UTF-8 and topic filters by themselves: the floor of a text is to copy it, that of a topic filter to compare it with the name as if it had no wildcard.
#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

#include <mqttspan/codec/topic.hpp>
#include <mqttspan/codec/utf8.hpp>

#include "rows.hpp"

namespace mqttspan::bench {
namespace {

std::vector<std::string> repeated(std::string_view piece, std::size_t size) {
  std::string text;
  while (text.size() + piece.size() <= size) text += piece;
  return std::vector<std::string>(64, text);
}

row text_row(std::string name, std::vector<std::string> texts) {
  row r{.workload = "utf8", .version = "-", .operation = std::move(name), .items = texts.size()};
  for (const std::string& text : texts) r.bytes += text.size();
  r.run = [texts] {
    std::uint64_t well_formed = 0;
    for (const std::string& text : texts) well_formed += is_well_formed_utf8(text);
    return well_formed;
  };
  r.floor = [texts, out = std::vector<char>(r.bytes)]() mutable {
    char* at = out.data();
    for (const std::string& text : texts) at = static_cast<char*>(std::memcpy(at, text.data(), text.size())) + text.size();
    return static_cast<std::uint64_t>(at - out.data());
  };
  return r;
}

// 64 names "site/A/sensor/B/temp", each against each of the filters; A and B are 0 to 7.
constexpr std::array<std::string_view, 8> filters = {"site/+/sensor/+/temp", "site/3/#", "site/+/sensor/5/temp", "other/#", "+/+/+/+/+", "site/+/sensor", "#", "site/7/sensor/7/temp"};
constexpr std::uint64_t pairs_that_match = 64 + 8 + 8 + 0 + 64 + 0 + 64 + 1;

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const char a : std::string_view("01234567"))
    for (const char b : std::string_view("01234567")) all.push_back(std::string("site/") + a + "/sensor/" + b + "/temp");
  return all;
}

row topic_row() {
  const auto all = names();
  row r{.workload = "topics", .version = "-", .operation = "matches", .items = all.size() * filters.size()};
  for (const std::string_view filter : filters)
    for (const std::string& name : all) r.bytes += filter.size() + name.size();
  r.run = [all] {
    std::uint64_t matching = 0;
    for (const std::string_view filter : filters)
      for (const std::string& name : all) matching += matches(filter, name);
    return matching;
  };
  r.floor = [all] {
    std::uint64_t equal = 0;
    for (const std::string_view filter : filters)
      for (const std::string& name : all) equal += filter == name;
    return equal;
  };
  return r;
}

row floor_row(const row& r) {
  row floor = r;
  floor.operation += " floor";
  floor.run = std::exchange(floor.floor, nullptr);
  return floor;
}

}  // namespace

std::vector<row> text_rows() {
  std::vector<std::pair<row, std::uint64_t>> measured;
  for (const auto& [name, piece] : {std::pair("ASCII", "sensors/zone-07/temp/123"), std::pair("Latin", "température/"), std::pair("Chinese", "温度"), std::pair("emoji", "🌡🌊")})
    for (const std::size_t size : {24u, 4096u}) measured.emplace_back(text_row(std::string(name) + " " + std::to_string(size), repeated(piece, size)), 64);
  measured.emplace_back(topic_row(), pairs_that_match);

  std::vector<row> rows;
  for (auto& [r, answer] : measured) {
    if (r.run() != answer) return std::fprintf(stderr, "%s does not give the right answer\n", r.name().c_str()), std::vector<row>();
    rows.push_back(floor_row(r));
    rows.push_back(std::move(r));
  }
  return rows;
}

}  // namespace mqttspan::bench
