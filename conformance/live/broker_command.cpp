// `mqttspan-conformance broker`: plays all probes of brokers against one, and says what it found.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../report/junit.hpp"
#include "../report/report_json.hpp"
#include "../report/summary.hpp"
#include "broker/catalogue.hpp"
#include "broker/meta.hpp"
#include "broker/monitor.hpp"
#include "broker_process.hpp"
#include "broker_url.hpp"
#include "commands.hpp"
#include "schedule.hpp"
#include "usage_error.hpp"

namespace mqttspan::conformance {
namespace {

constexpr int unreachable_exit = 3;

struct arguments {
  std::string target;
  std::vector<std::string> versions, only;
  std::string peer_path, start, json, junit;
  std::size_t window = 24;
  bool list = false, quiet = false, is_mine = false;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw usage_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << text) || !file.flush()) throw usage_error("cannot write " + path);
}

posix::address address_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) throw usage_error("\"" + text + "\" is no host:port");
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  posix::address at;
  at.host = std::move(host);
  at.port = parse_port(text.substr(colon + 1));
  return at;
}

bool is_loopback(const posix::socket_address& at) {
  if (at.family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, at.bytes, sizeof v4);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, at.bytes, sizeof v6);
  return at.family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

// The probes send what no broker should have to bear, and they fill it with sessions: nobody does that to somebody else's broker by a slip.
posix::socket_address permitted(const posix::address& where, bool is_mine) {
  auto found = posix::resolve_at_once(where);
  std::string why;
  if (found.empty() && is_mine) found = posix::resolve(where, why);
  if (found.empty() && is_mine) throw usage_error(where.text() + ": " + why);
  if (!is_mine && (found.empty() || !is_loopback(found.front())))
    throw usage_error(where.text() + " is not on loopback. The probes send malformed packets and may bring a broker down: only with --the-target-is-mine");
  return found.front();
}

peer peer_of(const arguments& args) {
  peer who;
  try {
    if (!args.peer_path.empty()) who = read_peer(read_file(args.peer_path));
  } catch (const peer_file_error& e) {
    throw usage_error(args.peer_path + ": " + e.what());
  }
  who.address = address_of(args.target);
  who.at = permitted(who.address, args.is_mine);
  if (args.versions.empty()) return who;
  who.versions.clear();
  for (const std::string& name : args.versions) {
    const auto version = version_named(name);
    if (!version) throw usage_error("\"" + name + "\" is no version; there are 3.1, 3.1.1 and 5.0");
    who.versions.push_back(*version);
  }
  return who;
}

// `only` has recipes or ids of results, with '*' for anything.
bool is_wanted(const probe& p, protocol_version version, const std::vector<std::string>& only) {
  if (only.empty()) return true;
  return std::any_of(only.begin(), only.end(), [&](const std::string& o) { return fits(o, p.check) || fits(o, p.id(version)); });
}

std::vector<play> plays_of(const catalogue& all, const peer& who, const std::vector<std::string>& only) {
  std::vector<play> plays;
  for (const probe& p : all)
    for (const protocol_version version : who.versions)
      if (p.statements.played_in(version) && is_wanted(p, version, only)) plays.push_back({&p, version});
  if (plays.empty()) throw usage_error("no probe is called like that; --list shows them all");
  return plays;
}

void list_probes(const std::vector<play>& plays) {
  for (const play& p : plays) std::printf("%-70s %s\n", p.what->id(p.version).c_str(), p.what->title.c_str());
}

std::string now_text() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

// Four letters that the last run did not have: brokers remember client ids and topics.
std::string nonce() {
  auto seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) * 2'654'435'761u + static_cast<std::uint64_t>(::getpid());
  std::string out;
  for (int i = 0; i < 4; ++i, seed /= 26) out += static_cast<char>('a' + seed % 26);
  return out;
}

