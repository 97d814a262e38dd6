// `mqttspan-conformance client`: is the server for a client, plays all probes of clients with it, and says what it found.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "client/catalogue.hpp"
#include "client/monitor.hpp"
#include "client/schedule.hpp"
#include "command_parts.hpp"
#include "live_commands.hpp"
#include "play.hpp"
#include "usage_error.hpp"

namespace mqttspan::conformance {
namespace {

struct arguments {
  std::string listen, driver;
  std::vector<std::string> versions, only;
  std::string peer_path;
  destinations to;
  std::size_t window = 8;
  unsigned wait = 30, at_most = 1'800;
  bool list = false, quiet = false, is_mine = false;
};

// A port alone means loopback. Who drives the client need not say where.
posix::socket_address place(const arguments& args) {
  if (args.listen.empty() && args.driver.empty()) throw usage_error("--listen port is missing");
  const std::string text = args.listen.empty() ? "127.0.0.1:0" : args.listen.find(':') == std::string::npos ? "127.0.0.1:" + args.listen : args.listen;
  const auto found = posix::resolve_at_once(address_in(text), true);
  if (found.empty()) throw usage_error("\"" + text + "\" is no address of this machine");
  if (!args.is_mine && !is_loopback(found.front()))
    throw usage_error(text + " is not on loopback. Whoever connects is sent malformed packets: only with --the-target-is-mine");
  return found.front();
}

int examine(const arguments& args) {
  const client::catalogue probes = client::all_probes();
  if (args.list) return list_probes(plays_of<client::play>(probes, peer(), args.only)), 0;
  const peer who = peer_from(args.peer_path, args.versions);
  const std::vector<client::play> plays = plays_of<client::play>(probes, who, args.only);
  client::schedule_options how;
  how.command = args.driver;
  how.at = place(args);
  how.window = args.window;
  how.wait = milliseconds(args.wait * 1'000);
  how.at_most = milliseconds(args.at_most * 1'000);
  how.nonce = nonce();
  how.progress = !args.quiet;
  run r = begin_run("client", who, args.driver.empty() ? how.at.name().text() : args.driver);
  posix::loop loop;
  client::schedule all(loop, who, plays, std::move(how));
  r.results = all.run();
  sort_like(r.results, plays);
  append_wanted(r.results, meta_results(all.found(), who.versions, client::meta()), args.only);
  const int code = finish(r, who, args.to);
  return all.anybody_came() ? code : 3;
}

}  // namespace

void add_client_command(CLI::App& app, int& exit_code) {
  auto args = std::make_shared<arguments>();
  CLI::App& command = *app.add_subcommand("client", "Examines a client: is its server, and breaks the rules");
  command.add_option("--listen", args->listen, "Where the client is to connect to: a port, or host:port, on loopback. With --driver: one port for all, one probe at a time");
  command.add_option("--driver", args->driver, "Shell command of a program that holds the client and does what it is told (conformance/live/README.md)");
  command.add_option("--versions", args->versions, "Only these: 3.1, 3.1.1, 5.0")->delimiter(',');
  command.add_option("--only", args->only, "Only these recipes or probes, '*' for anything: C-UTF8,C-REDEL/5.0/*")->delimiter(',');
  command.add_option("--peer", args->peer_path, "What is known of it: a peer file (conformance/peers/README.md)");
  add_destinations(command, args->to);
  command.add_option("--window", args->window, "Probes at a time, a process of the driver each")->check(CLI::Range(1, 64));
  command.add_option("--wait", args->wait, "Seconds to wait for a client that connects by itself, until it comes again")->check(CLI::Range(1, 3600));
  command.add_option("--at-most", args->at_most, "Seconds for all of a run with a client that connects by itself")->check(CLI::Range(1, 86'400));
  command.add_flag("--list", args->list, "Shows the probes, and plays none");
  command.add_flag("--quiet", args->quiet, "No progress on standard error");
  command.add_flag("--the-target-is-mine", args->is_mine, "Allows to listen beyond loopback");
  command.footer("Exit codes: 0 no fail but known ones, 1 a fail, 2 wrong usage, 3 no client came by itself.");
  command.callback([args, &exit_code] { exit_code = examine(*args); });
}

}  // namespace mqttspan::conformance
