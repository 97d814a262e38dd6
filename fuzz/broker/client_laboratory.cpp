#include "client_laboratory.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include <mqttspan/codec/parse.hpp>

#include "usage_error.hpp"

namespace mqttspan::fuzz {
namespace {

constexpr std::int64_t tick = 5, behind_the_end = 150;
constexpr int most_starts = 3;

}  // namespace

client_laboratory::client_laboratory(posix::loop& loop, const client_options& how) : loop_(loop), how_(how), listening_(posix::listen_at(how.at, 16)) {
  if (!listening_) throw usage_error("cannot listen at " + how.at.name().text() + ": " + posix::error_text(errno));
  loop_.watch(*this, listening_.get(), {.read = true, .write = false});
  joining_.of_client = joining_.keeps_log = true;
  joining_.adopt = [this] { return std::exchange(next_, posix::unique_fd()); };
  errors_ = temporary_file();
}

client_laboratory::~client_laboratory() {
  loop_.forget(*this);
  ::unlink(errors_.c_str());
}

// One connection waits at a time: those behind it stay with the system.
void client_laboratory::on_ready(posix::readiness) {
  if (!next_) accept_next();
  loop_.watch(*this, listening_.get(), {.read = !next_, .write = false});
}

bool client_laboratory::accept_next() {
  next_ = posix::unique_fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  return static_cast<bool>(next_);
}

bool client_laboratory::wait(std::int64_t at_most, const std::function<bool()>& done) {
  for (const instant begun = loop_.now(); !done() && loop_.now() - begun < at_most;) {
    loop_.wake_at(*this, loop_.now() + tick);
    loop_.run_once();
  }
  return done();
}

void client_laboratory::begin() {
  const posix::address at = where();
  const std::string environment = "MQTT_HOST='" + at.host + "' MQTT_PORT=" + std::to_string(at.port) + "; export MQTT_HOST MQTT_PORT; exec 2>'" + errors_ + "'; ";
  read_ = 0;
  process_ = std::make_unique<conformance::client::driver>(loop_, log_, environment + (how_.driver.empty() ? how_.start : how_.driver));
  if (!how_.driver.empty())
    process_->tell({{"do", "connect"}, {"host", at.host}, {"port", at.port}, {"version", to_string(how_.version)}, {"client_id", "mqttspanfuzz"}, {"clean", true}, {"keep_alive", 60}});
}

void client_laboratory::end() {
  process_.reset();
  while (next_ || accept_next()) next_ = posix::unique_fd();  // connections of the one that is gone
  loop_.watch(*this, listening_.get(), {.read = true, .write = false});
}

void client_laboratory::await_client() {
  for (int starts = 0; starts < most_starts; ++starts) {
    loop_.watch(*this, listening_.get(), {.read = !next_, .write = false});
    if (is_started_by_us() && (!process_ || has_ended())) end(), begin();
    if (wait(how_.coming, [this] { return next_ || has_ended(); }) && next_) return;
  }
  throw unreachable("no client connects to " + where().text());
}

protocol_version client_laboratory::version_of_client() {
  if (!how_.driver.empty()) return how_.version;
  await_client();
  std::array<std::byte, 1024> bytes;
  ssize_t size = 0;
  wait(how_.coming, [&] { return (size = ::recv(next_.get(), bytes.data(), bytes.size(), MSG_PEEK)) > 0; });
  const auto found = inspect_connect(bytes_view(bytes).first(static_cast<std::size_t>(std::max<ssize_t>(size, 0))));
  if (!found.protocol_level) throw unreachable("what connects sends no CONNECT");
  return found.version();
}

std::string client_laboratory::complaint() {
  const std::string all = text_of_file(errors_, read_);
  read_ += all.size();
  return complaint_in(all);
}

examination client_laboratory::examine(const script& s) {
  await_client();
  examination found;
  {
    player p(loop_, joining_, s, 0, [](player&) {});
    p.start();
    if (!wait(60'000, [&] { return p.has_ended() || has_ended() || loop_.now() - p.last_progress() > how_.patience; })) p.give_up();
    if (!p.has_ended()) p.give_up();
    // Who was sent something wrong, in 5.0, may do what he likes.
    if (p.result().is_silent && p.result().was_owed && !has_ended())
      found.symptoms.push_back({oracle::hang, "F-HANG/" + std::string(to_string(s.parties.front())), "neither acknowledges a message nor closes for " + std::to_string(how_.patience) + " ms"});
    for (const objection& o : p.result().objections) found.symptoms.push_back(symptom_of(o));
    found.heard = p.result().heard;
  }
  loop_.watch(*this, listening_.get(), {.read = !next_, .write = false});
  if (is_started_by_us()) wait(behind_the_end, [this] { return has_ended() || next_; });
  const std::string said = complaint();
  const std::string failure = process_ ? process_->failure() : "";
  if (failure.find("signal") != std::string::npos) found.symptoms.push_back({oracle::crash, failure + (said.empty() ? "" : ": " + said), "the client " + failure + (said.empty() ? "" : ": " + said)});
  else if (!said.empty()) found.symptoms.push_back({oracle::complaint, said, said});
  found.last_words = failure.empty() && said.empty() ? "" : text_of_file(errors_, 0);
  if (!how_.driver.empty() || !found.symptoms.empty()) end();  // a driver has one connection, and who has shown something begins anew
  return found;
}

unsigned client_laboratory::confirm(const script& s, const symptom& wanted) {
  for (unsigned shown = 0; shown < 3; ++shown)
    if (!examine(s).shows(wanted)) return shown;
  return 3;
}

}  // namespace mqttspan::fuzz