// In the order of the catalogue, whatever came to its end first.
void sort_like(std::vector<result>& results, const std::vector<play>& plays) {
  std::map<std::string, std::size_t> place;
  for (const play& p : plays) place.emplace(p.what->id(p.version), place.size());
  std::stable_sort(results.begin(), results.end(), [&](const result& a, const result& b) { return place[a.id] < place[b.id]; });
}

// Marks what the peer file knows; says whether a fail is left that it does not.
bool has_new_fail(run& r, const peer& who) {
  bool found = false;
  for (result& each : r.results) {
    if (each.found != verdict::fail) continue;
    const known_deviation* known = who.deviation(each.id);
    if (known) each.reason += " [known deviation: " + known->reason + "]";
    else found = true;
  }
  return found;
}

run play_all(const arguments& args, const peer& who, const std::vector<play>& plays) {
  posix::loop loop;
  std::optional<broker_process> process;
  schedule_options how;
  how.window = args.window;
  how.nonce = nonce();
  how.make_monitor = broker::make_monitor;
  how.progress = !args.quiet;
  if (!args.start.empty()) {
    process.emplace(args.start, who.at);
    if (!process->start()) throw unreachable("the command of --start runs, but nobody answers at " + who.address.text());
    how.restart = [&process] { return process->start(); };
  }
  schedule all(loop, who, plays, std::move(how));
  run r;
  r.kind = "broker";
  r.peer = who.version.empty() ? who.name : who.name + " " + who.version;
  r.target = who.address.text();
  r.date = now_text();
  r.results = all.run();
  sort_like(r.results, plays);
  if (args.only.empty())
    for (result& each : broker::meta_results(all, who)) r.results.push_back(std::move(each));
  return r;
}

int examine(const arguments& args) {
  const catalogue probes = broker::all_probes();
  if (args.list) return list_probes(plays_of(probes, peer(), args.only)), 0;
  if (args.target.empty()) throw usage_error("--target host:port is missing");
  const peer who = peer_of(args);
  run r;
  try {
    r = play_all(args, who, plays_of(probes, who, args.only));
  } catch (const unreachable& e) {
    std::fprintf(stderr, "mqttspan-conformance: %s\n", e.what());
    return unreachable_exit;
  }
  const bool failed = has_new_fail(r, who);
  if (!args.json.empty()) write_file(args.json, to_json(r));
  if (!args.junit.empty()) write_file(args.junit, to_junit(r));
  print_summary(stdout, r);
  return failed ? 1 : 0;
}

}  // namespace

void add_broker_command(CLI::App& app, int& exit_code) {
  auto args = std::make_shared<arguments>();
  CLI::App& command = *app.add_subcommand("broker", "Examines a live broker, statement by statement");
  command.add_option("--target", args->target, "Where it listens: host:port, on loopback");
  command.add_option("--versions", args->versions, "Only these: 3.1, 3.1.1, 5.0")->delimiter(',');
  command.add_option("--only", args->only, "Only these recipes or probes, '*' for anything: B-UTF8,B-WILL/5.0/*")->delimiter(',');
  command.add_option("--peer", args->peer_path, "What is known of it: a peer file (conformance/live/README.md)");
  command.add_option("--start", args->start, "Shell command that starts it, and starts it again where it has crashed");
  command.add_option("--json", args->json, "Writes the results there");
  command.add_option("--junit", args->junit, "Writes them as JUnit XML");
  command.add_option("--window", args->window, "Probes at a time")->check(CLI::Range(1, 256));
  command.add_flag("--list", args->list, "Shows the probes, and plays none");
  command.add_flag("--quiet", args->quiet, "No progress on standard error");
  command.add_flag("--the-target-is-mine", args->is_mine, "Allows a target that is not on loopback: for a broker of your own, which may crash");
  command.footer("Exit codes: 0 no fail but known ones, 1 a fail, 2 wrong usage, 3 nobody answers at the target.");
  command.callback([args, &exit_code] { exit_code = examine(*args); });
}

}  // namespace mqttspan::conformance
