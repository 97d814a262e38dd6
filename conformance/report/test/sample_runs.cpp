#include "sample_runs.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "hex.hpp"
#include "manifest.hpp"

namespace mqttspan::conformance {
namespace {

using std::chrono::microseconds;

exchange to_peer(const char* connection, const char* hex, const char* text) { return {microseconds(12), connection, false, from_hex(hex), 0, text}; }
exchange from_peer(const char* connection, const char* hex, const char* text) { return {microseconds(1503), connection, true, from_hex(hex), 0, text}; }

// Numbers that are the same on every machine.
class numbers {
 public:
  explicit numbers(std::uint32_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t n) {
    state_ = state_ * 1664525 + 1013904223;
    return (state_ >> 8) % n;
  }

 private:
  std::uint32_t state_;
};

struct sample_peer {
  const char* kind;
  const char* name;
  const char* target;
  std::uint32_t fails_of_100;
};

constexpr sample_peer sample_peers[] = {
    {"codec", "sample codec 1.0", "sample-adapter", 0},        {"codec", "other codec 2.1", "node other.mjs", 14},
    {"broker", "sample broker 3.2.1", "127.0.0.1:1883", 6},    {"broker", "tiny broker 0.4", "127.0.0.1:1884", 21},
    {"client", "sample client 7.0", "sample-client -p", 4},    {"client", "client with a rather long name 10.11.12", "client", 12},
};

bool is_decidable(const statement& s, std::string_view kind) {
  if (kind == "broker") return s.live_broker == "yes" || s.live_broker == "cond";
  if (kind == "client") return s.live_client == "yes" || s.live_client == "cond";
  return s.scope == "codec";
}

verdict some_verdict(numbers& random, std::uint32_t fails_of_100) {
  const std::uint32_t n = random.below(100);
  if (n < fails_of_100) return verdict::fail;
  if (fails_of_100 == 0) return verdict::pass;
  if (n < fails_of_100 + 4) return verdict::inconclusive;
  if (n < fails_of_100 + 11) return verdict::skip;
  if (n < fails_of_100 + 14) return verdict::info;
  return n > 90 ? verdict::strict_pass : verdict::pass;
}

std::string sample_reason(verdict v) {
  switch (v) {
    case verdict::fail: return "expected: the connection is closed\nseen: PUBACK with packet_id 7 after 1.5 ms, connection open";
    case verdict::skip: return "the peer's file says that it has no authentication";
    case verdict::inconclusive: return "the connection was lost before the probe was sent";
    case verdict::info: return "seen: accepted; the text leaves it open";
    default: return {};
  }
}

void add_curated(run& r, const sample_peer& p, numbers& random) {
  for (const statement& s : built_in_manifest()) {
    if (!is_decidable(s, p.kind)) continue;
    for (std::uint32_t i = 0; i < 1 + random.below(3); ++i) {
      result& one = r.results.emplace_back();
      one.check = r.kind == "codec" ? s.version + "/publish" : "B-" + s.area;
      one.id = one.check + "/" + std::to_string(r.results.size());
      one.title = "sample for " + s.id + ", case " + std::to_string(i + 1);
      one.version = s.version;
      one.statements = {s.id};
      one.found = some_verdict(random, p.fails_of_100);
      one.reason = sample_reason(one.found);
      one.log = {to_peer("publisher", "320a0003612f6200076869", "PUBLISH \"a/b\" qos=1 packet_id=7 payload=2 \"hi\""),
                 from_peer("publisher", "40020007", "PUBACK packet_id=7"), from_peer("subscriber", "", "closed")};
      if (one.found == verdict::skip) one.log.clear();
    }
  }
}

void add_family(run& r, const sample_peer& p, numbers& random, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    result& one = r.results.emplace_back();
    one.check = "family-" + std::to_string(i % 12);
    one.id = one.check + "/" + std::to_string(i);
    one.title = "family case " + std::to_string(i);
    one.version = "5.0";
    one.statements = {i % 2 == 0 ? "MQTT-1.5.4-1" : "MQTT-1.5.4-2"};
    one.found = p.fails_of_100 != 0 && random.below(40) == 0 ? verdict::fail : verdict::pass;
    one.reason = sample_reason(one.found);
    if (one.found == verdict::fail) one.log = {to_peer("adapter", "30060003eda08000", "")};
  }
}

}  // namespace

run nasty_run() {
  run r{"broker", "peer <\"&'> 1.0", "127.0.0.1:1883", "2026-11-22T12:00:00Z", {}};
  const std::string ugly = std::string("</script><b>&amp; \"quoted\" 'single' ]]> ") + '\0' + "\x01\x1b[31m\xff\xed\xa0\x80 \xef\xbf\xbe \xe2\x80\xae gr\xc3\xbc\xc3\x9f \xf0\x9f\x8c\x8d\nsecond line";
  const auto add = [&](const char* check, verdict v, const std::string& reason, std::vector<exchange> log) {
    r.results.push_back({std::string(check) + "/" + std::to_string(r.results.size()), check, ugly, "5.0", {"MQTT-1.5.4-1", "U5-2.1.2-a"}, v, reason, std::move(log)});
  };
  add("B-UTF8", verdict::pass, "", {to_peer("a", "c000", "PINGREQ"), from_peer("a", "d000", "PINGRESP")});
  add("B-UTF8", verdict::strict_pass, "", {});
  add("B-UTF8", verdict::fail, ugly, {to_peer("a", "30060003eda08000", ugly.c_str()), from_peer("b", "", "closed")});
  add("B-<&>", verdict::info, ugly, {});
  add("B-<&>", verdict::skip, ugly, {});
  add("B-<&>", verdict::inconclusive, ugly, {to_peer("a", "", ugly.c_str())});
  add("B-BIG", verdict::fail, "too large", {{microseconds(1), "a", false, std::vector<std::byte>(10'000, std::byte{0x61}), 5, ""}});
  return r;
}

std::vector<run> matrix_runs() {
  std::vector<run> runs;
  for (const sample_peer& p : sample_peers) {
    numbers random(static_cast<std::uint32_t>(runs.size()) + 1);
    run& r = runs.emplace_back(run{p.kind, p.name, p.target, "2026-11-22T12:00:00Z", {}});
    add_curated(r, p, random);
    if (r.kind == "codec") add_family(r, p, random, 30'000);
  }
  return runs;
}

}  // namespace mqttspan::conformance
