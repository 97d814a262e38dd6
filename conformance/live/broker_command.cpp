// `mqttspan-conformance broker`: plays all probes of brokers against one, and says what it found.
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "broker/catalogue.hpp"
#include "broker/monitor.hpp"
#include "broker_process.hpp"
#include "command_parts.hpp"
#include "live_commands.hpp"
#include "play.hpp"
#include "schedule.hpp"
#include "usage_error.hpp"

namespace mqttspan::conformance {
namespace {

constexpr int unreachable_exit = 3;

struct arguments {
  std::string target;
  std::vector<std::string> versions, only;
  std::string peer_path, start;
  destinations to;
  std::size_t window = 24;
  bool list = false, quiet = false, is_mine = false;
};

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
  peer who = peer_from(args.peer_path, args.versions);
  const std::string& target = args.target.empty() ? who.target : args.target;
  if (target.empty()) throw usage_error("--target host:port is missing, and the peer file has no \"target\"");
  who.address = address_in(target);
  who.at = permitted(who.address, args.is_mine);
  return who;
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
    if (!process->start()) throw unreachable("the command of --start fails, or nobody answers at " + who.address.text());
    how.restart = [&process] { return process->start(); };
  }
  schedule all(loop, who, plays, std::move(how));
  run r = begin_run("broker", who, who.address.text());
  r.results = all.run();
  sort_like(r.results, plays);
  append_wanted(r.results, meta_results(all.found(), who.versions, broker::meta()), args.only);
  return r;
}

int examine(const arguments& args) {
  const catalogue probes = broker::all_probes();
  if (args.list) return list_probes(plays_of<play>(probes, peer(), args.only)), 0;
  const peer who = peer_of(args);
  try {
    run r = play_all(args, who, plays_of<play>(probes, who, args.only));
    return finish(r, who, args.to);
  } catch (const unreachable& e) {
    std::fprintf(stderr, "mqttspan-conformance: %s\n", e.what());
    return unreachable_exit;
  }
}

}  // namespace

void add_broker_command(CLI::App& app, int& exit_code) {
  auto args = std::make_shared<arguments>();
  CLI::App& command = *app.add_subcommand("broker", "Examines a live broker, statement by statement");
  command.add_option("--target", args->target, "Where it listens: host:port, on loopback; else where the peer file says");
  command.add_option("--versions", args->versions, "Only these: 3.1, 3.1.1, 5.0")->delimiter(',');
  command.add_option("--only", args->only, "Only these recipes or probes, '*' for anything: B-UTF8,B-WILL/5.0/*")->delimiter(',');
  command.add_option("--peer", args->peer_path, "What is known of it: a peer file (conformance/peers/README.md)");
  command.add_option("--start", args->start, "Shell command that starts it, and starts it again where it has crashed");
  add_destinations(command, args->to);
  command.add_option("--window", args->window, "Probes at a time")->check(CLI::Range(1, 256));
  command.add_flag("--list", args->list, "Shows the probes, and plays none");
  command.add_flag("--quiet", args->quiet, "No progress on standard error");
  command.add_flag("--the-target-is-mine", args->is_mine, "Allows a target that is not on loopback: for a broker of your own, which may crash");
  command.footer("Exit codes: 0 no fail but known ones, 1 a fail, 2 wrong usage, 3 nobody answers at the target.");
  command.callback([args, &exit_code] { exit_code = examine(*args); });
}

}  // namespace mqttspan::conformance
