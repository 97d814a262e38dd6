#include "player.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include <mqttspan/codec/parse.hpp>

#include "expectation.hpp"
#include "hex.hpp"
#include "json_text.hpp"

namespace mqttspan::conformance {
namespace {

constexpr int most_wake_ups = 1000;  // in one step; more is a connection that never rests

// How a story ends before its last step.
struct outcome {
  verdict found;
  std::string reason;
};

[[noreturn]] void fail(const std::string& reason) { throw outcome{verdict::fail, reason}; }
[[noreturn]] void give_up(const std::string& reason) { throw outcome{verdict::inconclusive, reason}; }

std::string list_of(const std::vector<packet_json>& seen) {
  std::string text;
  for (const packet_json& one : seen) text += (text.empty() ? "" : ", ") + one.dump();
  return text.empty() ? "nothing" : text;
}

// What came of one step.
struct consequence {
  std::string bytes;                 // said
  std::vector<packet_json> events;   // told to the user
  packet_json refused;               // null: sent
  packet_json state;                 // null: not told
  std::optional<packet_json> deadline;
  bool is_closed = false;
};

// One story under way.
class performance {
 public:
  performance(const story& s, const story_adapter& ask, std::size_t chunk, result& out) : story_(s), ask_(ask), chunk_(chunk), out_(out) {}

  // Throws outcome where it ends early.
  bool play() {
    open();
    for (const packet_json& step : story_.steps) {
      ++number_;
      consequence c;
      c.is_closed = is_closed_;
      wants_state_ = step.contains("state");
      act(step, c);
      judge(step, c);
      if (step.value("closes", packet_json()) == "may" && c.is_closed) break;  // what follows is for those that go on
      is_closed_ = c.is_closed;
    }
    return is_strict_;
  }
  std::size_t number() const { return number_; }

 private:
  void open() {
    const packet_json answer = asked({{"op", "open"}, {"role", story_.role}, {"version", story_.version}, {"options", story_.options}});
    if (answer.contains("tells")) tells_ = answer["tells"];
    consequence c;
    take(answer, c);
    if (!c.bytes.empty()) fail("says " + c.bytes + " before anything has happened");
  }

  // ---- What happens

  void act(const packet_json& step, consequence& c) {
    if (step.contains("bytes")) return peer_says(digits_of(step["bytes"], ids_), c);
    if (step.contains("time")) return time_passes(step["time"].get<std::int64_t>(), c);
    packet_json request{{"op", "step"}};
    for (const char* const key : {"from", "send", "close", "event"})
      if (step.contains(key)) request[key] = step[key];
    if (step.contains("send")) request["send"] = with_ids(step["send"], ids_);
    note(step.contains("event") ? "transport " + step["event"].get<std::string>() : "user: " + request.dump());
    take(asked(std::move(request)), c);
  }

  void peer_says(const std::string& digits, consequence& c) {
    const std::size_t most = chunk_ != 0 ? chunk_ * 2 : digits.size();
    packet_json chunks = packet_json::array();
    for (std::size_t at = 0; at < digits.size(); at += most) chunks.push_back(digits.substr(at, most));
    note("", from_hex(digits));
    take(asked({{"op", "step"}, {"from", "peer"}, {"chunks", std::move(chunks)}}), c);
  }

  // The connection is woken when it wants to be, as far as it tells.
  void time_passes(std::int64_t milliseconds, consequence& c) {
    std::int64_t left = milliseconds;
    for (int calls = 0;; ++calls) {
      if (calls == most_wake_ups) fail("wants to be woken again and again at one time");
      std::int64_t go = left;
      if (deadline_ && deadline_->is_number_integer()) go = std::clamp(deadline_->get<std::int64_t>(), std::int64_t{0}, left);
      now_ += go;
      left -= go;
      take(asked({{"op", "step"}, {"time", go}}), c);
      const bool is_due = deadline_ && deadline_->is_number_integer() && deadline_->get<std::int64_t>() <= 0;
      if (left == 0 && !is_due) return;
    }
  }

  packet_json asked(packet_json request) {
    request["id"] = ++requests_;
    if (wants_state_) request["state"] = true;
    const std::string line = ask_(request.dump(-1, ' ', false, packet_json::error_handler_t::replace));
    packet_json answer;
    try {
      answer = parse_json(line);
    } catch (const json_text_error& e) {
      give_up(std::string("the adapter's answer is no JSON: ") + e.what());
    }
    if (!answer.is_object() || !answer.contains("id") || answer["id"] != request["id"]) give_up("the adapter does not answer the request: " + line);
    if (answer.contains("skip")) throw outcome{verdict::skip, answer["skip"].dump()};
    if (answer.contains("error") && !answer["error"].is_null()) give_up("the adapter cannot: " + answer["error"].dump());
    return answer;
  }

