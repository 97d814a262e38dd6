// Families made from the curated vectors: what is left of a good packet that is cut, and what becomes of one with a byte more.
#pragma once

#include <vector>

#include "family.hpp"

namespace mqttspan::conformance {

/// Appends the cases of a sweep with "derive":
/// - `prefixes`: each proper prefix of each valid vector.
/// - `cuts`: each valid vector cut in its body, its Remaining Length rewritten.
/// - `appended`: each valid vector with one of the bytes of "bytes" behind it, its Remaining Length rewritten.
///
/// "most" bounds how many cuts are made of one vector: the first ones, and the last 16 (2 above 4 KiB,
/// none above 128 KiB). Conditions of "expect" may ask for `version`, `sender`, `packet`,
/// `vector` (its id and flags), `cut` ("legal" where the vector says so), `kept` and `body` (bytes of the body after and before), `byte`.
void derive(const family& declared, const nlohmann::json& content, const std::vector<test_vector>& curated, std::vector<test_vector>& out);

}  // namespace mqttspan::conformance
