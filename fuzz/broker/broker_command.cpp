// `mqttspan-fuzz broker`: a campaign against a broker; or the replay of a reproducer, or its making smaller.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "campaign.hpp"
#include "command_parts.hpp"
#include "commands.hpp"
#include "differential.hpp"
#include "fuzz_output.hpp"
#include "laboratory.hpp"
#include "replay.hpp"
#include "usage_error.hpp"

namespace mqttspan::fuzz {
namespace {

struct arguments {
  std::string target, start, against, peer_path, known_path, replay, minimize;
  std::vector<std::string> versions;
  campaign_options how;
  fuzz::patience patience;
  outputs to;
  bool quiet = false, is_mine = false;
};

// Nobody sends that to somebody else's broker by a slip.
posix::socket_address permitted(const posix::address& where, bool is_mine) {
  auto found = posix::resolve_at_once(where);
  std::string why;
  if (found.empty() && is_mine) found = posix::resolve(where, why);
  if (found.empty() && is_mine) throw usage_error(where.text() + ": " + why);
  if (!is_mine && (found.empty() || !conformance::is_loopback(found.front())))
    throw usage_error(where.text() + " is not on loopback. The fuzzer is there to bring a broker down: only with --the-target-is-mine");
  return found.front();
}

conformance::peer peer_of(const arguments& args) {
  conformance::peer who = conformance::peer_from(args.peer_path, args.versions);
  const conformance::peer known = conformance::peer_from(args.known_path, {});
  who.deviations.insert(who.deviations.end(), known.deviations.begin(), known.deviations.end());
  who.address = conformance::address_in(args.target);
  who.at = permitted(who.address, args.is_mine);
  return who;
}

run_record record_of(const arguments& args, const conformance::peer& who, campaign_result r) {
  return {.kind = "broker", .peer = who.version.empty() ? who.name : who.name + " " + who.version, .target = who.address.text(), .date = conformance::now_utc(), .seed = args.how.seed,
          .cases = r.cases, .hash = r.hash, .connections = r.connections, .seconds = r.seconds, .not_repeated = r.not_repeated, .gone = std::move(r.gone), .findings = std::move(r.findings)};
}

int play_campaign(const arguments& args, laboratory& lab, conformance::peer who) {
  if (args.versions.empty() && args.peer_path.empty()) who.versions = versions_of(lab);
  campaign_result r;
  if (args.against.empty()) r = campaign(lab, who, args.how).run();
  else {
    target other(permitted(conformance::address_in(args.against), args.is_mine), {});
    laboratory second(lab.loop(), other, who.versions.front(), args.patience);
    r = compare(lab, second, who, args.how);
  }
  return write_outputs(record_of(args, who, std::move(r)), args.to);
}

int run(const arguments& args) {
  if (args.target.empty()) throw usage_error("--target host:port is missing");
  const conformance::peer who = peer_of(args);
  case_source(0, who.versions, args.how.profile);  // are there such families?
  posix::loop loop;
  target peer(who.at, args.start);
  try {
    const bool has_3_1_1 = std::find(who.versions.begin(), who.versions.end(), protocol_version::v3_1_1) != who.versions.end();
    laboratory lab(loop, peer, has_3_1_1 ? protocol_version::v3_1_1 : who.versions.front(), args.patience);
    if (!args.replay.empty()) return replay_file(lab, args.replay);
    if (!args.minimize.empty()) return minimize_file(lab, args.minimize, args.how.minimize_time);
    return play_campaign(args, lab, who);
  } catch (const unreachable& e) {
    std::fprintf(stderr, "mqttspan-fuzz: %s\n", e.what());
    return unreachable_exit;
  }
}

void add_manner(CLI::App& command, arguments& args) {
  command.add_option("--profile", args.how.profile, "Only these families of cases: boundary, malformed, stateful, parties")->delimiter(',');
  command.add_option("--versions", args.versions, "Only these: 3.1, 3.1.1, 5.0; else those that it accepts")->delimiter(',');
  command.add_option("--window", args.how.window, "Connections at a time")->check(CLI::Range(1, 1000));
  command.add_option("--patience", args.patience.answer, "Milliseconds to wait for a PINGRESP while others have theirs")->check(CLI::Range(10, 60'000));
  command.add_option("--stall", args.patience.anybody, "Milliseconds to wait for any answer at all")->check(CLI::Range(100, 600'000));
}

}  // namespace

void add_broker_command(CLI::App& app, int& exit_code) {
  auto args = std::make_shared<arguments>();
  CLI::App& command = *app.add_subcommand("broker", "Fuzzes a broker: valid, malformed and untimely packets, many at a time");
  command.add_option("--target", args->target, "Where it listens: host:port, on loopback");
  command.add_option("--start", args->start, "Shell command that starts it, and starts it again where it has crashed. It stays in the foreground");
  command.add_option("--against", args->against, "Another broker: tells where the two differ");
  add_limits(command, args->how);
  add_manner(command, *args);
  command.add_option("--peer", args->peer_path, "What is known of it: a peer file (conformance/peers/README.md)");
  command.add_option("--known", args->known_path, "Further deviations that are known: a peer file");
  command.add_option("--replay", args->replay, "Plays a reproducer three times");
  command.add_option("--minimize", args->minimize, "Makes a reproducer smaller, and prints it");
  add_outputs(command, args->to);
  command.add_flag("--quiet", args->quiet, "No progress on standard error");
  command.add_flag("--the-target-is-mine", args->is_mine, "Allows a target that is not on loopback: for a broker of your own, which may crash");
  command.footer("Exit codes: 0 nothing but what is known, 1 a finding, 2 wrong usage, 3 nobody answers at the target.");
  command.callback([args, &exit_code] {
    args->how.progress = !args->quiet;
    exit_code = run(*args);
  });
}

}  // namespace mqttspan::fuzz
