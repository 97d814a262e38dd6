// Whether a sanitizer that slows everything down and brings its own allocator is compiled in.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MQTTSPAN_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define MQTTSPAN_SANITIZED_BY_MEMORY 1
#endif
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define MQTTSPAN_SANITIZED 1
#endif
#endif
#ifndef MQTTSPAN_SANITIZED
#define MQTTSPAN_SANITIZED 0
#endif
#ifndef MQTTSPAN_SANITIZED_BY_MEMORY
#define MQTTSPAN_SANITIZED_BY_MEMORY 0
#endif
