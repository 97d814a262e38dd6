#include "parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mqttspan::fuzz::check_parse(mqttspan::fuzz::input_of(data, size), mqttspan::protocol_version::v3_1);
}
