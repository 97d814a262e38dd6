// `mqttspan-fuzz client`: is the server for a client, and sends it what it should be able to bear.
#include <algorithm>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "case_source.hpp"
#include "client_cases.hpp"
#include "client_laboratory.hpp"
#include "command_parts.hpp"
#include "commands.hpp"
#include "fuzz_output.hpp"
#include "limits.hpp"
#include "minimise.hpp"
#include "replay.hpp"
#include "usage_error.hpp"

namespace mqttspan::fuzz {
namespace {

struct arguments {
  std::string listen, version = "3.1.1", peer_path, replay;
  client_options how;
  limits how_much{.max_cases = 2'000, .max_findings = 5};
  outputs to;
  bool quiet = false, is_mine = false;
};

posix::socket_address place(const arguments& args) {
  if (args.listen.empty() && args.how.start.empty() && args.how.driver.empty()) throw usage_error("--listen port, --start or --driver is missing");
  const std::string text = args.listen.empty() ? "127.0.0.1:0" : args.listen.find(':') == std::string::npos ? "127.0.0.1:" + args.listen : args.listen;
  const auto found = posix::resolve_at_once(conformance::address_in(text), true);
  if (found.empty()) throw usage_error("\"" + text + "\" is no address of this machine");
  if (!args.is_mine && !conformance::is_loopback(found.front())) throw usage_error(text + " is not on loopback. Whoever connects is sent malformed packets: only with --the-target-is-mine");
  return found.front();
}

void keep(client_laboratory& lab, run_record& r, const symptom& what, const script& shows, const arguments& args, const conformance::peer& who, double at, std::uint64_t number) {
  const auto has = [&r](const std::string& id) { return std::find_if(r.findings.begin(), r.findings.end(), [&id](const finding& f) { return f.id == id; }); };
  if (const auto old = has(what.id); old != r.findings.end()) return void(++old->times);
  finding f{.what = what, .id = {}, .script = shows, .replays = lab.confirm(shows, what), .first_case = number, .found_after = at};
  if (f.replays != 3) return void(++r.not_repeated);
  f.script = minimised(shows, [&](const script& s) { return lab.examine(s).shows(what); }, std::chrono::milliseconds(static_cast<std::int64_t>(args.how_much.minimize_time * 1000)));
  f.id = id_of(what, f.script);
  if (const auto old = has(f.id); old != r.findings.end()) return void(++old->times);
  f.heard = lab.examine(f.script).heard;
  if (const auto* const known = known_in(who, f)) f.known = known->reason;
  r.findings.push_back(std::move(f));
}

// Nobody starts it again: it is told by the case behind which it did not come back.
void tell_that_it_is_gone(run_record& r, const script& last, const std::string& why, double at) {
  r.gone = why;
  finding f{.what = {oracle::crash, "is gone", "the client does not come back"}, .id = {}, .script = last, .first_case = r.cases - 1, .found_after = at};
  f.id = id_of(f.what, last);
  r.findings.push_back(std::move(f));
}

int play(const arguments& args, client_laboratory& lab, posix::loop& loop, const conformance::peer& who) {
  const protocol_version version = lab.version_of_client();
  run_record r{.kind = "client", .peer = who.name, .target = args.how.start.empty() ? lab.where().text() : args.how.start, .date = conformance::now_utc(), .seed = args.how_much.seed};
  r.hash = hash_of_nothing;
  const instant begun = loop.now();
  instant next_line = begun;
  const auto seconds = [&] { return static_cast<double>(loop.now() - begun) / 1000; };
  script last;
  try {
    while (r.cases < args.how_much.max_cases && seconds() < args.how_much.max_time && r.findings.size() < args.how_much.max_findings) {
      const script s = client_case(args.how_much.seed, r.cases, version);
      const double at = seconds();
      const examination seen = lab.examine(s);
      last = s;
      r.hash = hash_of(s.steps, version, r.hash);
      ++r.cases, ++r.connections;
      for (const symptom& each : seen.symptoms) keep(lab, r, each, s, args, who, at, r.cases - 1);
      if (args.quiet || loop.now() < next_line) continue;
      next_line = loop.now() + 5'000;
      std::fprintf(stderr, "%7.1f s  %llu cases, %zu findings\n", seconds(), static_cast<unsigned long long>(r.cases), r.findings.size());
    }
  } catch (const unreachable& e) {
    if (lab.is_started_by_us() || r.cases == 0) throw;
    tell_that_it_is_gone(r, last, e.what(), seconds());
  }
  r.seconds = seconds();
  return write_outputs(r, args.to);
}

int replay(const arguments& args, client_laboratory& lab) {
  const reproducer r = read_reproducer_file(args.replay);
  int shown = 0;
  for (int i = 0; i < 3; ++i) {
    const examination e = lab.examine(r.script);
    const symptom* const s = wanted_in(e, r);
    shown += s ? 1 : 0;
    std::printf("%d: %s\n", i + 1, s ? s->title.c_str() : "nothing");
  }
  std::printf("shown %d of 3 times\n", shown);
  return shown != 0 ? finding_exit : 0;
}

int run(arguments args) {
  const conformance::peer who = conformance::peer_from(args.peer_path, {args.version});
  args.how.version = who.versions.front();
  args.how.at = place(args);
  posix::loop loop;
  try {
    client_laboratory lab(loop, args.how);
    return args.replay.empty() ? play(args, lab, loop, who) : replay(args, lab);
  } catch (const unreachable& e) {
    std::fprintf(stderr, "mqttspan-fuzz: %s\n", e.what());
    return unreachable_exit;
  }
}

}  // namespace

void add_client_command(CLI::App& app, int& exit_code) {
  auto args = std::make_shared<arguments>();
  CLI::App& command = *app.add_subcommand("client", "Fuzzes a client: is its server, and breaks the rules");
  command.add_option("--listen", args->listen, "Where the client is to connect to, again and again: a port, or host:port, on loopback");
  command.add_option("--start", args->how.start, "Shell command of a client that connects to $MQTT_HOST, $MQTT_PORT; started again where it has ended");
  command.add_option("--driver", args->how.driver, "Shell command of a driver (conformance/live/client/README.md)");
  command.add_option("--version", args->version, "With --driver: 3.1, 3.1.1 or 5.0");
  add_limits(command, args->how_much);
  command.add_option("--patience", args->how.patience, "Milliseconds to wait for an acknowledgement")->check(CLI::Range(10, 60'000));
  command.add_option("--peer", args->peer_path, "What is known of it: a peer file (conformance/peers/README.md)");
  command.add_option("--replay", args->replay, "Plays a reproducer three times");
  add_outputs(command, args->to);
  command.add_flag("--quiet", args->quiet, "No progress on standard error");
  command.add_flag("--the-target-is-mine", args->is_mine, "Allows to listen beyond loopback");
  command.footer("Exit codes: 0 nothing but what is known, 1 a finding, 2 wrong usage, 3 no client comes.");
  command.callback([args, &exit_code] { exit_code = run(*args); });
}

}  // namespace mqttspan::fuzz
