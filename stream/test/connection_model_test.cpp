// Random happenings: the connection does what the model says.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/state.h>

#include <mqttspan/codec/generate.hpp>

#include "connection_model.hpp"
#include "rapidcheck_samples.hpp"
#include "resting.hpp"
#include "sanitized.hpp"
#include "wire_monitor.hpp"

namespace mqttspan::test {
namespace {

connection_options options_of(const model& m) {
  connection_options o;
  o.receive_maximum = o.unannounced_maximum = model_limits::receive_maximum;
  o.send_maximum = model_limits::send_maximum;
  o.max_requests = model_limits::requests;
  o.topic_alias_maximum = model_limits::aliases;
  o.connect_timeout = model_limits::connect_timeout;
  o.auto_acknowledge = m.automatic();
  return o;
}

// A packet and what it views.
struct made {
  mqttspan::packet packet;
  std::vector<property> properties;
};

void make(const happening& h, protocol_version version, made& out) {
  static constexpr subscription filters[] = {{.topic_filter = "a"}, {.topic_filter = "b"}, {.topic_filter = "c"}};
  static constexpr std::string_view names[] = {"a", "b", "c"};
  static constexpr reason_code codes[] = {reason_code::success, reason_code::success, reason_code::success};
  const bool v5 = version == protocol_version::v5;
  if (h.receive_maximum != 0) out.properties.push_back(prop::receive_maximum(h.receive_maximum));
  if (h.only_qos_1) out.properties.push_back(prop::maximum_qos(1));
  if (h.has_method) out.properties.push_back(prop::authentication_method("m"));
  if (h.alias != 0) out.properties.push_back(prop::topic_alias(h.alias));
  if (!v5) out.properties.clear();
  const property_list list = out.properties;
  const reason_code code = v5 ? h.code : reason_code::success;
  switch (h.type) {
    case packet_type::connect: out.packet = connect{.version = version, .clean_start = h.flag, .keep_alive = h.keep_alive, .client_id = "c", .properties = list}; break;
    case packet_type::connack: out.packet = connack{.session_present = h.flag, .reason_code = h.code, .properties = list}; break;
    case packet_type::publish:
      out.packet = publish{.topic = h.has_topic ? "t" : "", .payload = as_bytes("p"), .qos = h.qos, .dup = h.dup, .packet_id = h.id, .properties = list};
      break;
    case packet_type::puback: out.packet = puback{.packet_id = h.id, .reason_code = code}; break;
    case packet_type::pubrec: out.packet = pubrec{.packet_id = h.id, .reason_code = code}; break;
    case packet_type::pubrel: out.packet = pubrel{.packet_id = h.id}; break;
    case packet_type::pubcomp: out.packet = pubcomp{.packet_id = h.id}; break;
    case packet_type::subscribe: out.packet = subscribe{.packet_id = h.id, .subscriptions = std::span(filters, h.count)}; break;
    case packet_type::suback: out.packet = suback{.packet_id = h.id, .reason_codes = std::span(codes, h.count)}; break;
    case packet_type::unsubscribe: out.packet = unsubscribe{.packet_id = h.id, .topic_filters = std::span(names, h.count)}; break;
    case packet_type::unsuback: out.packet = unsuback{.packet_id = h.id, .reason_codes = std::span(codes, v5 ? h.count : 0u)}; break;
    case packet_type::pingreq: out.packet = pingreq{}; break;
    case packet_type::pingresp: out.packet = pingresp{}; break;
    case packet_type::disconnect: out.packet = disconnect{}; break;
    case packet_type::auth: out.packet = auth{.reason_code = h.code, .properties = list}; break;
  }
}

// The connection itself, played like the model.
class subject {
 public:
  explicit subject(const model& m) : version_(m.version()), memory_(options_of(m)), line_(make_connection(m.self(), now_, memory_)), monitor_(m.self(), m.version()) {
    if (m.session().empty()) return;
    RC_ASSERT(line_.import_session(m.session()).has_value());
    monitor_.resume(m.session());
  }

