#include "publisher.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <span>

#include <mqttspan/codec/generate.hpp>

namespace mqttspan {
namespace {

constexpr std::uint64_t most_reported = 10;  // refused messages, a line each

std::string size_text(std::size_t size) { return std::to_string(size) + " bytes"; }

// All of it; one byte above the limit is enough to know.
std::vector<std::byte> read_all(int fd, const std::string& name) {
  constexpr std::size_t portion = 1 << 20;
  std::vector<std::byte> out;
  std::size_t size = 0;
  for (;;) {
    out.resize(size + portion);
    const ssize_t got = ::read(fd, out.data() + size, portion);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw usage_error("cannot read " + name + ": " + posix::error_text(errno));
    size += static_cast<std::size_t>(got);
    if (size > max_remaining_length) throw usage_error(name + " has more than " + size_text(max_remaining_length) + ", which is all that an MQTT packet can carry");
    if (got == 0) break;
  }
  out.resize(size);
  return out;
}

}  // namespace

std::vector<std::byte> payload_of(const publish_options& o) {
  if (o.whole_input) return read_all(0, "standard input");
  if (!o.file.empty()) {
    const posix::unique_fd file(::open(o.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw usage_error("cannot open " + o.file + ": " + posix::error_text(errno));
    return read_all(file.get(), o.file);
  }
  const bytes_view text = o.text ? as_bytes(*o.text) : bytes_view();
  return {text.begin(), text.end()};
}

publisher::publisher(peer_session& session, const publish_options& options, const std::vector<std::byte>& payload)
    : session_(session), options_(options), payload_(payload) {
  publish first = message_of(payload_);
  if (options.qos != 0) first.packet_id = 1;  // a place
  const auto size = encoded_size(first, session.options().version);
  if (!size) throw usage_error("the message of " + size_text(payload.size()) + " is too large: an MQTT packet carries " + size_text(max_remaining_length) + " with its topic");
  first.payload = {};
  check(first, session.options().version);

  session.accepted = [this] {
    is_accepted_ = true;
    if (options_.progress || (::isatty(2) != 0 && !session_.options().quiet)) progress_.emplace(session_.loop(), options_.progress, [this] { return so_far(); });
    if (options_.lines) lines_.emplace(session_.loop(), 0, max_remaining_length, [this] { pump(); });
    else next_ = payload_;
    pump();
  };
  session.interrupted = [this] { interrupted(); };
  session.on().drained = [this](posix::endpoint&) {
    is_over_high_water_ = false;
    pump();
  };
  session.on().puback = [this](posix::endpoint&, const puback& p) { acknowledged(p.packet_id, p.reason_code, p.type, p.properties); };
  session.on().pubrec = [this](posix::endpoint&, const pubrec& p) {
    if (is_error(p.reason_code)) acknowledged(p.packet_id, p.reason_code, p.type, p.properties);
  };
  session.on().pubcomp = [this](posix::endpoint&, const pubcomp& p) { acknowledged(p.packet_id, p.reason_code, p.type, p.properties); };
}

publish publisher::message_of(bytes_view payload) const {
  publish p{.topic = options_.topic, .payload = payload, .qos = static_cast<qos>(options_.qos), .retain = options_.retain};
  p.properties = session_.options().properties.in(property_place::publish);
  return p;
}

// Sends as much as goes. Called again by whatever can change that: output that has drained, an acknowledgement, more lines.
void publisher::pump() {
  while (!session_.is_leaving() && !is_over_high_water_ && has_next())
    if (!send()) return;
  const bool is_all = !next_ && (!lines_ || lines_->is_over());
  if (is_all && !is_over_high_water_ && open_.empty()) finish();
}

bool publisher::has_next() {
  if (next_ || !lines_) return next_.has_value();
  const auto line = lines_->next();
  if (line) next_ = as_bytes(*line);
  return next_.has_value();
}

// False: not now, or never.
bool publisher::send() {
  const publish p = message_of(*next_);
  const bool is_long = p.payload.size() >= 65'536;  // above the high water mark: `drained` says when its bytes are free again
  const auto sent = is_long ? session_.server().send_borrowed(p) : session_.server().send(p);
  if (!sent) {
    if (sent.error().code == errc::quota_exceeded) return false;
    const std::string which = lines_ ? "line " + std::to_string(lines_->line()) : "the message";
    session_.fail(exit_status::refused, which + " cannot be sent: " + std::string(text_of(sent.error())));
    session_.leave();
    return false;
  }
  ++sent_;
  sent_bytes_ += p.payload.size();
  if (sent->packet_id != 0) open_.emplace(sent->packet_id, sent_);
  is_over_high_water_ = sent->over_high_water;
  next_.reset();
  return true;
}

void publisher::acknowledged(std::uint16_t packet_id, reason_code code, packet_type in, const property_list& properties) {
  const auto found = open_.find(packet_id);
  if (found == open_.end()) return;
  const std::string which = lines_ ? ": message " + std::to_string(found->second) : "";
  open_.erase(found);
  if (is_error(code)) {
    if (++refused_ <= most_reported) session_.refuse(code, in, properties, which);
    else session_.fail(exit_status::refused);
  }
  pump();
}

void publisher::finish() {
  if (session_.is_leaving()) return;
  if (progress_) progress_->finish();
  if (refused_ > most_reported) session_.fail(exit_status::refused, std::to_string(refused_) + " messages were refused");
  if (lines_ && !lines_->failure().empty()) session_.fail(exit_status::connection, "standard input: " + lines_->failure());
  session_.leave();
}

void publisher::interrupted() {
  if (progress_) progress_->finish();
  const std::uint64_t open = open_.size() + (next_ || !is_accepted_ ? 1 : 0);
  session_.fail(exit_status::connection, "interrupted; " + std::to_string(open) + " messages are on their way");
}

amount publisher::so_far() const {
  const std::uint64_t waiting = session_.server().waiting();
  return {.messages = sent_ - open_.size(), .bytes = sent_bytes_ - std::min(sent_bytes_, waiting)};
}

}  // namespace mqttspan
