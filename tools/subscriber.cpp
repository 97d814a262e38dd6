#include "subscriber.hpp"

#include <cerrno>
#include <cmath>

#include <mqttspan/codec/topic.hpp>

namespace mqttspan {
namespace {

subscribe request(const std::vector<subscription>& wishes, const peer_options& peer) {
  return {.subscriptions = wishes, .properties = peer.properties.in(property_place::subscribe)};
}

unsubscribe request(const std::vector<std::string_view>& filters, const peer_options& peer) {
  return {.topic_filters = filters, .properties = peer.properties.in(property_place::unsubscribe)};
}

template <class P>
void check_request(P p, protocol_version version) {
  p.packet_id = 1;  // a place
  check(p, version);
}

}  // namespace

subscriber::subscriber(peer_session& session, const subscribe_options& options)
    : session_(session), options_(options), out_(session.loop(), 1, [this](int error) {
        // Whoever read it has gone: that is how pipes end.
        if (error != EPIPE) session_.fail(exit_status::connection, "standard output: " + posix::error_text(error));
        session_.leave();
      }) {
  for (const std::string& topic : options.topics)
    wishes_.push_back({.topic_filter = topic,
                       .qos = static_cast<qos>(options.qos),
                       .no_local = options.no_local && !topic.starts_with("$share/"),
                       .retain_as_published = options.retain_as_published});
  farewells_.assign(options.unsubscribe.begin(), options.unsubscribe.end());
  check_all();
  session.accepted = [this] { start(); };
  session.on().suback = [this](posix::endpoint&, const suback& s) { answered(s); };
  session.on().unsuback = [this](posix::endpoint&, const unsuback& s) { answered(s); };
  session.on().publish = [this](posix::endpoint&, const publish& p) { take(p); };
}

subscriber::~subscriber() { session_.loop().forget(*this); }

void subscriber::check_all() const {
  const protocol_version version = session_.options().version;
  if (!wishes_.empty()) check_request(request(wishes_, session_.options()), version);
  if (!farewells_.empty()) check_request(request(farewells_, session_.options()), version);
  for (const std::string& filter : options_.filter_out)
    if (const auto good = validate_topic_filter(filter, version); !good) throw usage_error("-T: " + std::string(text_of(good.error())));
}

void subscriber::start() {
  if (options_.seconds > 0) session_.loop().wake_at(*this, posix::steady_now() + static_cast<std::int64_t>(std::ceil(options_.seconds * 1000)));
  is_unsubscribed_ = farewells_.empty();
  is_subscribed_ = wishes_.empty();
  const auto say = [this](const auto& p) {
    const auto said = session_.server().send(p);
    if (said) return;
    session_.fail(exit_status::refused, std::string(describe(said.error(), session_.options().version).view()));
    session_.leave();
  };
  if (!farewells_.empty()) say(request(farewells_, session_.options()));
  if (!wishes_.empty()) say(request(wishes_, session_.options()));
}

void subscriber::on_time() {
  out_.flush();
  session_.fail(exit_status::timeout);
  session_.leave();
}

void subscriber::answered(const suback& answer) {
  std::size_t at = 0;
  std::size_t refused = 0;
  for (const reason_code code : answer.reason_codes) {
    if (is_error(code)) {
      ++refused;
      session_.refuse(code, answer.type, answer.properties, ": " + (at < options_.topics.size() ? options_.topics[at] : std::string()));
    }
    ++at;
  }
  is_subscribed_ = true;
  if (refused == at) session_.leave();
  else leave_if_done();
}

void subscriber::answered(const unsuback& answer) {
  std::size_t at = 0;
  for (const reason_code code : answer.reason_codes) {
    if (is_error(code) && at < options_.unsubscribe.size()) session_.refuse(code, answer.type, answer.properties, ": " + options_.unsubscribe[at]);
    ++at;
  }
  is_unsubscribed_ = true;
  leave_if_done();
}

// Who only wanted to be subscribed, or not to be, has nothing to wait for.
void subscriber::leave_if_done() {
  if (is_subscribed_ && is_unsubscribed_ && (options_.only_subscribe || wishes_.empty())) session_.leave();
}

void subscriber::take(const publish& message) {
  if (session_.is_leaving() || !is_wanted(message)) return;
  write(message);
  if (options_.count == 0 || ++seen_ < options_.count) return;
  acknowledge_last(message);
  session_.leave();
}

bool subscriber::is_wanted(const publish& message) const {
  if (options_.only_fresh && message.retain) return false;
  for (const std::string& filter : options_.filter_out)
    if (matches(filter, message.topic, session_.options().version)) return false;
  return true;
}

// What the server is told that we have, we have written.
void subscriber::write(const publish& message) {
  std::string& out = out_.buffer();
  const protocol_version version = session_.options().version;
  if (options_.json) out.append(message_json(message, version).dump()).append("\n");
  else options_.format->write(message, version, out);
  if (message.qos == qos::at_most_once) out_.wrote();
  else out_.flush();
}

// The connection would do it behind the next event, but there is none.
void subscriber::acknowledge_last(const publish& message) {
  out_.flush();
  if (message.qos == qos::at_least_once) (void)session_.server().send(puback{.packet_id = message.packet_id});
  else if (message.qos == qos::exactly_once) (void)session_.server().send(pubrec{.packet_id = message.packet_id});
}

}  // namespace mqttspan
