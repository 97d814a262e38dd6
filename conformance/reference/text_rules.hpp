// What strings may hold: well-formed UTF-8, topic names, topic filters. Each check adds what it finds; `field` is the offset of the length in front of the text.
#pragma once

#include <cstddef>
#include <string>

#include "findings.hpp"

namespace mqttspan::conformance::reference {

/// The first byte of the first ill-formed sequence, or npos.
std::size_t ill_formed_at(const std::string& text);

/// Characters; in text that is no UTF-8 the bytes that begin one.
std::size_t characters(const std::string& text);

void check_text(const std::string& text, std::size_t field, findings& found);

/// The rules that an empty topic and one with a wildcard break: they differ between PUBLISH, will and Response Topic.
struct topic_rules {
  const char* empty;  ///< null where it is decided elsewhere
  const char* wildcard;
};
void check_topic(const std::string& topic, std::size_t field, const topic_rules& rules, findings& found);

void check_filter(const std::string& filter, std::size_t field, findings& found);

/// Whether the filter asks for a shared subscription.
bool is_shared(const std::string& filter);

}  // namespace mqttspan::conformance::reference
