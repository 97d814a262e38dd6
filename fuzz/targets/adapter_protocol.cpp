// Lines to the adapter: each is answered by one line of JSON, whatever it holds.
#include <string>

#include "adapter_session.hpp"
#include "packet_json.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size > 4096) return -1;
  const std::string answer = answer_line({reinterpret_cast<const char*>(data), size});
  fuzz::require(answer.find('\n') == std::string::npos, "an answer is one line");
  const packet_json value = packet_json::parse(answer, nullptr, false);
  fuzz::require(value.is_object() && value.contains("id"), "an answer is an object with an id");
  fuzz::require(value.contains("packets") || value.contains("hex") || value.contains("versions") || value.contains("error"), "an answer has what was asked for, or an error");
  fuzz::observe(as_bytes(answer));
  return 0;
}
