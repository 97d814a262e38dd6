#include "reader.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

#ifdef MQTTSPAN_BUILT_FOR_SIZE

std::string_view reader::judged_text(text_kind kind) noexcept {
  const octet* const field = at_;
  const std::string_view text = as_text(binary());
  const finding f = check_text(kind, text, {version_, options_->allow, options_->reject, options_->max_topic_levels});
  check(f.violated, text.empty() ? field : field + 2 + f.offset);
  return text;
}

std::uint32_t read_varint(const octet* at, const octet* end, bool minimal) noexcept {
  std::uint32_t value = 0;
  for (std::uint32_t size = 1; size <= 4; ++size) {
    if (at == end) return static_cast<std::uint32_t>(rule::field_past_end);
    const octet byte = *at++;
    value |= (byte & 0x7Fu) << (7 * (size - 1));
    if (byte >= 0x80) continue;
    if (byte == 0 && size != 1 && minimal) return static_cast<std::uint32_t>(rule::variable_byte_integer_not_minimal);
    return size << varint_size_shift | value;
  }
  return static_cast<std::uint32_t>(rule::variable_byte_integer_too_long);
}

#else

fault judge_text(text_kind kind, const octet* packet, const octet* field, protocol_version version, const parse_options& options) noexcept {
  const std::string_view text = to_text(field + 2, load_be16(field));
  const finding f = check_text(kind, text, {version, options.allow, options.reject, options.max_topic_levels});
  if (f.violated == rule::none) return {};
  return fault_at(f.violated, packet, text.empty() ? field : field + 2 + f.offset);
}

varint_read read_long_varint(const octet* at, const octet* end, bool minimal) noexcept {
  const auto v = decode_varint(to_bytes(at, static_cast<std::size_t>(end - at)));
  if (!v) return {0, v.error().code == errc::incomplete ? rule::field_past_end : v.error().violated, 0};
  if (minimal && !v->is_minimal()) return {0, rule::variable_byte_integer_not_minimal, 0};
  return {v->value, rule::none, v->size};
}

#endif

}  // namespace mqttspan::detail