  void take(const packet_json& answer, consequence& c) {
    for (const packet_json& piece : answer.value("outputs", packet_json::array())) c.bytes += to_hex(from_hex(piece.get<std::string>()));
    for (const packet_json& event : answer.value("events", packet_json::array())) {
      note("told: " + event.dump());
      if (is_told(event)) c.events.push_back(event);
    }
    if (answer.contains("refused") && !answer["refused"].is_null()) c.refused = answer["refused"];
    if (answer.contains("held")) give_up("holds a packet back to send it later: what follows cannot be judged");
    if (answer.contains("state")) c.state = answer["state"];
    if (answer.contains("deadline")) c.deadline = deadline_ = answer["deadline"];
    c.is_closed = answer.value("closed", c.is_closed);
  }

  // Not every connection shows its user each packet: an adapter says which types it tells of.
  bool is_told(const packet_json& event) const {
    if (tells_.is_null() || !event.contains("packet")) return true;
    return std::find(tells_.begin(), tells_.end(), event["packet"].value("type", "")) != tells_.end();
  }

  // ---- What is to come of it

  void judge(const packet_json& step, const consequence& c) {
    if (is_closed_ && !c.bytes.empty()) fail("says " + c.bytes + " after it has closed");
    const std::vector<packet_json> said = packets_in(c.bytes);
    if (step.value("closes", packet_json()) == "should" && !c.is_closed) throw outcome{verdict::pass, "does not close, as it should; what follows cannot be judged"};
    judge_refusal(step, c);
    compare(step.value("expect", packet_json::array()), said, "said");
    judge_events(step, c, said);
    judge_end(step, c, said);
    if (step.contains("deadline") && c.deadline) judge_value(*c.deadline, step["deadline"], "wants to be woken in (milliseconds)");
    if (step.contains("state") && !c.state.is_null()) judge_value(c.state, step["state"], "state");
  }

  // An always-on monitor: all that is said must be good packets of that side, in that version.
  std::vector<packet_json> packets_in(const std::string& digits) {
    const std::vector<std::byte> bytes = from_hex(digits);
    const protocol_version version = *version_named(story_.version);
    std::vector<packet_json> packets;
    for (bytes_view left(bytes); !left.empty();) {
      const auto read = parse(left, version, {.sender = *sender_named(story_.role)});
      if (!read) fail("says " + to_hex(left) + ", which is no good packet: " + std::string(describe(read.error(), version, left)));
      packets.push_back({{"packet", to_json(read->packet, version)}, {"hex", to_hex(left.first(read->size))}});
      note(std::string(json_name(type_of(read->packet))), std::vector<std::byte>(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(read->size)), true);
      left = left.subspan(read->size);
    }
    return packets;
  }

  void judge_refusal(const packet_json& step, const consequence& c) {
    const packet_json expected = step.value("refused", packet_json());
    if (expected.is_null()) {
      if (!c.refused.is_null()) fail("refuses to send it: " + c.refused.dump());
      return;
    }
    if (c.refused.is_null() && expected == "should") throw outcome{verdict::pass, "sends what should not be sent; what follows cannot be judged"};
    if (c.refused.is_null()) fail("sends what must not be sent" + (c.bytes.empty() ? std::string() : ": " + c.bytes));
    if (expected.is_object() && c.refused.is_object() && c.refused.contains("rule") && c.refused["rule"] != expected["rule"]) less_strict("refuses for another reason: " + c.refused.dump());
  }

  void compare(const packet_json& expected, const std::vector<packet_json>& seen, const char* what) {
    const auto found = match(expected, seen, ids_);
    if (!found) fail(std::string(what) + ": " + list_of(seen) + "; expected: " + (expected.empty() ? "nothing" : expected.dump()));
    if (!found->is_strict) less_strict(std::string(what) + ": " + list_of(seen) + "; recommended: " + expected.dump());
    ids_ = found->ids;
  }

  // A QoS 2 message may be told when it comes or when it is released, before its PUBCOMP: both are methods of the specifications (figure 4.3).
  void judge_events(const packet_json& step, const consequence& c, const std::vector<packet_json>& said) {
    const packet_json expected = without_untold(step.value("events", packet_json::array()));
    const std::vector<packet_json> seen = without_owed(c.events);
    packet_json now = packet_json::array();
    std::vector<packet_json> later;
    if (!match(expected, seen, ids_)) {
      for (const packet_json& event : expected) {
        if (is_qos_2(event)) later.push_back(event);
        else now.push_back(event);
      }
    }
    const bool is_put_off = !later.empty() && match(now, seen, ids_);
    compare(is_put_off ? now : expected, seen, "told to the user");
    if (is_put_off) owed_.insert(owed_.end(), later.begin(), later.end());
    for (const packet_json& one : said)
      for (const packet_json& event : owed_)
        if (one["packet"]["type"] == "pubcomp" && one["packet"]["packet_id"] == event["packet"]["packet_id"]) fail("completes a message that was never told: " + event.dump());
  }

  static bool is_qos_2(const packet_json& event) { return event.contains("packet") && event["packet"].value("type", "") == "publish" && event["packet"].value("qos", 0) == 2; }

