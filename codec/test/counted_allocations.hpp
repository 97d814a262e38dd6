// Replaces the allocator of the whole program by one that counts: for one source file of a test that is alone in its executable.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

#include "sanitized.hpp"

// A sanitizer brings its own malloc; there, and where the C library has no second name for its own, only `new` is counted.
#if !MQTTSPAN_SANITIZED && defined(__GLIBC__)
#define MQTTSPAN_COUNTS_MALLOC 1
#else
#define MQTTSPAN_COUNTS_MALLOC 0
#endif

namespace {
std::size_t allocations = 0;
bool memory_is_out = false;
}

#if MQTTSPAN_COUNTS_MALLOC
// Behind `new` as well, so one count is enough.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* malloc(std::size_t size) noexcept {
  ++allocations;
  return memory_is_out ? nullptr : __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++allocations;
  return memory_is_out ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  ++allocations;
  return __libc_realloc(old, size);
}
}
#elif !MQTTSPAN_SANITIZED_BY_MEMORY // which brings its own `new`, and none beside it: there nothing is counted
static void* counted(std::size_t size) {
  ++allocations;
  return memory_is_out ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* memory = counted(size)) return memory;
  std::abort();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace mqttspan::test {

template <class Call>
std::size_t allocations_in(Call call) {
  const std::size_t before = allocations;
  call();
  return allocations - before;
}

}  // namespace mqttspan::test
