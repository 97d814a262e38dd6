// MemorySanitizer takes what code without its instrumentation writes for uninitialised, and so it does with the C++ library of a distribution. What our targets use of that beyond its headers is compiled here
// once more, and taken instead. Where fuzzers are hosted the C++ library is instrumented.
#if defined(__has_feature) && !defined(FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)
#if __has_feature(memory_sanitizer)
#include <cstdio>
#include <cstdlib>
#include <string>

template class std::basic_string<char>;

namespace {

template <class... T>
std::string printed(const char* format, T... value) {
  char text[24];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, format, value...))};
}

}  // namespace

std::string std::to_string(int value) { return printed("%d", value); }
std::string std::to_string(unsigned value) { return printed("%u", value); }
std::string std::to_string(unsigned long value) { return printed("%lu", value); }

int std::stoi(const std::string& text, std::size_t* end, int base) {
  char* stop = nullptr;
  const long value = std::strtol(text.c_str(), &stop, base);
  if (end) *end = static_cast<std::size_t>(stop - text.c_str());
  return static_cast<int>(value);
}

#endif
#endif
