// Vectors as lines, for consumers without a JSON parser.
#pragma once

#include <string>
#include <vector>

#include "test_vector.hpp"

namespace mqttspan::conformance {

/// `id<TAB>version<TAB>sender<TAB>result<TAB>class<TAB>codes<TAB>owed<TAB>hex` and a line feed. Class and codes are "-" where there are none; owed is "open" where
/// the text leaves it to a receiver.
std::string line_form(const test_vector& v);

/// The SHA-256 of these lines, one after the other.
std::string fingerprint(const std::vector<test_vector>& vectors);

}  // namespace mqttspan::conformance
