// The heads of a WebSocket handshake, of a client and of a server: found byte by byte, judged, answered with a head that the other side can read.
#include <string>

#include "handshake_verdicts.hpp"
#include "http_head.hpp"
#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

void check_answer(const std::string& answer) {
  detail::head_scanner scanner;
  auto found = detail::head_scanner::verdict::more;
  std::size_t size = 0;
  for (; size < answer.size() && found == detail::head_scanner::verdict::more; ++size) found = scanner.put(answer[size]);
  require(found == detail::head_scanner::verdict::complete, "our answer is a head");
  const auto head = detail::http_head::read(std::string_view(answer).substr(0, size));
  require(head && head->start_line().starts_with("HTTP/1.1 "), "our answer has a status line");
}

void check(std::string_view text) {
  const auto head = detail::http_head::read(text);
  observe(head.has_value());
  if (!head) return;
  websocket_request request;
  const detail::request_verdict verdict = detail::judge_request(*head, {}, request);
  observe(verdict.status);
  require((verdict.status == 101) == verdict.why.empty(), "a refusal says why, and nothing else does");
  check_answer(verdict.status == 101 ? detail::agreeing_response(*head, request) : detail::refusing_response(verdict));
  websocket_request answered;
  const std::string fault = detail::judge_response(*head, {}, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answered);
  observe(as_bytes(fault));
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  if (size > 8192) return -1;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  detail::head_scanner scanner;
  for (std::size_t i = 0; i < size; ++i) {
    const auto found = scanner.put(text[i]);
    if (found == detail::head_scanner::verdict::more) continue;
    fuzz::observe(i);
    if (found == detail::head_scanner::verdict::complete) fuzz::check(text.substr(0, i + 1));
    return 0;
  }
  return 0;
}
