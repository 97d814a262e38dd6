// How good an answer is.
#pragma once

#include <string>

#include "answer.hpp"
#include "presentation.hpp"
#include "test_vector.hpp"

namespace mqttspan::conformance {

/// 0 wrong; 1 accepted or refused as it should be; 2 the right class of error too; 3 the right reason code too, for an encoder the very bytes.
struct judgement {
  unsigned grade = 3;
  std::string reason{};  ///< why not 3; with 3 what is noteworthy
  bool open = false;     ///< the text leaves it open: `reason` is what was seen, and there is no grade
};

/// `exact`: policies and disputed vectors are judged as mqttspan decided them; rule and offset of an error, where the vector has them,
/// and the order of properties must be the same. That is for mqttspan itself. Another statement than the vector's is noted.
struct grading {
  bool exact = false;

  judgement of_decoding(const test_vector& v, const presentation& how, const answer& given) const;
  /// The re-encoding of a value whose bytes are known.
  judgement of_encoding(const test_vector& v, const std::string& wanted_hex, const answer& given) const;
  /// The encoding of a value that is to be refused.
  judgement of_refusing(const test_vector& v, const answer& given) const;

 private:
  judgement of_acceptance(const test_vector& v, const nlohmann::json& wanted, const answer& given) const;
  judgement of_incompleteness(const test_vector& v, const nlohmann::json& before, const answer& given) const;
  judgement of_refusal(const test_vector& v, const nlohmann::json& before, const answer& given) const;
  judgement of_error(const test_vector& v, const reported_error& given) const;
  bool same(const nlohmann::json& wanted, const nlohmann::json& given) const;
};

}  // namespace mqttspan::conformance
