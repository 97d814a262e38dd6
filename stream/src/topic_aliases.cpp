#include <mqttspan/stream/topic_aliases.hpp>

#include <cstring>
#include <new>

namespace mqttspan::inline MQTTSPAN_ABI {

bool topic_aliases::reset(std::uint16_t maximum) noexcept {
  mappings_.reset(maximum != 0 ? new (std::nothrow) mapping[maximum] : nullptr);
  maximum_ = mappings_ ? maximum : std::uint16_t{0};
  used_ = 0;
  clock_ = 0;
  return maximum_ == maximum;
}

bool topic_aliases::set(std::uint16_t alias, std::string_view topic) noexcept {
  if (alias == 0 || alias > maximum_ || topic.size() > 65'535) return false;
  mapping& m = mappings_[alias - 1u];
  if (m.capacity < topic.size()) {
    m.text.reset(new (std::nothrow) char[topic.size()]);
    m.capacity = m.text ? static_cast<std::uint16_t>(topic.size()) : std::uint16_t{0};
    m.size = 0;
    if (!m.text) return false;
  }
  if (!topic.empty()) std::memcpy(m.text.get(), topic.data(), topic.size());
  m.size = static_cast<std::uint16_t>(topic.size());
  m.touched = ++clock_;
  if (alias > used_) used_ = alias;
  return true;
}

std::string_view topic_aliases::topic_of(std::uint16_t alias) const noexcept {
  if (alias == 0 || alias > used_) return {};
  const mapping& m = mappings_[alias - 1u];
  return {m.text.get(), m.size};
}

std::uint16_t topic_aliases::alias_of(std::string_view topic) noexcept {
  for (std::uint16_t i = 0; i < used_; ++i) {
    mapping& m = mappings_[i];
    if (m.size != topic.size() || topic.empty() || std::memcmp(m.text.get(), topic.data(), topic.size()) != 0) continue;
    m.touched = ++clock_;
    return static_cast<std::uint16_t>(i + 1);
  }
  return 0;
}

std::uint16_t topic_aliases::least_recent() const noexcept {
  std::uint16_t oldest = 0;
  for (std::uint16_t i = 0; i < used_; ++i)
    if (oldest == 0 || clock_ - mappings_[i].touched > clock_ - mappings_[oldest - 1u].touched) oldest = static_cast<std::uint16_t>(i + 1);
  return oldest;
}

}  // namespace mqttspan
