#include "adapter_session.hpp"

#include <memory>
#include <span>
#include <vector>

#include <mqttspan/stream/stream_parser.hpp>

#include "encoding.hpp"
#include "hex.hpp"
#include "json_request.hpp"
#include "json_text.hpp"
#include "packet_stream.hpp"

namespace mqttspan {
namespace {

packet_json failure(std::string_view error_class, const std::string& message) { return {{"class", std::string(error_class)}, {"message", message}}; }

// Memory for the largest packet that there can be. It is got once, and of what is never written the system has only the addresses.
std::span<std::byte> packet_memory() {
  static const std::unique_ptr<std::byte[]> memory(new std::byte[max_packet_length]);
  return {memory.get(), max_packet_length};
}

// Feeds chunks to the incremental parser, and collects what it finds.
class chunk_reader {
 public:
  chunk_reader(const stream_options& options, bool learn_version) : parser_(packet_memory(), options), version_(options.version), learn_version_(learn_version) {}

  void push(bytes_view chunk) {
    if (!error_.is_null() || !parser_.push(chunk)) return;
    pushed_ += chunk.size();
    for (event e = parser_.next(); e.kind() != event::kind::need_more; e = parser_.next()) {
      if (e.kind() == event::kind::error) return fail(e.error());
      packets_.push_back(to_json(e.packet(), parser_.version()));
      if (!learn_version_ && e.type() == packet_type::connect) parser_.set_version(version_);
    }
  }

  void put_into(packet_json& out) && {
    out["packets"] = std::move(packets_);
    out["error"] = std::move(error_);
    out["pending"] = out["error"].is_null() ? pushed_ - parser_.offset() : 0;
  }

 private:
  void fail(const error& e) {
    const bytes_view bytes = parser_.rejected();
    error_ = fault_json(e, statement_id(e, e.in == packet_type::connect ? version_of(bytes, parser_.version()) : parser_.version(), bytes));
  }

  stream_parser parser_;
  protocol_version version_;
  bool learn_version_;
  std::uint64_t pushed_ = 0;
  packet_json packets_ = packet_json::array();
  packet_json error_;
};

void decode(const packet_json& request, packet_json& out) {
  const auto version = version_field(request);
  stream_options options;
  if (version) options.version = *version;
  options.parse.sender = sender_field(request);
  const packet_json& chunks = field(request, "chunks");
  if (!chunks.is_array()) throw bad_request("\"chunks\" must be an array");
  chunk_reader found(options, !version);
  for (const packet_json& chunk : chunks) {
    if (!chunk.is_string()) throw bad_request("\"chunks\" must hold strings");
    const std::vector<std::byte> bytes = from_hex(chunk.get_ref<const std::string&>());
    found.push(bytes);
  }
  std::move(found).put_into(out);
}

void encode(const packet_json& request, packet_json& out) {
  const protocol_version version = version_field(request).value_or(protocol_version::v3_1_1);
  const generate_options options{.sender = sender_field(request)};
  try {
    const json_packet p = packet_from_json(field(request, "packet"), version);
    out["hex"] = to_hex(encode(*p, version, options));
  } catch (const packet_json_error& e) {
    out["error"] = failure(to_string(errc::invalid_argument), e.path + " " + e.what());
  } catch (const encoding_error& e) {
    out["error"] = fault_json(e.cause, statement_id(e.cause.violated, version, e.cause.in));
  }
}

void capabilities(packet_json& out) {
  out["versions"] = {"3.1", "3.1.1", "5.0"};
  out["senders"] = {"client", "server", "any"};
}

void carry_out(const packet_json& request, packet_json& out) {
  const std::string op = text_field(request, "op");
  if (op == "decode") return decode(request, out);
  if (op == "encode") return encode(request, out);
  if (op == "capabilities") return capabilities(out);
  throw bad_request("\"op\" must be decode, encode or capabilities");
}

}  // namespace

std::string answer_line(std::string_view line) {
  packet_json out{{"id", nullptr}};
  try {
    const packet_json request = parse_json(line);
    if (!request.is_object()) throw bad_request("a request is an object");
    if (request.contains("id")) out["id"] = request["id"];
    packet_json id = out["id"];
    packet_json answer{{"id", id}};
    carry_out(request, answer);
    out = std::move(answer);
  } catch (const json_text_error& e) {
    out["error"] = failure("bad_request", e.what());
  } catch (const bad_request& e) {
    out["error"] = failure("bad_request", e.what());
  } catch (const hex_error& e) {
    out["error"] = failure("bad_request", std::string("\"chunks\": ") + e.what());
  }
  return out.dump(-1, ' ', false, packet_json::error_handler_t::replace);
}

}  // namespace mqttspan
