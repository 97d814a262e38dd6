// Text that came from anywhere, made safe for terminals and for XML.
#pragma once

#include <string>
#include <string_view>

namespace mqttspan::conformance {

/// The text as well-formed UTF-8 without controls: only tab and line feed stay. Bytes of control characters, of characters that turn the text's direction, of
/// what XML does not know as characters, and of what is not UTF-8 become \xNN.
std::string clean_text(std::string_view text);

}  // namespace mqttspan::conformance
