#include "codec_run.hpp"

#include <algorithm>

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

// A request's `part`: a presentation by its number, or one of these.
constexpr std::size_t encoding_part = static_cast<std::size_t>(-1);

constexpr std::size_t much_kept = 8192;
constexpr const char* no_encoder = "the adapter does not encode";

bool contains(const std::vector<std::string>& list, const std::string& what) { return std::find(list.begin(), list.end(), what) != list.end(); }

std::string joined(const std::vector<std::string>& chunks) {
  std::string out;
  for (const std::string& chunk : chunks) {
    if (!out.empty()) out += '|';
    out += chunk;
  }
  return out;
}

}  // namespace

codec_run::codec_run(const std::vector<test_vector>& vectors, options how)
    : vectors_(vectors),
      how_(std::move(how)),
      pipeline_(how_.command, how_.patience),
      outcomes_(vectors.size()),
      states_(vectors.size()) {}

void codec_run::run(const progress& tell) {
  tell_ = &tell;
  learn_capabilities(pipeline_.first_answer("{\"op\":\"capabilities\"}"));
  pipeline_.next = [this] { return next(); };
  pipeline_.answered = [this](const request& asked, const std::string& line) { take(asked, line); };
  pipeline_.died_of = [this](const request& asked, const std::string& how) {
    const std::string way = asked.part == encoding_part ? "encoding" : to_string(ways_of(vectors_[asked.vector])[asked.part]);
    note(asked, how, way, {0, "the adapter gave no answer: " + how});
    finish(asked.vector);
  };
  try {
    pipeline_.run();
  } catch (const adapter_lost& e) {
    for (std::size_t i = 0; i < vectors_.size(); ++i)
      if (!states_[i].done && outcomes_[i].reason.empty()) outcomes_[i].skip = e.what();
    throw;
  }
}

void codec_run::learn_capabilities(const std::string& line) {
  const json answer = json::parse(line, nullptr, false);
  if (!answer.is_object() || !answer.contains("versions")) throw adapter_lost("the adapter does not say which versions it speaks: " + line.substr(0, 200));
  versions_ = answer.at("versions").get<std::vector<std::string>>();
  senders_ = answer.value("senders", std::vector<std::string>{"any"});
  encodes_ = contains(answer.value("ops", std::vector<std::string>{"decode", "encode"}), "encode");
  refuses_ = answer.value("refuses", true);
  codec_ = answer.value("codec", std::string());
}

std::optional<request> codec_run::next() {
  ++requests_;
  if (!follow_ups_.empty()) {
    request out = std::move(follow_ups_.front());
    follow_ups_.pop_front();
    return out;
  }
  while (way_ == ways_.size() && at_ != vectors_.size()) begin_vector();
  if (way_ == ways_.size()) {
    --requests_;
    return std::nullopt;
  }
  const std::size_t vector = at_ - 1;
  const std::size_t part = way_++;
  if (vectors_[vector].encode) return encode_request(vector, vectors_[vector].value.dump());
  request out = decode_request(vectors_[vector], ways_[part]);
  out.vector = vector;
  out.part = part;
  return out;
}

void codec_run::begin_vector() {
  const test_vector& v = vectors_[at_];
  ways_ = v.encode ? std::vector<presentation>{{}} : ways_of(v);
  way_ = 0;
  states_[at_].left = states_[at_].ways = ways_.size();
  outcomes_[at_].skip = why_not_tried(v);
  if (!outcomes_[at_].skip.empty()) {
    ways_.clear();
    states_[at_].done = true;
    (*tell_)(++done_);
  }
  ++at_;
}

request codec_run::decode_request(const test_vector& v, const presentation& how) const {
  std::string chunks;
  for (const std::string& chunk : chunks_of(v, how)) chunks += (chunks.empty() ? "\"" : ",\"") + chunk + "\"";
  return {.json = "{\"op\":\"decode\",\"version\":\"" + v.version + "\",\"sender\":\"" + sender_for(v) + "\",\"chunks\":[" + chunks + "]}"};
}

request codec_run::encode_request(std::size_t vector, const std::string& packet) const {
  const test_vector& v = vectors_[vector];
  return {.vector = vector,
          .part = encoding_part,
          .json = "{\"op\":\"encode\",\"version\":\"" + v.version + "\",\"sender\":\"" + sender_for(v) + "\",\"packet\":" + packet + "}"};
}

