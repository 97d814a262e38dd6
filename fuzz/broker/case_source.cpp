#include "case_source.hpp"

#include <algorithm>

#include "expectation.hpp"
#include "usage_error.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

struct family {
  std::string_view name;
  unsigned weight;  // of 16
  void (*make)(const case_maker&, fuzz_case&);
};
constexpr family families[] = {
    {"boundary", 5, make_boundary},
    {"malformed", 5, make_malformed},
    {"stateful", 4, make_stateful},
    {"parties", 2, make_parties},
};

// Whether its party may go on, and whether it needs one of its own, is read off the bytes.
void classify(fuzz_case& c) {
  const bool is_first = !c.steps.empty() && !c.steps.front().bytes.empty() && (static_cast<unsigned char>(c.steps.front().bytes.front()) >> 4) == 1;
  const bool is_alone = c.parties.size() == 1 && std::all_of(c.steps.begin(), c.steps.end(), [](const step& s) { return s.what == action::send; });
  if (c.shares) c.shares = is_alone && !is_first;
  if (!c.shares) return;
  stream_reader reads(c.version);
  conformance::wire::connect_parts parts = conformance::wire::parts_of(c.version);
  parts.payload = conformance::wire::text("c");
  reads.take(conformance::wire::connect_packet(parts, c.version));
  for (const step& s : c.steps) reads.take(s.bytes);
  c.is_last = !reads.is_open();
}

}  // namespace

// splitmix64
std::uint64_t mixed(std::uint64_t z) {
  z += 0x9E37'79B9'7F4A'7C15;
  z = (z ^ z >> 30) * 0xBF58'476D'1CE4'E5B9;
  z = (z ^ z >> 27) * 0x94D0'49BB'1331'11EB;
  return z ^ z >> 31;
}

std::vector<std::string> family_names() {
  std::vector<std::string> names;
  for (const family& f : families) names.emplace_back(f.name);
  return names;
}

case_source::case_source(std::uint64_t seed, std::vector<protocol_version> versions, const std::vector<std::string>& wanted) : seed_(seed), versions_(std::move(versions)) {
  for (const std::string& name : wanted)
    if (std::none_of(std::begin(families), std::end(families), [&](const family& f) { return f.name == name; })) throw usage_error("\"" + name + "\" is no family of cases");
  for (std::size_t i = 0; i < std::size(families); ++i)
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), families[i].name) != wanted.end()) families_.insert(families_.end(), families[i].weight, i);
}

fuzz_case case_source::next() {
  test::seeded_entropy choices(mixed(mixed(seed_) + number_));
  test::packet_source packets(choices, choices.below(128) == 127 ? 140'000 : 300);
  fuzz_case c;
  c.number = number_++;
  c.version = versions_[choices.below(static_cast<std::uint32_t>(versions_.size()))];
  const family& f = families[families_[choices.below(static_cast<std::uint32_t>(families_.size()))]];
  c.family = f.name;
  c.shares = true;
  c.parties = {c.version};
  f.make({choices, packets, c.version, c.number}, c);
  classify(c);
  hash_ = hash_of(c.steps, c.version, hash_);
  return c;
}

std::uint64_t hash_of(const std::vector<step>& all, protocol_version version, std::uint64_t hash) {
  const auto add = [&hash](std::string_view bytes) {
    for (const char b : bytes) hash = (hash ^ static_cast<unsigned char>(b)) * 0x100'0000'01B3;
  };
  for (const step& s : all) add(s.bytes), add(std::string{static_cast<char>(s.party), static_cast<char>(s.what), static_cast<char>(version)});
  return hash;
}

}  // namespace mqttspan::fuzz
