#include "reader.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {

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

}  // namespace mqttspan::detail
