#include "party.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <mqttspan/codec/parse.hpp>

#include "broker/monitor.hpp"
#include "client/monitor.hpp"
#include "journal.hpp"
#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

constexpr std::uint16_t first_question = 60'000;  // packet identifiers of messages that ask a client whether it is there
constexpr std::string_view question_topic = "mqttspan-fuzz/question";
constexpr std::string_view pingreq_bytes("\xC0\0", 2);

std::string in_short(reason_code code) { return is_error(code) ? " fail" : " ok"; }
template <class P>
std::string in_short(const P& p) {
  std::string text;
  if constexpr (requires { p.reason_code; }) text += in_short(p.reason_code);
  if constexpr (requires { p.reason_codes; })
    for (const reason_code code : p.reason_codes) text += in_short(code);
  return text;
}

}  // namespace

party::party(posix::loop& loop, const party_options& how, protocol_version version, std::function<void()>& changed)
   
    : loop_(loop), how_(how), changed_(changed), reader_(version, how.of_client ? sender::server : sender::client),
      monitor_(how.of_client ? conformance::client::make_monitor(version) : conformance::broker::make_monitor(version)) {}

party::~party() { close(); }

void party::send(std::string_view bytes) {
  if (!fd_ && !ended_) connect();
  reader_.take(bytes, [this](const packet& p, std::size_t size) {
    if (type_of(p) == packet_type::pingreq) ++pings_;
    if (const auto* m = std::get_if<publish>(&p); m && m->qos == qos::at_least_once && m->packet_id >= first_question && m->topic != question_topic) ++like_questions_[m->packet_id];
    monitor_->sent(p, size);
  });
  if (!reader_.is_open() && reader_.standing() != standing::torn && reader_.standing() != standing::left) monitor_->sent_bad();
  write(bytes);
}

void party::ping() {
  const auto id = static_cast<std::uint16_t>(first_question + pings_ % 5'000);
  const std::string question = how_.of_client ? conformance::wire::encoded(publish{.topic = question_topic, .qos = qos::at_least_once, .packet_id = id}, reader_.version()) : std::string(pingreq_bytes);
  if (how_.of_client || !reader_.is_open()) ++pings_;  // a PINGREQ that is sent as a good packet counts itself
  if (reader_.is_open()) return send(question);
  write(question);  // behind a wrong packet it is the question whether the peer goes on
}

void party::write(std::string_view bytes) {
  if (ended_) return;
  out_.append(bytes);
  flush();
}

void party::end() {
  ending_ = true;
  flush();
}

void party::abort() {
  if (fd_) {
    const ::linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  ended_by_us_ = true;
  close();
}

void party::close() {
  loop_.forget(*this);
  fd_ = posix::unique_fd();
  ended_ = true;
}

void party::connect() {
  fd_ = how_.of_client ? how_.adopt() : posix::start_connecting(how_.at);
  connecting_ = fd_ && !how_.of_client;
  if (!fd_) return refused_ = ended_ = true, void();
  const int on = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (how_.of_client) want();
  else loop_.watch(*this, fd_.get(), {.read = false, .write = true});
}

void party::on_ready(posix::readiness ready) {
  if (connecting_) {
    connecting_ = false;
    refused_ = posix::connect_error(fd_.get()) != 0;
    if (refused_) close();
  }
  if (ready.write && fd_) flush();
  if (ready.read && fd_) read_all();
  want();
  changed_();  // the last thing
}

void party::flush() {
  if (connecting_ || !fd_ || (how_.of_client && !was_met_)) return;
  while (!out_.empty()) {
    const ssize_t n = ::send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n > 0) out_.erase(0, static_cast<std::size_t>(n));
    else if (n < 0 && errno == EINTR) continue;
    else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    else out_.clear();  // what the peer still had to say is read first, and then its end
  }
  if (ending_ && out_.empty()) ::shutdown(fd_.get(), SHUT_WR), ending_ = false;
  want();
}

void party::want() {
  if (fd_ && !connecting_) loop_.watch(*this, fd_.get(), {.read = true, .write = !out_.empty()});
}

void party::read_all() {
  auto buffer = loop_.take_buffer();
  for (bool more = true; more && fd_;) {
    const ssize_t n = ::recv(fd_.get(), buffer.get(), posix::loop::buffer_size, 0);
    if (n > 0) {
      received_ += static_cast<std::size_t>(n);
      in_.append(reinterpret_cast<const char*>(buffer.get()), static_cast<std::size_t>(n));
      more = static_cast<std::size_t>(n) == posix::loop::buffer_size;
      take_apart();
    } else if (n < 0 && errno == EINTR) continue;
    else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) more = false;
    else close();
  }
  loop_.give_back(std::move(buffer));
}

