#include "presentation.hpp"

namespace mqttspan::conformance {
namespace {

using kind = presentation::kind;

constexpr std::size_t all_splits_up_to = 128;
constexpr std::size_t many_splits_up_to = 4096;
constexpr std::size_t no_split_above = 1 << 18;
constexpr std::size_t single_bytes_up_to = 1 << 14;

std::vector<std::size_t> splits_of(std::size_t size, bool of_family) {
  std::vector<std::size_t> out;
  if (size > no_split_above) return out;
  if (of_family) {
    if (size > 3) out.push_back(size / 2);
  } else if (size <= all_splits_up_to) {
    for (std::size_t at = 1; at < size; ++at) out.push_back(at);
  } else if (size > many_splits_up_to) {
    out = {1, 3, size - 1};
  } else {
    for (std::size_t at = 1; at < 16; ++at) out.push_back(at);
    for (std::size_t i = 1; i < 16; ++i) out.push_back(size / 16 * i);
    for (std::size_t at = size - 8; at < size; ++at) out.push_back(at);
  }
  return out;
}

std::vector<std::string> pieces(const std::string& hex) {
  const std::size_t size = hex.size() / 2;
  const std::size_t step = size <= single_bytes_up_to ? 1 : size / 1000;
  std::vector<std::string> out;
  for (std::size_t at = 0; at < size;) {
    const std::size_t n = at < 8 ? 1 : step;  // the fixed header always byte by byte
    out.push_back(hex.substr(2 * at, 2 * n));
    at += n;
  }
  return out;
}

}  // namespace

std::vector<presentation> presentations_of(const test_vector& v, bool from_server) {
  const std::size_t size = v.hex.size() / 2;
  std::vector<presentation> out{{kind::whole}};
  if (size > 1) out.push_back({kind::byte_by_byte});
  for (const std::size_t at : splits_of(size, v.of_family)) out.push_back({kind::split, at});
  out.push_back({kind::between_neighbours, size / 2, v.sender == "any" ? from_server : v.sender == "server"});
  return out;
}

std::vector<std::string> chunks_of(const test_vector& v, const presentation& how) {
  if (how.how == kind::byte_by_byte) return pieces(v.hex);
  if (how.how == kind::split) return {v.hex.substr(0, 2 * how.at), v.hex.substr(2 * how.at)};
  if (how.how == kind::whole) return {v.hex};
  const neighbours beside = neighbours_of(v, how.from_server);
  return {beside.hex_before + v.hex.substr(0, 2 * how.at), v.hex.substr(2 * how.at) + beside.hex_behind};
}

neighbours neighbours_of(const test_vector& v, bool from_server) {
  neighbours out;
  const char type = v.hex.empty() ? '0' : v.hex[0];
  if (type != '1' && type != '2') {
    out.hex_before = from_server ? "d000" : "c000";
    out.before.push_back({{"type", from_server ? "pingresp" : "pingreq"}});
  }
  if (type == 'e' || v.result == expectation::incomplete) return out;  // what follows would belong to what is incomplete
  const bool v5 = v.version == "5.0";
  out.hex_behind = v5 ? "300500016e0021" : "300400016e21";
  nlohmann::json publish{{"type", "publish"}, {"dup", false}, {"qos", 0}, {"retain", false}, {"topic", "n"}, {"payload", {{"hex", "21"}}}};
  if (v5) publish["properties"] = nlohmann::json::array();
  out.behind.push_back(std::move(publish));
  return out;
}

std::string to_string(const presentation& how) {
  if (how.how == kind::whole) return "whole";
  if (how.how == kind::byte_by_byte) return "byte by byte";
  if (how.how == kind::split) return "split at " + std::to_string(how.at);
  return "between neighbours";
}

}  // namespace mqttspan::conformance
