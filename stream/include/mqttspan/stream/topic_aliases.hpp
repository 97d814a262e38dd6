// Topic aliases of one direction: numbers that stand for topic names, for as long as the connection lasts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mqttspan/codec/config.hpp>
#include <mqttspan/codec/owning_pointer.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// The mappings of one direction, 1 to `maximum`. Memory: 24 bytes an alias, and the longest name that each has had; allocated when an alias gets a longer
/// name than before, so not in steady state. @spec 5.0 §3.3.2.3.4
class topic_aliases {
 public:
  topic_aliases() noexcept = default;

  /// Forgets all and makes room for as many; false where memory is out.
  [[nodiscard]] MQTTSPAN_API bool reset(std::uint16_t maximum) noexcept;
  /// The highest alias; 0: there are none.
  std::uint16_t maximum() const noexcept { return maximum_; }

  /// Sets or replaces a mapping. The name is copied. False where the alias is not 1 to `maximum`, or memory is out. @spec [U5-3.3.4-g]
  [[nodiscard]] MQTTSPAN_API bool set(std::uint16_t alias, std::string_view topic) noexcept;

  /// The name; empty where the alias has none. Good until the alias is set again.
  MQTTSPAN_API std::string_view topic_of(std::uint16_t alias) const noexcept;

  /// The alias that stands for the name; 0 where there is none. Looks through all: keep `maximum` small where you send.
  MQTTSPAN_API std::uint16_t alias_of(std::string_view topic) noexcept;

  /// An alias without a name, else 0.
  std::uint16_t unused() const noexcept { return used_ < maximum_ ? static_cast<std::uint16_t>(used_ + 1) : std::uint16_t{0}; }
  /// The alias whose last `alias_of` or `set` is longest ago; 0 without any.
  MQTTSPAN_API std::uint16_t least_recent() const noexcept;

 private:
  struct mapping {
    detail::owning_pointer<char[]> text;
    std::uint16_t size = 0;
    std::uint16_t capacity = 0;
    std::uint32_t touched = 0;
  };

  detail::owning_pointer<mapping[]> mappings_;
  std::uint32_t clock_ = 0;
  std::uint16_t maximum_ = 0;
  std::uint16_t used_ = 0;  // the highest alias with a name
};

}  // namespace mqttspan
