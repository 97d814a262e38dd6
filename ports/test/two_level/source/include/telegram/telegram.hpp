#pragma once

#include <string>
#include <string_view>

namespace telegram {

/// Posts `text` to `topic` of the broker at a Unix-domain socket. Returns how the connection ended.
std::string post(const std::string& socket, std::string_view topic, std::string_view text);

}  // namespace telegram