  // The events but for messages that were put off, which are told now.
  std::vector<packet_json> without_owed(const std::vector<packet_json>& events) {
    std::vector<packet_json> others;
    for (const packet_json& event : events) {
      const auto owed = std::find_if(owed_.begin(), owed_.end(), [&](const packet_json& one) { return match(packet_json::array({one}), {event}, ids_).has_value(); });
      if (owed == owed_.end()) others.push_back(event);
      else owed_.erase(owed);
    }
    return others;
  }

  packet_json without_untold(const packet_json& events) const {
    packet_json kept = packet_json::array();
    for (const packet_json& event : events)
      if (is_told(event.contains("may") ? event["may"] : event)) kept.push_back(event);
    return kept;
  }

  // "closes" is true, "should" or "may". Who says DISCONNECT or refuses by CONNACK closes in any case [3.1.1/MQTT-3.2.2-5] [5.0/MQTT-3.14.4-2].
  void judge_end(const packet_json& step, const consequence& c, const std::vector<packet_json>& said) {
    const packet_json expected = step.value("closes", packet_json(false));
    const bool closes = c.is_closed && !is_closed_;
    const bool is_last = std::any_of(said.begin(), said.end(), [](const packet_json& one) { return is_end(one["packet"]); });
    if (closes && expected == false) fail("closes");
    if (!closes && expected == true) fail("does not close");
    if (!closes && is_last) fail("does not close after its last packet");
    if (closes) note("closed", {}, true);
  }

  static bool is_end(const packet_json& packet) {
    if (packet["type"] == "disconnect") return true;
    const char* const code = packet.contains("return_code") ? "return_code" : "reason_code";
    return packet["type"] == "connack" && packet[code] != 0;
  }

  void judge_value(const packet_json& value, const packet_json& expected, const std::string& what) {
    if (!contains(value, expected, ids_)) fail(what + ": " + value.dump() + "; expected: " + expected.dump());
  }

  void less_strict(const std::string& why) {
    if (is_strict_) out_.reason = "step " + std::to_string(number_) + ": " + why;
    is_strict_ = false;
  }

  void note(std::string text, std::vector<std::byte> bytes = {}, bool from_connection = false) {
    out_.log.push_back({.at = std::chrono::milliseconds(now_), .connection = "adapter", .from_peer = from_connection, .bytes = std::move(bytes), .text = std::move(text)});
  }

  const story& story_;
  const story_adapter& ask_;
  std::size_t chunk_;
  result& out_;
  packet_json tells_;
  std::optional<packet_json> deadline_;
  captured_ids ids_;
  std::vector<packet_json> owed_;  // messages of QoS 2 that are to be told later
  std::int64_t now_ = 0;
  std::uint64_t requests_ = 0;
  std::size_t number_ = 0;
  bool wants_state_ = false;
  bool is_closed_ = false;
  bool is_strict_ = true;
};

result empty_result(const story& s) {
  result r;
  r.id = s.id;
  r.check = s.version + "/" + s.about;
  r.title = s.title;
  r.version = s.version;
  r.statements = s.statements;
  return r;
}

// From good to bad, as for a reader who wants the worst.
int rank(verdict v) {
  constexpr verdict order[] = {verdict::strict_pass, verdict::pass, verdict::info, verdict::skip, verdict::inconclusive, verdict::fail};
  return static_cast<int>(std::find(std::begin(order), std::end(order), v) - std::begin(order));
}

}  // namespace

result play(const story& s, const story_adapter& ask, std::size_t chunk) {
  result out = empty_result(s);
  performance p(s, ask, chunk, out);
  const auto place = [&] { return "step " + std::to_string(p.number()) + ": "; };
  try {
    out.found = p.play() ? verdict::strict_pass : verdict::pass;
  } catch (const outcome& o) {
    out.found = o.found;
    out.reason = place() + o.reason;
  } catch (const story_error& e) {
    out.found = verdict::inconclusive;
    out.reason = place() + "the story is wrong: " + e.what();
  } catch (const packet_json::exception& e) {
    out.found = verdict::inconclusive;
    out.reason = place() + "the story, or an answer, has a value of another type: " + e.what();
  } catch (const hex_error& e) {
    out.found = verdict::inconclusive;
    out.reason = place() + "the story, or an answer, has bytes that are no digits: " + e.what();
  }
  return out;
}

std::vector<result> play_all(const std::vector<story>& stories, const story_adapter& ask, const std::function<void(const result&)>& told) {
  std::vector<result> results;
  std::string gone;
  for (const story& s : stories) {
    result worst = empty_result(s);
    try {
      if (!gone.empty()) throw adapter_gone(gone);
      worst = play(s, ask);
      result bytewise = play(s, ask, 1);
      if (rank(bytewise.found) > rank(worst.found)) {
        bytewise.reason = "byte by byte: " + bytewise.reason;
        worst = std::move(bytewise);
      }
    } catch (const adapter_gone& e) {
      worst.reason = gone = e.what();
    }
    if (told) told(worst);
    results.push_back(std::move(worst));
  }
  return results;
}

}  // namespace mqttspan::conformance
