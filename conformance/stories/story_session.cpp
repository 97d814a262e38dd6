#include "story_session.hpp"

#include <deque>
#include <vector>

#include <mqttspan/stream/connection.hpp>

#include "hex.hpp"
#include "json_text.hpp"
#include "story_options.hpp"

namespace mqttspan::conformance {
namespace {

using kind = connection_event_kind;

// The classes of error as vectors and stories name them; by errc.
constexpr const char* class_names[] = {"",           "incomplete", "malformed",        "protocol_error", "unsupported",
                                       "limit",      "no_space",   "invalid_argument", "limit",          "wrong_state"};
constexpr const char* cause_names[] = {"fault", "timeout", "peer", "self", "transport", "no_memory"};
constexpr const char* phase_names[] = {"fresh", "connecting", "connected", "ended"};

void put_error(packet_json& out, const error& e) {
  if (e.code == errc{}) return;
  out["class"] = class_names[static_cast<std::size_t>(e.code)];
  if (e.violated != rule::none) out["rule"] = std::string(to_string(e.violated));
}

packet_json ending_json(const ending& e) {
  packet_json out{{"why", cause_names[static_cast<std::size_t>(e.why)]}};
  put_error(out, e.error);
  out["reason_code"] = static_cast<unsigned>(e.reason);
  out["position"] = e.position;
  out["will_is_due"] = e.will_is_due;
  return out;
}

packet_json announced_json(const announced& a) {
  return {{"maximum_packet_size", a.maximum_packet_size},
          {"receive_maximum", a.receive_maximum},
          {"topic_alias_maximum", a.topic_alias_maximum},
          {"maximum_qos", static_cast<unsigned>(a.maximum_qos)},
          {"retain_available", a.retain_available},
          {"wildcard_subscription_available", a.wildcard_subscription_available},
          {"subscription_identifier_available", a.subscription_identifier_available},
          {"shared_subscription_available", a.shared_subscription_available},
          {"request_problem_information", a.request_problem_information},
          {"request_response_information", a.request_response_information},
          {"session_expiry_interval", a.session_expiry_interval}};
}

packet_json state_json(const connection& c) {
  return {{"phase", phase_names[static_cast<std::size_t>(c.phase())]},
          {"keep_alive", c.keep_alive()},
          {"send_quota", c.send_quota()},
          {"ours", announced_json(c.ours())},
          {"theirs", announced_json(c.theirs())},
          {"session", session_of(c)}};
}

protocol_version version_field(const packet_json& request) {
  const auto version = version_named(request.at("version").get<std::string>());
  if (!version) throw bad_request("\"version\" must be 3.1, 3.1.1 or 5.0");
  return *version;
}

sender role_field(const packet_json& request) {
  const auto role = sender_named(request.at("role").get<std::string>());
  if (!role || *role == sender::any) throw bad_request("\"role\" must be client or server");
  return *role;
}

}  // namespace

// One connection, its bytes and its clock.
class story_session::opened {
 public:
  explicit opened(const packet_json& request)
      : version_(version_field(request)), connection_(role_field(request), now_, options_from(request.value("options", packet_json::object()))) {
    const packet_json options = request.value("options", packet_json::object());
    if (!options.contains("session")) return;
    const std::vector<session_entry> entries = session_from(options["session"]);
    if (!connection_.import_session(entries)) throw bad_request("this session cannot be taken over");
  }

  void step(const packet_json& request) {
    if (request.contains("chunks")) {
      for (const packet_json& chunk : request["chunks"]) inbox_.push_back(from_hex(chunk.get<std::string>()));
    } else if (request.contains("send")) {
      send(request["send"]);
    } else if (request.contains("close")) {
      connection_.close(static_cast<reason_code>(request["close"].get<std::uint8_t>()));
    } else if (request.contains("time")) {
      now_ = now_ + request["time"].get<std::int64_t>();
      connection_.handle_timeout(now_);
    } else if (request.value("event", "") == "closed") {
      connection_.end_of_input();
    } else {
      throw bad_request("a step is one of chunks, send, close, time, event");
    }
    turn();
  }

