#include "toy.hpp"

#define TWICE(x) ((x) + (x))

constexpr int never = 3 + 4;
static_assert(never == 7 && TWICE(2) == 4);

int clamp(int value, int least, int most) {
  if (value < least) return least;
  int result = value;
  if (result > most) result = most;
  return result;
}

bool is_word(const char* text, int size) {
  if (!text || size == 0) return false;
  for (int i = 0; i < size; ++i) {
    if (text[i] == ' ') return false;
  }
  return true;
}
