// The third sink, for speed: it writes what is usual and says whether all of it was. It knows no rule of its own, and what it does not accept a
// write_sink writes again, which knows them all. It doubles the encoders, so that what is built for size does without.
#pragma once

#include "sinks.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// Writes properties of which nothing need be judged; null where anything must.
[[gnu::noinline]] octet* write_usual_properties(octet* at, const property_list& list, property_place place, sender from) noexcept;

// Without `Properties`, of which the packet has none, no call is made but in the end, so that hardly a register need be saved.
template <bool Properties>
class quick_sink : public octet_writer {
 public:
  quick_sink(encode_context c, octet* at, property_blocks blocks) noexcept : octet_writer(at), context_(c), blocks_(blocks) {}

  encode_context context() const noexcept { return context_; }
  bool is_v5() const noexcept { return context_.is_v5(); }
  bool good() const noexcept { return good_; }

  [[gnu::always_inline]] void require(bool good, rule) noexcept {
    if (!good) [[unlikely]] good_ = false;
  }
  [[gnu::always_inline]] void check(rule r, std::size_t = 0) noexcept { require(r == rule::none, r); }
  [[gnu::always_inline]] void require_in_version(bool absent) noexcept { require(absent, rule::field_not_in_version); }
  [[gnu::always_inline]] void packet_id(std::uint16_t id) noexcept {
    require(id != 0, rule::packet_id_is_zero);
    two_byte(id);
  }
  template <text_kind Kind>
  [[gnu::always_inline]] void text(std::string_view s) noexcept {
    good_ &= plain_text<Kind>(s);
    if (is_long_for_v3_1(Kind, s.size(), context_.version)) [[unlikely]] good_ = false;
  }
  // Behind all other fields. A long one is left to the caller, who can copy it by a call that never comes back here.
  [[gnu::always_inline]] void payload(bytes_view b) noexcept {
    if (b.size() > longest_inline_copy) rest_ = b;
    else octet_writer::payload(b);
  }
  bytes_view rest() const noexcept { return rest_; }
  [[gnu::always_inline]] void properties(const property_list& list, property_place place) noexcept {
    if (!is_v5()) return require_in_version(!Properties || list.empty());
    if (!Properties || list.empty()) {
      check(check_combination(place, 0));
      return byte(0);
    }
    const std::uint32_t size = blocks_.of(place);
    variable_byte(size);
    if (write_usual_properties(at(), list, place, context_.options.sender) != at() + size) [[unlikely]] good_ = false;
    skip(size);
  }
  [[gnu::always_inline]] void check_text_payload(std::string_view, const property_list& properties) noexcept {
    if (Properties && properties.contains(property_id::payload_format_indicator)) [[unlikely]] good_ = false;
  }

 private:
  encode_context context_;
  property_blocks blocks_;
  bytes_view rest_;
  bool good_ = true;
};

}  // namespace mqttspan::detail