  void report(packet_json& out, bool with_state) {
    out["outputs"] = outputs_.empty() ? packet_json::array() : packet_json::array({outputs_});
    out["events"] = std::move(events_);
    if (!refused_.is_null()) out["refused"] = std::move(refused_);
    const auto due = connection_.next_timeout();
    out["deadline"] = due ? packet_json(*due - now_) : packet_json();
    out["closed"] = connection_.phase() == connection_phase::ended;
    if (with_state) out["state"] = state_json(connection_);
    events_ = packet_json::array();
    refused_ = packet_json();
    outputs_.clear();
  }

 private:
  // Without "packet_id" the connection takes one.
  void send(packet_json value) {
    const std::string type = value.value("type", "");
    if ((type == "subscribe" || type == "unsubscribe") && !value.contains("packet_id")) value["packet_id"] = 0u;
    try {
      const json_packet p = packet_from_json(value, version_);
      if (const auto done = connection_.send(*p, now_); !done) {
        refused_ = packet_json::object();
        put_error(refused_, done.error());
      }
    } catch (const packet_json_error& e) {
      throw bad_request(e.path + " " + e.what());
    }
  }

  // As an owner's loop does it: events first, more input when they are used up.
  void turn() {
    for (;;) {
      const connection_event e = connection_.next_event();
      const bool has_said = connection_.output_size() != 0;
      drain();
      if (e.kind() != kind::nothing) {
        note(e);
        continue;
      }
      if (connection_.phase() == connection_phase::ended) return;
      if (connection_.input_left() != 0) {
        if (has_said) continue;
        return;  // a CONNACK is awaited
      }
      if (inbox_.empty()) return;
      given_ = std::move(inbox_.front());
      inbox_.pop_front();
      if (!connection_.receive(given_, now_)) return;
    }
  }

  void drain() {
    while (!connection_.output().empty()) {
      const bytes_view piece = connection_.output();
      outputs_ += to_hex(piece);
      connection_.consume_output(piece.size(), now_);
    }
  }

  // A PUBLISH that comes in pieces is told when it is whole.
  void note(const connection_event& e) {
    if (e.kind() == kind::packet) {
      events_.push_back({{"packet", to_json(e.packet(), version_)}});
    } else if (e.kind() == kind::ended) {
      events_.push_back({{"ended", ending_json(e.ending())}});
    } else if (e.kind() == kind::publish_begin) {
      in_pieces_ = to_json(packet(e.publish_begin().publish), version_);
      payload_.clear();
    } else if (e.kind() == kind::payload_chunk) {
      payload_ += to_hex(e.chunk().bytes);
    } else {
      in_pieces_["payload"] = packet_json{{"hex", payload_}};
      events_.push_back({{"packet", in_pieces_}});
    }
  }

  protocol_version version_;
  instant now_{1'000'000};
  connection connection_;
  std::deque<std::vector<std::byte>> inbox_;  // arrived, and not taken yet
  std::vector<std::byte> given_;              // events point into it
  packet_json events_ = packet_json::array();
  packet_json refused_;
  packet_json in_pieces_;
  std::string payload_;  // digits
  std::string outputs_;  // digits
};

story_session::story_session() = default;
story_session::~story_session() = default;

std::string story_session::answer(std::string_view line) {
  packet_json out{{"id", nullptr}};
  try {
    const packet_json request = parse_json(line);
    if (!request.is_object()) throw bad_request("a request is an object");
    if (request.contains("id")) out["id"] = request["id"];
    const std::string op = request.value("op", "");
    if (op == "open") opened_ = std::make_unique<opened>(request);
    else if (op != "step") throw bad_request("\"op\" must be open or step");
    else if (!opened_) throw bad_request("nothing is open");
    else opened_->step(request);
    opened_->report(out, request.value("state", false));
  } catch (const json_text_error& e) {
    out["error"] = e.what();
  } catch (const bad_request& e) {
    out["error"] = e.what();
  } catch (const hex_error& e) {
    out["error"] = e.what();
  } catch (const packet_json::exception& e) {
    out["error"] = e.what();
  }
  return out.dump(-1, ' ', false, packet_json::error_handler_t::replace);
}

}  // namespace mqttspan::conformance
