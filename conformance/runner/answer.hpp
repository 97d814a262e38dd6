// What an adapter answered, taken apart; and packets in a form in which equal ones are equal.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace mqttspan::conformance {

/// An error that an adapter reports. Only that it is there is asked for.
struct reported_error {
  std::string error_class{};
  std::string rule{};
  std::string statement{};
  std::string message{};
  std::string thrown{};  ///< an exception by which the codec does not mean to refuse
  bool hang = false;     ///< the codec did not come back
  std::optional<unsigned> offset{};
  std::optional<unsigned> reason_code{};
};

struct answer {
  std::string broken{};  ///< why the line is no answer; empty where it is one
  std::optional<std::string> skip{};
  nlohmann::json packets = nlohmann::json::array();
  std::optional<reported_error> error{};
  std::optional<std::size_t> pending{};
  std::optional<std::string> hex{};
};

/// Reads the answer to a decode request, or to an encode request. `line` begins behind `{"id":N,`, or is all of the line.
answer decode_answer(const std::string& line);
answer encode_answer(const std::string& line);

/// A packet in which text and {"hex":"…"} of the same bytes are the same, and empty lists of properties are left out. Where `order_matters` is false
/// properties are sorted by their names; those of one name stay in order. User properties with different names have an order only in PUBLISH and in a will.
nlohmann::json normal_form(const nlohmann::json& packet, bool order_matters);

/// JSON for people, bytes that are no UTF-8 replaced, cut where it is long.
std::string shown(const nlohmann::json& value);

/// "malformed at 4, topic_name_has_wildcard, code 129".
std::string shown(const reported_error& error);

}  // namespace mqttspan::conformance
