/// @file
/// What `std::unique_ptr` is, as far as the headers here need it: its own header, `<memory>`, is larger than all that they include otherwise.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <mqttspan/codec/config.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// Owns what came from `new`; with `T[]`, from `new[]`.
template <class T>
class owning_pointer {
  using element = std::remove_extent_t<T>;

 public:
  owning_pointer(element* p = nullptr) noexcept : p_(p) {}
  owning_pointer(owning_pointer&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  owning_pointer& operator=(owning_pointer&& other) noexcept {
    reset(std::exchange(other.p_, nullptr));
    return *this;
  }
  ~owning_pointer() { reset(); }

  void reset(element* p = nullptr) noexcept {
    element* const old = std::exchange(p_, p);
    if constexpr (std::is_array_v<T>) delete[] old;
    else delete old;
  }
  element* release() noexcept { return std::exchange(p_, nullptr); }
  element* get() const noexcept { return p_; }
  element* operator->() const noexcept { return p_; }
  element& operator[](std::size_t i) const noexcept { return p_[i]; }
  explicit operator bool() const noexcept { return p_ != nullptr; }

 private:
  element* p_;
};

}  // namespace mqttspan::detail
