// What the page asks: a request in JSON, an answer in JSON, over the codec and the parts of the mqttspan command. Tool and page say the same because they are the same.
//
//     {"op":"inspect","version":"auto","sender":"any","hex":"30 06 …"}                →  {"bytes":"3006…","packets":[…],"unlisted":0} or {"error":{"text":"…"}}
//     {"op":"encode","version":"5.0","sender":"any","packet":{"type":"publish",…}}    →  {"hex":"30 06 …"} or {"error":{…}}
//
// A packet is {type, version, is_version_assumed, sender, offset, size, shown, rows, packet, error}: rows are those of dissect.hpp, packet is packet JSON (not of a bad packet), shown
// tells which of its bytes have rows. An error is {class, offset, rule, statement, reason_code, text, answers}; what is not MQTT, but hexadecimal or JSON gone wrong, has a text only.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dissect.hpp"
#include "encoding.hpp"
#include "hex.hpp"
#include "json_request.hpp"
#include "json_text.hpp"
#include "owed_answer.hpp"
#include "packet_stream.hpp"

namespace mqttspan {
namespace {

// No page shows a million bytes. It gets what begins among the first of the input, and what is around a fault.
constexpr std::size_t shown_in_front = 2048;
constexpr std::size_t shown_around_fault = 64;

// [first, last) of a packet's bytes. What has none (bits, headings, remarks) belongs to the place where it stands, the end included.
struct stretch {
  std::size_t first, last;
  bool has(const dissected& row) const { return row.offset < last ? row.offset + row.size >= first : row.offset == last && row.size == 0; }
};

std::vector<stretch> shown_of(const sighting& seen, const error* fault) {
  const std::size_t size = seen.bytes.size();
  const std::size_t front = seen.offset < shown_in_front ? std::min(size, shown_in_front - static_cast<std::size_t>(seen.offset)) : 0;
  if (!fault) return {{0, front}};
  const std::size_t wrong = std::min<std::size_t>(fault->offset, size);
  const stretch around{wrong - std::min(wrong, shown_around_fault), std::min(size, wrong + shown_around_fault)};
  if (around.first > front) return {{0, front}, around};
  return {{0, std::max(front, around.last)}};
}

packet_json rows_of(const sighting& seen, const std::vector<stretch>& shown) {
  packet_json rows = packet_json::array();
  for (const dissected& row : dissect(seen.bytes, seen.version)) {
    if (std::none_of(shown.begin(), shown.end(), [&row](const stretch& s) { return s.has(row); })) continue;
    rows.push_back(
        {{"depth", row.depth}, {"offset", row.offset}, {"size", row.size}, {"bits", row.bits}, {"field", row.field}, {"value", row.value}});
  }
  return rows;
}

packet_json error_json(const error& e, std::string_view statement) {
  packet_json out = fault_json(e, statement);
  out["text"] = std::string(text_of(e));
  return out;
}

// Writes down the packets of a stream.
class listing : public packet_visitor {
 public:
  void put_into(packet_json& answer) && {
    answer["packets"] = std::move(packets_);
    answer["unlisted"] = unlisted_;
  }

  void packet(const sighting& seen, const mqttspan::packet& p) override {
    if (seen.offset >= shown_in_front) {
      ++unlisted_;
      return;
    }
    packet_json& out = add(seen, nullptr);
    if (seen.bytes.size() <= shown_in_front) out["packet"] = to_json(p, seen.version);
  }

  void fault(const sighting& seen, const error& e) override {
    packet_json& out = add(seen, e.code == errc::incomplete ? nullptr : &e);
    packet_json told = error_json(e, statement_id(e, seen.version, seen.bytes));
    packet_json& answers = told["answers"] = packet_json::array();
    for (const owed_answer& owed : answers_to(seen, e))
      answers.push_back({{"by", std::string(to_string(owed.by))}, {"text", owed.text}, {"bytes", to_hex(owed.bytes, " ")}});
    out["error"] = std::move(told);
  }

  void version_assumed(const sighting&) override { is_version_assumed_ = true; }

 private:
  packet_json& add(const sighting& seen, const error* fault) {
    const auto type = static_cast<packet_type>(std::to_integer<unsigned>(seen.bytes[0]) >> 4);
    const sender from = seen.from != sender::any ? seen.from : only_sender(type, seen.version);
    const std::vector<stretch> shown = shown_of(seen, fault);
    packet_json out;
    out["type"] = std::string(to_string(type));
    out["version"] = std::string(to_string(seen.version));
    out["is_version_assumed"] = is_version_assumed_;
    out["sender"] = std::string(to_string(from));
    out["offset"] = seen.offset;
    out["size"] = seen.bytes.size();
    for (const stretch& s : shown) out["shown"].push_back(packet_json::array({s.first, s.last}));
    out["rows"] = rows_of(seen, shown);
    return packets_.emplace_back(std::move(out));
  }

  packet_json packets_ = packet_json::array();
  std::size_t unlisted_ = 0;
  bool is_version_assumed_ = false;
};

void inspect(const packet_json& request, packet_json& answer) {
  const auto version = version_field(request);
  const reading how{.version = version.value_or(protocol_version::v3_1_1), .learn_version = !version, .options = {.sender = sender_field(request)}};
  const std::vector<std::byte> bytes = from_hex_dump(text_field(request, "hex"));
  listing found;
  conversation shared(how, false);
  packet_stream stream(shared, found, how.options.sender, 0);
  stream.push(bytes, 0);
  stream.finish();
  answer["bytes"] = to_hex(bytes);
  std::move(found).put_into(answer);
}

void encode(const packet_json& request, packet_json& answer) {
  const protocol_version asked = version_field(request).value_or(protocol_version::v3_1_1);
  const json_packet p = packet_from_json(field(request, "packet"), asked);
  const auto* const opening = std::get_if<connect>(&*p);
  const protocol_version version = opening ? opening->version : asked;
  try {
    answer["hex"] = to_hex(mqttspan::encode(*p, version, {.sender = sender_field(request)}), " ");
  } catch (const encoding_error& e) {
    answer["error"] = error_json(e.cause, statement_id(e.cause.violated, version, e.cause.in));
  }
}

packet_json answer_to_request(std::string_view text) {
  packet_json answer;
  try {
    const packet_json request = parse_json(text);
    const std::string op = text_field(request, "op");
    if (op == "inspect") inspect(request, answer);
    else if (op == "encode") encode(request, answer);
    else throw bad_request("\"op\" must be inspect or encode");
  } catch (const packet_json_error& e) {
    answer["error"]["text"] = (e.path.empty() ? "the packet" : e.path) + " " + e.what();
  } catch (const std::runtime_error& e) {  // of hexadecimal, of JSON, of the request
    answer["error"]["text"] = e.what();
  }
  return answer;
}

std::string request_bytes, answer_bytes;

}  // namespace
}  // namespace mqttspan

// The module's functions: room for a request of that many bytes, then its answer, so many bytes from `mqttspan_answer_text`. Each request takes the room of the one before.
extern "C" {

char* mqttspan_room(std::size_t size) {
  mqttspan::request_bytes.resize(size);
  return mqttspan::request_bytes.data();
}

std::size_t mqttspan_answer() {
  mqttspan::answer_bytes = mqttspan::answer_to_request(mqttspan::request_bytes).dump(-1, ' ', false, mqttspan::packet_json::error_handler_t::replace);
  return mqttspan::answer_bytes.size();
}

const char* mqttspan_answer_text() { return mqttspan::answer_bytes.data(); }
}
