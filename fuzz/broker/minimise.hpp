// Makes a script small that shows something: by packets, then by fields, then by bytes.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "script.hpp"

namespace mqttspan::fuzz {

/// Whether a script still shows it.
using test_of_script = std::function<bool(const script&)>;

/// ddmin (Zeller): leaves out as many items as it can, chunk by chunk, while `shows` holds for what is left. `shows(items)` must hold at the start. Each single item that stays is needed.
template <class T>
std::vector<T> minimised(std::vector<T> items, const std::function<bool(const std::vector<T>&)>& shows) {
  for (std::size_t chunk = std::max<std::size_t>(1, items.size() / 2);;) {
    const std::size_t before = items.size();
    for (std::size_t at = 0; at < items.size();) {
      std::vector<T> fewer = items;
      const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(at);
      fewer.erase(from, from + static_cast<std::ptrdiff_t>(std::min(chunk, items.size() - at)));
      if (shows(fewer)) items = std::move(fewer);
      else at += chunk;
    }
    if (chunk == 1 && items.size() == before) break;
    chunk = std::max<std::size_t>(1, chunk / 2);
  }
  return items;
}

/// The smallest script that was found in time. `shows(s)` must hold.
script minimised(script s, const test_of_script& shows, std::chrono::milliseconds at_most);

/// Simpler forms of a packet that our codec can read, the boldest first: without properties, payload, will, credentials; short names. Empty where it cannot be read.
std::vector<std::string> simpler_fields(const std::string& packet, protocol_version version);

}  // namespace mqttspan::fuzz
