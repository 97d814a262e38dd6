#include "peer_session.hpp"

#include <csignal>
#include <cstdio>

#include "peer_transport.hpp"

namespace mqttspan {
namespace {

posix::loop* running = nullptr;
volatile std::sig_atomic_t is_interrupted = 0;

// The second one ends the program as it always did.
void catch_interrupts(posix::loop& loop) {
  running = &loop;
  struct sigaction action {};
  action.sa_handler = [](int) {
    is_interrupted = 1;
    running->stop();
  };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

std::string code_text(reason_code code, packet_type in) {
  char number[8];
  std::snprintf(number, sizeof number, "0x%02x ", static_cast<unsigned>(code));
  return number + std::string(text_of(code, in));
}

// As the predecessors counted: the return code on the wire.
std::string connack_number(reason_code code, protocol_version version) {
  const unsigned number = version == protocol_version::v5 ? static_cast<unsigned>(code) : return_code(code).value_or(0);
  return " (connack error " + std::to_string(number) + ")";
}

}  // namespace

peer_session::peer_session(const peer_options& options, const posix::endpoint_options& how) : options_(options), client_(loop_, how) {
  check(connect_of(options), options.version);
  client_.wrap = wrapping_of(options);
  client_.on.connected = [this](posix::endpoint&) { connect(); };
  client_.on.connack = [this](posix::endpoint&, const connack& c) { answer(c); };
  client_.on.close = [this](posix::endpoint&, const posix::closing& why) { closed(why); };
}

exit_status peer_session::run() {
  catch_interrupts(loop_);
  client_.open(options_.to);
  while (!is_over_) {
    loop_.run();
    if (!is_interrupted || is_over_) continue;
    is_interrupted = 0;
    if (interrupted) interrupted();
    if (!is_accepted_) break;
    leave();
  }
  return status_;
}

void peer_session::connect() {
  const mqttspan::connect hello = connect_of(options_);
  if (options_.keep_session) (void)server().mqtt().import_session({});  // the server may still have one
  const auto said = server().send(hello);
  if (said) return;
  fail(exit_status::refused, std::string(describe(said.error(), options_.version).view()));
  server().abort();
}

void peer_session::answer(const connack& answer) {
  if (is_error(answer.reason_code)) {
    refuse(answer.reason_code, packet_type::connack, answer.properties, connack_number(answer.reason_code, options_.version));
    return;
  }
  is_accepted_ = true;
  if (accepted) accepted();
}

void peer_session::closed(const posix::closing& why) {
  is_over_ = true;
  loop_.stop();
  if (is_leaving_ || status_ != exit_status::done) return;
  const bool was_refused = why.mqtt.why == ending::cause::peer && is_error(why.mqtt.reason);
  if (was_refused) return refuse(why.mqtt.reason, packet_type::disconnect, {});
  if (is_accepted_) return fail(exit_status::connection, "the connection is lost: " + why.text());
  fail(exit_status::connection);
  if (!options_.quiet) std::fprintf(stderr, "Unable to connect to broker: %s\n", why.text().c_str());
}

void peer_session::leave() {
  if (is_over_ || is_leaving_) return;
  is_leaving_ = true;
  (void)server().send(disconnect{.properties = options_.properties.in(property_place::disconnect)});
  server().close();
}

void peer_session::fail(exit_status status) {
  if (status_ == exit_status::done) status_ = status;
}

void peer_session::fail(exit_status status, const std::string& why) {
  fail(status);
  say(why);
}

void peer_session::refuse(reason_code code, packet_type in, const property_list& properties, const std::string& what) {
  std::string text = "refused: " + code_text(code, in) + what;
  if (const auto reason = properties.get(prop::reason_string)) text.append(": ").append(*reason);
  fail(exit_status::refused, text);
}

void peer_session::say(const std::string& text) const {
  if (!options_.quiet) std::fprintf(stderr, "%s: %s\n", options_.program.c_str(), text.c_str());
}

}  // namespace mqttspan