  outcome play(const happening& h) {
    outcome o;
    rest_if_asked(line_);
    std::vector<std::byte> input(256);
    made p;
    bool is_first_ours = false;
    if (h.what == happening::kind::ours) {
      make(h, version_, p);
      const auto done = line_.send(p.packet, now_);
      if (done) o.id = done->packet_id;
      else o.refused = done.error().violated;
      RC_ASSERT(done.has_value() || o.refused != rule::none);
      is_first_ours = done.has_value();
    } else if (h.what == happening::kind::theirs) {
      make(h, version_, p);
      const auto bytes = generate(p.packet, version_, input);
      RC_ASSERT(bytes.has_value());
      (void)line_.receive(*bytes, now_);
      monitor_.read(*bytes);
    } else if (h.what == happening::kind::wait) {
      now_ = now_ + h.milliseconds;
      line_.handle_timeout(now_);
    } else {
      line_.close();
    }
    take_events(o);
    take_output(o, is_first_ours);
    RC_ASSERT(monitor_.fault() == std::string());
    return o;
  }

  const connection& line() const { return line_; }
  std::map<std::pair<bool, std::uint16_t>, exchange> kept() const {
    session_entry room[32];
    const std::size_t count = line_.export_session(room);
    RC_ASSERT(count <= 32u);
    std::map<std::pair<bool, std::uint16_t>, exchange> all;
    for (std::size_t i = 0; i < count; ++i) all[{room[i].is_ours, room[i].packet_id}] = room[i].state;
    return all;
  }

 private:
  void take_events(outcome& o) {
    for (;;) {
      const connection_event e = line_.next_event();
      if (e.kind() == connection_event_kind::nothing) return;
      if (e.kind() == connection_event_kind::ended) {
        o.events.push_back("ended " + std::to_string(static_cast<int>(e.ending().why)) + ' ' + std::to_string(static_cast<int>(e.ending().error.violated)));
      } else {
        std::string name(to_string(type_of(e.packet())));
        if (const auto* p = e.get_if<publish>()) name += ' ' + std::string(p->topic);
        o.events.push_back(name);
      }
    }
  }

  void take_output(outcome& o, bool is_first_ours) {
    while (!line_.output().empty()) {
      const auto got = parse(line_.output(), version_);
      RC_ASSERT(got.has_value());
      if (!std::exchange(is_first_ours, false)) o.written.push_back(type_of(got->packet));
      monitor_.wrote(line_.output().first(got->size));
      line_.consume_output(got->size, now_);
    }
  }