void codec_run::take(const request& asked, const std::string& line) {
  if (asked.part == encoding_part) take_encoded(asked, line);
  else take_decoded(asked, line);
  finish(asked.vector);
}

void codec_run::take_decoded(const request& asked, const std::string& line) {
  const test_vector& v = vectors_[asked.vector];
  outcome& found = outcomes_[asked.vector];
  state& s = states_[asked.vector];
  if (!found.skip.empty()) return;
  const bool whole = asked.part == 0, alone = asked.part + 1 != s.ways;  // the first one, and not the last
  if (!whole && alone && line == s.whole) return;
  if (whole) s.whole = line;
  const answer given = decode_answer(line);
  if (given.skip) {
    found.skip = given.skip->empty() ? "no reason given" : *given.skip;
    return;
  }
  const presentation how = ways_of(v)[asked.part];
  const judgement judged = how_.judge.of_decoding(v, how, given);
  if (judged.grade == 0 && is_refusal(v.result) && !contains(senders_, v.sender) && !given.error) {
    found.skip = "the adapter cannot be told that the sender is the " + v.sender;
    return;
  }
  note(asked, line, to_string(how), judged);
  if (whole && judged.grade != 0) ask_encoding(asked.vector, given);
}

void codec_run::take_encoded(const request& asked, const std::string& line) {
  const test_vector& v = vectors_[asked.vector];
  const answer given = encode_answer(line);
  if (given.skip) {
    const std::string why = given.skip->empty() ? "no reason given" : *given.skip;
    (v.encode ? outcomes_[asked.vector].skip : outcomes_[asked.vector].unencoded) = why;
    return;
  }
  if (!v.encode && !how_.judge.exact && given.error && !given.error->hang) {
    outcomes_[asked.vector].unencoded = "refused: " + shown(*given.error);  // nobody has to send all that there is
    return;
  }
  const judgement judged = v.encode ? how_.judge.of_refusing(v, given) : how_.judge.of_encoding(v, v.reencode ? *v.reencode : v.hex, given);
  note(asked, line, "encoding", judged);
}

void codec_run::ask_encoding(std::size_t vector, const answer& given) {
  const test_vector& v = vectors_[vector];
  const bool accepted = v.result == expectation::valid || (v.result == expectation::policy && how_.judge.exact);
  if (!accepted || given.packets.size() != 1 || !(v.canonical || v.reencode)) return;
  if (is_open(v) && !how_.judge.exact) return;
  if (!encodes_) {
    outcomes_[vector].unencoded = no_encoder;
    return;
  }
  const json& packet = v.value.is_null() ? given.packets[0] : v.value;
  ++states_[vector].left;
  follow_ups_.push_back(encode_request(vector, packet.dump()));
}

// Keeps the worst that was found, and of the equally bad the first.
void codec_run::note(const request& asked, const std::string& line, const std::string& way, const judgement& found) {
  outcome& kept = outcomes_[asked.vector];
  const bool first = kept.asked.empty();
  if (!first && found.grade >= kept.grade) return;
  kept.grade = found.grade;
  kept.open = found.open;
  kept.reason = found.reason.empty() || way == "whole" ? found.reason : way + ": " + found.reason;
  const test_vector& v = vectors_[asked.vector];
  kept.asked = asked.part == encoding_part ? asked.json : joined(chunks_of(v, ways_of(v)[asked.part]));
  kept.answered = line;
  kept.asked.resize(std::min(kept.asked.size(), much_kept));
  kept.answered.resize(std::min(kept.answered.size(), much_kept));
}

void codec_run::finish(std::size_t vector) {
  state& s = states_[vector];
  if (--s.left != 0) return;
  s.done = true;
  s.whole = std::string();
  (*tell_)(++done_);
}

std::string codec_run::why_not_tried(const test_vector& v) const {
  if (!contains(versions_, v.version)) return "the adapter does not speak " + v.version;
  if (v.encode && !encodes_) return no_encoder;
  if (is_refusal(v.result) && !refuses_) return "the adapter refuses nothing";
  return {};
}

// Packets of either side have a server's beside them for a codec that only reads those.
std::vector<presentation> codec_run::ways_of(const test_vector& v) const {
  return presentations_of(v, contains(senders_, "server") && !contains(senders_, "client"));
}

std::string codec_run::sender_for(const test_vector& v) const {
  if (senders_.empty() || contains(senders_, v.sender)) return v.sender;
  return contains(senders_, "any") ? "any" : senders_[0];
}

}  // namespace mqttspan::conformance
