// Hexadecimal digits from people: bytes, or an error that says where; and what is written can be read.
#include <string_view>

#include "tools/hex.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz::require(from_hex(to_hex(fuzz::input_of(data, size))) == std::vector<std::byte>(as_bytes(text).begin(), as_bytes(text).end()), "bytes survive hexadecimal digits");
  for (const auto read : {from_hex, from_hex_dump}) {
    try {
      const std::vector<std::byte> bytes = read(text);
      fuzz::observe(bytes);
      fuzz::require(2 * bytes.size() <= size, "a byte takes two digits");
    } catch (const hex_error& e) {
      fuzz::observe(e.where);
      fuzz::require(e.where < size, "the fault lies in the text");
    }
  }
  fuzz::observe(looks_like_hex_dump(text));
  return 0;
}