  protocol_version version_;
  instant now_{};
  connection_memory memory_;
  connection line_;
  wire_monitor monitor_;
};

[[maybe_unused]] const testing::Environment* const rested = testing::AddGlobalTestEnvironment(new some_connection_rested);

rc::Gen<happening> happenings(sender self, protocol_version version, connection_phase phase) {
  return rc::gen::exec([=] {
    const auto below = [](int n) { return *rc::gen::inRange(0, n); };
    const auto one_in = [&](int n) { return below(n) == 0; };
    const bool v5 = version == protocol_version::v5, client = self == sender::client;
    happening h;
    const int what = below(20);
    h.what = what < 9 ? happening::kind::ours : what < 18 ? happening::kind::theirs : what < 19 || !one_in(4) ? happening::kind::wait : happening::kind::close;
    h.milliseconds = static_cast<std::uint32_t>(below(4) * 1'500 + below(3));
    const bool is_opening = phase != connection_phase::connected && phase != connection_phase::ended && !one_in(12);
    if (is_opening) h.what = (phase == connection_phase::fresh) == client ? happening::kind::ours : happening::kind::theirs;
    const bool by_client = (h.what == happening::kind::ours) == client;
    using enum packet_type;
    static const std::vector<packet_type> of_client = {connect, publish, publish, publish, publish, puback, pubrec, pubrel, pubcomp, subscribe, unsubscribe, pingreq, publish, puback, pubrec, pubrel, pubcomp};
    static const std::vector<packet_type> of_server = {connack, publish, publish, publish, publish, puback, pubrec, pubrel, pubcomp, suback, unsuback, pingresp, publish, puback, pubrec, pubrel, pubcomp};
    h.type = *rc::gen::elementOf(by_client ? of_client : of_server);
    if (is_opening || (phase != connection_phase::connected && one_in(2))) h.type = by_client ? connect : connack;
    if (one_in(30) && (v5 || by_client)) h.type = disconnect;
    if (one_in(10) && v5) h.type = auth;
    const bool takes_one = h.what == happening::kind::ours && (h.type == publish || h.type == subscribe || h.type == unsubscribe);
    h.id = static_cast<std::uint16_t>(takes_one && !one_in(3) ? 0 : 1 + below(4));
    h.qos = static_cast<mqttspan::qos>(below(3));
    h.dup = one_in(4) && h.qos != qos::at_most_once && h.type == publish;
    if (h.type == publish && h.qos == qos::at_most_once) h.id = 0;
    if (h.type == connect) h.flag = one_in(2);
    if (h.type == connack) h.flag = version != protocol_version::v3_1 && one_in(4);
    if (h.type == connack && one_in(10)) h.code = reason_code::not_authorized, h.flag = false;
    if ((h.type == puback || h.type == pubrec) && v5 && one_in(5)) h.code = reason_code::unspecified_error;
    if (h.type == auth) h.code = one_in(3) ? reason_code::continue_authentication : by_client ? reason_code::re_authenticate : reason_code::success;
    h.count = static_cast<std::uint16_t>(1 + below(2));
    if (h.type == connect || h.type == connack) {
      h.has_method = v5 && one_in(6);
      h.receive_maximum = static_cast<std::uint16_t>(v5 && h.what == happening::kind::theirs ? below(3) : 0);
      h.only_qos_1 = v5 && h.type == connack && h.what == happening::kind::theirs && one_in(4);
      h.keep_alive = static_cast<std::uint16_t>(h.type == connect ? below(4) : 0);
    }
    if (h.type == auth) h.has_method = true;
    if (h.type == publish && v5 && h.what == happening::kind::theirs && one_in(4)) h.alias = static_cast<std::uint16_t>(1 + below(3)), h.has_topic = one_in(2);
    return h;
  });
}

struct step_of_both : rc::state::Command<model, subject> {
  explicit step_of_both(const model& m) : h(*happenings(m.self(), m.version(), m.phase())) {}

  void checkPreconditions(const model& m) const override { RC_PRE(m.knows(h)); }
  void apply(model& m) const override { m.step(h); }
  void run(const model& before, subject& s) const override {
    model after = before;
    const outcome expected = after.step(h), got = s.play(h);
    RC_ASSERT(got == expected);
    RC_ASSERT(s.line().phase() == after.phase());
    RC_ASSERT(s.kept() == after.kept());
    if (after.phase() == connection_phase::connected) RC_ASSERT(s.line().send_quota() == after.quota());
  }
  void show(std::ostream& out) const override { out << h; }

  const happening h;
};

class connection_model : public testing::TestWithParam<std::tuple<sender, protocol_version, bool>> {};

TEST_P(connection_model, holds) {
  holds([] {
    const auto [self, version, automatic] = GetParam();
    std::vector<session_entry> session;
    for (std::uint16_t id = 1; id <= 2; ++id)
      if (*rc::gen::inRange(0, 4) == 0) {
        const bool is_ours = *rc::gen::inRange(0, 2) == 0;
        session.push_back({id, is_ours ? static_cast<exchange>(1 + *rc::gen::inRange(0, 4)) : exchange::received, is_ours});
      }
    const model start(self, version, automatic, session);
    subject s(start);
    rc::state::check(start, s, rc::state::gen::execOneOfWithArgs<step_of_both>());
  }, MQTTSPAN_SANITIZED ? 400 : 2000);
}

INSTANTIATE_TEST_SUITE_P(all, connection_model,
                         testing::Combine(testing::Values(sender::client, sender::server), testing::Values(protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5), testing::Bool()),
                         [](const auto& of) {
                           std::string name = std::string(to_string(std::get<0>(of.param))) + '_' + std::string(to_string(std::get<1>(of.param))) + (std::get<2>(of.param) ? "_automatic" : "_manual");
                           for (char& c : name)
                             if (c == '.') c = '_';
                           return name;
                         });

}  // namespace
}  // namespace mqttspan::test
