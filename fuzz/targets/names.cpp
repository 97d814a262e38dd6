// Names and numbers: a name is of one thing, which has that name; a variable byte integer is read as it was written. The input: four bytes, a number or values of enumerations; then a name.
#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/property.hpp>
#include <mqttspan/codec/reason_code.hpp>
#include <mqttspan/codec/varint.hpp>
#include <mqttspan/codec/version.hpp>
#include <mqttspan/codec/wire_list.hpp>

#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

void check_name(std::string_view name) {
  if (const auto version = version_named(name)) require(to_string(*version) == name, "a version has the name that finds it");
  if (const auto id = property_named(name)) require(to_string(*id) == name, "a property has the name that finds it");
  if (const rule r = rule_named(name); r != rule::none) require(to_string(r) == name, "a rule has the name that finds it");
  observe(static_cast<std::uint64_t>(rule_named(name)));
}

void check_values(std::uint8_t value) {
  const auto id = static_cast<property_id>(value);
  require(to_string(id).empty() || property_named(to_string(id)) == id, "a property is found by its name");
  const auto r = static_cast<rule>(value);
  require(to_string(r).empty() || rule_named(to_string(r)) == r, "a rule is found by its name");
  require(to_string(r).empty() == text_of(r).empty() || r == rule::none, "a rule has a text");
  const auto version = static_cast<protocol_version>(value);
  require(to_string(version).empty() || version_named(to_string(version)) == version, "a version is found by its name");
  for (const std::string_view word : {to_string(id), to_string(r), to_string(version), to_string(static_cast<errc>(value)), to_string(static_cast<sender>(value)),
                                      to_string(static_cast<packet_type>(value)), to_string(static_cast<reason_code>(value)), text_of(error{.code = static_cast<errc>(value)})})
    observe(as_bytes(word));
}

void check_reason(reason_code code, packet_type type) {
  require(!is_legal(code, type) || !text_of(code, type).empty(), "a legal reason code has a text");
  require(!is_legal(code, type, sender::client) || is_legal(code, type), "what one side may say is legal");
  require(code > reason_code::granted_qos_2 || granted(static_cast<qos>(code)) == code, "a quality of service is granted by its number");
  observe(is_legal(code, type, sender::client) + 2u * is_legal(code, type, sender::server));
}

void check_place(property_id id, property_place place) {
  observe(is_allowed(id, place));
  require(!may_repeat(id, place) || is_allowed(id, place) || id == property_id::user_property, "what may be repeated may be there");
}

void check_number(std::uint32_t value) {
  unsigned char memory[4];
  const std::span<std::byte> room = as_writable_bytes(memory, sizeof memory);
  const auto written = encode_varint(value, room);
  require(written.has_value() == (value <= max_remaining_length), "numbers up to the limit can be written");
  if (!written) return;
  require(written->size() == varint_size(value), "the size is known before");
  const auto read = decode_varint(*written);
  require(read && read->value == value && read->size == written->size() && read->is_minimal(), "a number is read as it was written, and in no more bytes");
  const bytes_view cut = written->first(written->size() - 1);
  require(decode_varint(cut).error().code == errc::incomplete && !encode_varint(value, room.first(cut.size())), "a part of a number is none");
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size < 4 || size > 64) return -1;
  fuzz::check_number(static_cast<std::uint32_t>(data[0]) << 24 | static_cast<std::uint32_t>(data[1]) << 16 | static_cast<std::uint32_t>(data[2]) << 8 | data[3]);
  if (const auto number = decode_varint(fuzz::input_of(data, 4))) fuzz::observe(number->value);
  fuzz::check_values(data[0]);
  fuzz::check_reason(static_cast<reason_code>(data[0]), static_cast<packet_type>(data[1] % 16));
  fuzz::check_place(static_cast<property_id>(data[0]), static_cast<property_place>(data[1] % 16));
  fuzz::check_name({reinterpret_cast<const char*>(data) + 4, size - 4});
  return 0;
}
