// Prints the dictionary for fuzzers: what a mutation of bytes would not find by itself. Made from the library's tables; `mqtt.dict` is its output.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <mqttspan/codec/property.hpp>
#include <mqttspan/codec/reason_code.hpp>

#include "loose_packet.hpp"

namespace {

using namespace mqttspan;
using namespace std::string_view_literals;

void print(const std::string& name, std::string_view bytes) {
  std::printf("%s=\"", name.c_str());
  for (const char c : bytes) std::printf("\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
  std::puts("\"");
}

// With the smallest good value, so that it can stand in a packet.
std::string smallest(const detail::property_row& row) {
  std::string out(1, static_cast<char>(row.id));
  const auto least = static_cast<char>(row.minimum);
  switch (row.type) {
    case property_type::byte:
    case property_type::variable_byte: return out + least;
    case property_type::two_byte: return out + '\0' + least;
    case property_type::four_byte: return out + std::string(3, '\0') + least;
    case property_type::string_pair: return out + std::string("\0\1a\0\1b"sv);
    default: return out + std::string("\0\1a"sv);
  }
}

constexpr struct {
  const char* name;
  std::string_view bytes;
} texts[] = {
    {"name_3_1", "\0\6MQIsdp\3"sv}, {"name_3_1_1", "\0\4MQTT\4"sv}, {"name_5_0", "\0\4MQTT\5"sv}, {"share", "$share/"sv}, {"sys", "$SYS/"sv}, {"multi_level", "/#"sv}, {"single_level", "/+/"sv},
    {"null", "\0"sv}, {"null_of_java", "\xC0\x80"sv}, {"surrogate_low_end", "\xED\xA0\x80"sv}, {"surrogate_high_end", "\xED\xBF\xBF"sv}, {"overlong_slash", "\xC0\xAF"sv},
    {"overlong_three", "\xE0\x9F\xBF"sv}, {"overlong_four", "\xF0\x8F\xBF\xBF"sv}, {"greatest", "\xF4\x8F\xBF\xBF"sv}, {"above_greatest", "\xF4\x90\x80\x80"sv},
    {"byte_order_mark", "\xEF\xBB\xBF"sv}, {"noncharacter", "\xEF\xBF\xBF"sv}, {"control", "\xC2\x85"sv}, {"length_65535", "\xFF\xFF"sv},
};

constexpr std::uint32_t lengths[] = {0, 1, 127, 128, 16'383, 16'384, 2'097'151, 2'097'152, 268'435'455};

}  // namespace

int main() {
  std::puts("# Made from the library's tables by write_dictionary. libFuzzer, AFL++ and Honggfuzz read it.");
  for (const detail::property_row& row : detail::rows) print("property_" + std::string(to_string(row.id)), smallest(row));
  for (unsigned code = 0; code < 256; ++code)
    if (const std::string_view name = to_string(static_cast<reason_code>(code)); !name.empty()) print("reason_" + std::string(name), std::string(1, static_cast<char>(code)));
  for (unsigned type = 1; type < 16; ++type) print("type_" + std::to_string(type), std::string(1, static_cast<char>(type << 4 | (type == 6 || type == 8 || type == 10 ? 2 : 0))));
  for (const std::uint32_t length : lengths) print("length_" + std::to_string(length), fuzz::varint_bytes(length));
  print("length_of_five_bytes", "\xFF\xFF\xFF\xFF\x7F"sv);
  for (std::size_t size = 2; size <= 4; ++size) print("length_0_in_" + std::to_string(size), fuzz::varint_bytes(0, size));
  for (const auto& text : texts) print(text.name, text.bytes);
}
