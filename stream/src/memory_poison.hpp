// Under AddressSanitizer: memory that nobody may touch for now.
#pragma once

#include <cstddef>

#include <mqttspan/codec/config.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define MQTTSPAN_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MQTTSPAN_POISONS 1
#endif
#endif
#ifdef MQTTSPAN_POISONS
#include <sanitizer/asan_interface.h>
#endif

namespace mqttspan::inline MQTTSPAN_ABI::detail {

inline void poison([[maybe_unused]] const std::byte* memory, [[maybe_unused]] std::size_t size) noexcept {
#ifdef MQTTSPAN_POISONS
  __asan_poison_memory_region(memory, size);
#endif
}

inline void unpoison([[maybe_unused]] const std::byte* memory, [[maybe_unused]] std::size_t size) noexcept {
#ifdef MQTTSPAN_POISONS
  __asan_unpoison_memory_region(memory, size);
#endif
}

}  // namespace mqttspan::detail
