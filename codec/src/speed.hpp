// What is built for speed and not for size: the one place where firmware (-Os, -Oz) is told from the rest.
#pragma once

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

#ifdef __OPTIMIZE_SIZE__
inline constexpr bool is_built_for_speed = false;
#define MQTTSPAN_BUILT_FOR_SIZE 1
#define MQTTSPAN_INLINE_FOR_SPEED inline
#define MQTTSPAN_CALL_FOR_SIZE [[gnu::noinline]] inline
#define MQTTSPAN_RARE_FOR_SIZE [[gnu::noinline]] inline
#else
inline constexpr bool is_built_for_speed = true;
#define MQTTSPAN_INLINE_FOR_SPEED [[gnu::always_inline]] inline
#define MQTTSPAN_CALL_FOR_SIZE [[gnu::always_inline]] inline
#define MQTTSPAN_RARE_FOR_SIZE inline
#endif

}  // namespace mqttspan::detail
