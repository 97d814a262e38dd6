// Lists of words in one string literal, each closed by a null character. They need no table of addresses, which the loader would have to
// relocate, and so no static data but text. Whoever asks for a word is about to print it: walking there is quick enough.
#pragma once

#include <cstring>
#include <string_view>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// The n-th word of a list that has as many.
inline std::string_view word(const char* words, unsigned n) noexcept {
  for (; n != 0; --n) words += std::strlen(words) + 1;
  return words;
}

// Where the word stands among `count`; `count` where it does not.
inline unsigned find_word(const char* words, unsigned count, std::string_view wanted) noexcept {
  for (unsigned n = 0; n < count; ++n) {
    const std::string_view here = words;
    if (here == wanted) return n;
    words += here.size() + 1;
  }
  return count;
}

}  // namespace mqttspan::detail