void party::take_apart() {
  std::size_t at = 0;
  while (!garbled_ && at < in_.size()) {
    const bytes_view rest = as_bytes(std::string_view(in_).substr(at));
    const auto found = parse(rest, reader_.version(), {.sender = how_.of_client ? sender::client : sender::server, .allow = leniency::payload_not_utf8});
    if (!found && found.error().code == errc::incomplete) break;
    if (!found) {
      garbled_ = true;
      if (reader_.is_version_lost()) break;
      if (how_.keeps_log) log_.push_back(std::string(describe(found.error(), reader_.version(), rest).view()));
      monitor_->unreadable(found.error(), rest);
      break;
    }
    hear(found->packet, found->size);
    at += found->size;
  }
  in_.erase(0, at);
  if (garbled_) close();  // nobody knows where the next packet begins
}

void party::hear(const packet& p, std::size_t size) {
  monitor_->received(p, size);
  if (how_.keeps_log) note(p);
  if (how_.of_client) serve(p);
  else if (type_of(p) == packet_type::pingresp) ++pongs_;
  if (const auto* m = std::get_if<publish>(&p)) answer(*m);
  if (const auto* r = std::get_if<pubrel>(&p)) reply(pubcomp{.packet_id = r->packet_id});
}

void party::note(const packet& p) {
  log_.push_back(conformance::in_words(p, reader_.version()));
  const packet_type type = type_of(p);
  if (type == packet_type::publish || type == packet_type::pingresp || type == packet_type::disconnect) return;
  answers_.push_back(std::string(to_string(type)) + std::visit([](const auto& each) { return in_short(each); }, p));
}

std::string party::shape() const {
  if (ended_ && !ended_by_us_ && (answers_.empty() || reader_.standing() != standing::left)) return "closed";
  std::vector<std::string> sorted = answers_;
  std::sort(sorted.begin(), sorted.end());
  std::string all;
  for (const std::string& each : sorted) all += (all.empty() ? "" : ", ") + each;
  return all;
}

// Who subscribes acknowledges: or the peer's window would close, and nothing more would come.
void party::answer(const publish& p) {
  if (p.qos == qos::at_least_once) reply(puback{.packet_id = p.packet_id});
  else if (p.qos == qos::exactly_once) reply(pubrec{.packet_id = p.packet_id});
}

void party::reply(const packet& p) {
  if (reader_.is_open()) send(conformance::wire::encoded(p, reader_.version()));
}

// Acknowledgements come in the order of the messages: those of the script's own messages with such an identifier first.
void party::heard_from(std::uint16_t id) {
  const auto other = like_questions_.find(id);
  if (other != like_questions_.end() && other->second != 0) --other->second;
  else ++pongs_;
}

// A server that does what it is asked for: or a client would not go on.
void party::serve(const packet& p) {
  if (type_of(p) == packet_type::connect) was_met_ = true, flush();
  if (const auto* a = std::get_if<puback>(&p); a && a->packet_id >= first_question) heard_from(a->packet_id);
  if (type_of(p) == packet_type::pingreq) reply(pingresp{});
  if (const auto* r = std::get_if<pubrec>(&p)) reply(pubrel{.packet_id = r->packet_id});
  if (const auto* s = std::get_if<subscribe>(&p)) {
    std::vector<reason_code> codes;
    for (const subscription& each : s->subscriptions) codes.push_back(static_cast<reason_code>(each.qos));
    reply(suback{.packet_id = s->packet_id, .reason_codes = codes});
  }
  if (const auto* u = std::get_if<unsubscribe>(&p)) {
    const std::vector<reason_code> codes(reader_.version() == protocol_version::v5 ? u->topic_filters.size() : 0);
    reply(unsuback{.packet_id = u->packet_id, .reason_codes = codes});
  }
}

}  // namespace mqttspan::fuzz
