#include "adapter.hpp"

#include "reference.hpp"
#include "wire_writer.hpp"

namespace mqttspan::conformance::reference {
namespace {

json fault_json(const fault& found) {
  json result = {{"class", name_of(found.classes.front())}, {"offset", found.offset}, {"rule", found.rule}};
  if (!found.statement.empty()) result["statement"] = found.statement;
  if (!found.codes.empty()) result["reason_code"] = found.codes.front();
  if (found.codes.size() > 1) result["codes"] = found.codes;
  if (found.policy) result["policy"] = true;
  return result;
}

bytes collect(const json& chunks) {
  std::string all;
  for (const json& chunk : chunks) all += content({{"hex", chunk}});
  return {all.begin(), all.end()};
}

struct decode_request {
  protocol version;
  origin sender;
  bytes input;
};

decode_request read_request(const json& request) {
  const std::string version = request.value("version", "auto");
  const std::string sender = request.value("sender", "any");
  // Before a CONNECT has told it, an unknown version is read as 3.1.1.
  const auto asked = version == "auto" ? protocol::v3_1_1 : protocol_named(version);
  const auto from = origin_named(sender);
  if (!asked || !from) throw not_encodable("\"version\" must be auto, 3.1, 3.1.1 or 5.0, \"sender\" client, server or any");
  return {*asked, *from, collect(request.at("chunks"))};
}

json answer_decode(const json& request) {
  decode_request asked = read_request(request);
  std::span<const std::uint8_t> left = asked.input;
  json packets = json::array();
  json error;
  while (!left.empty() && error.is_null()) {
    decoded next = decode(asked.version, asked.sender, left);
    if (next.result == outcome::incomplete) break;
    if (next.result == outcome::refused) {
      error = fault_json(next.faults.front());
      continue;
    }
    asked.version = next.version;
    packets.push_back(std::move(next.packet));
    left = left.subspan(next.size);
  }
  const std::size_t pending = error.is_null() ? left.size() : 0;
  return {{"packets", std::move(packets)}, {"error", std::move(error)}, {"pending", pending}};
}

json answer_encode(const json& request) {
  const auto version = protocol_named(request.at("version").get<std::string>());
  if (!version) throw not_encodable("\"version\" must be 3.1, 3.1.1 or 5.0");
  try {
    const bytes written = encode(*version, request.at("packet"));
    std::string hex;
    for (const std::uint8_t byte : written) {
      hex += "0123456789abcdef"[byte / 16];
      hex += "0123456789abcdef"[byte % 16];
    }
    return {{"hex", hex}};
  } catch (const not_encodable& refused) {
    json error = refused.found ? fault_json(*refused.found) : json::object();
    error["class"] = "invalid_argument";
    error["message"] = refused.what();
    return {{"error", std::move(error)}};
  }
}

json capabilities() { return {{"versions", {"3.1", "3.1.1", "5.0"}}, {"senders", {"client", "server", "any"}}}; }

json answer_request(const json& request) {
  const std::string op = request.at("op").get<std::string>();
  if (op == "decode") return answer_decode(request);
  if (op == "encode") return answer_encode(request);
  if (op == "capabilities") return capabilities();
  throw not_encodable("\"op\" must be decode, encode or capabilities");
}

}  // namespace

std::string answer(const std::string& line) {
  json result = {{"id", nullptr}};
  try {
    const json request = json::parse(line);
    if (request.contains("id")) result["id"] = request.at("id");
    result.update(answer_request(request));
  } catch (const std::exception& failure) {
    result["error"] = {{"class", "bad_request"}, {"message", failure.what()}};
  }
  return result.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace mqttspan::conformance::reference
