// Valid talks with a few bytes changed, removed, doubled: whatever comes, both roles stay within bounds and come to a verdict. Meant for sanitizers.
#include <mqttspan/websocket/websocket.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "websocket_ends.hpp"

namespace mqttspan::test {
namespace {

constexpr int rounds = 100'000;

std::string valid_frames(bool is_masked) {
  return frame(0x82, "Hello", is_masked) + frame(0x02, std::string(200, 'a'), is_masked) + frame(0x89, "ping", is_masked) + frame(0x00, "", is_masked) +
         frame(0x80, "b", is_masked) + close_frame(1000, "bye", is_masked);
}

class mutator {
 public:
  explicit mutator(std::uint32_t seed) : random_(seed) {}

  std::string change(std::string text) {
    for (std::size_t n = 1 + below(3); n > 0 && !text.empty(); --n) {
      const std::size_t at = below(text.size());
      const std::size_t size = 1 + below(8);
      const std::size_t kind = below(5);
      if (kind == 0) text[at] = static_cast<char>(below(256));
      else if (kind == 1) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
      else if (kind == 2) text.erase(at, size);
      else if (kind == 3) text.insert(at, text.substr(at, size));
      else text.insert(at, tokens_[below(tokens_.size())]);
    }
    return text;
  }
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::mt19937 random_;
  const std::vector<std::string> tokens_{"\r\n", "\r", "\n", " ", "\t", ":", ",", std::string(1, '\0'), "\x88\x80", "\x82\x7F", "\x01", "\xFF\xFF\xFF\xFF", "Upgrade", "mqtt", "Host: a\r\n"};
};

// The bounds: no more payload than bytes, and an end to every call; `hear` would go round for ever without one.
void play(sender self, const std::string& said, mutator& m) {
  lone_end end(self, false, 1 + m.below(300));
  end.read();
  const std::string key = field_of(end.take_written(), "Sec-WebSocket-Key");
  std::string text = said;
  if (const std::size_t at = text.find("ACCEPT"); at != std::string::npos) text.replace(at, 6, accept_of(key));
  end.hear_in_chunks(text, 1 + m.below(text.size() + 1));
  end.hear_end();
  ASSERT_TRUE(end.tale().last == progress::failed || end.tale().last == progress::end) << text;
  ASSERT_EQ(end.tale().last == progress::failed, !end.tale().failure.empty());
  ASSERT_LE(end.tale().payload.size(), text.size());
  ASSERT_LE(end.tale().written.size(), text.size() + 1000);
}

TEST(websocket_mutations, of_requests_and_frames_come_to_a_verdict) {
  mutator m(1);
  const std::string request = sample_request("Origin: https://example.org\r\n"), frames = valid_frames(true);
  for (int i = 0; i < rounds; ++i) ASSERT_NO_FATAL_FAILURE(play(sender::server, i % 2 == 0 ? request + m.change(frames) : m.change(request) + frames, m));
}

TEST(websocket_mutations, of_responses_and_frames_come_to_a_verdict) {
  mutator m(2);
  const std::string response = sample_response("ACCEPT"), frames = valid_frames(false);
  for (int i = 0; i < rounds; ++i) ASSERT_NO_FATAL_FAILURE(play(sender::client, i % 2 == 0 ? response + m.change(frames) : m.change(response) + frames, m));
}

}  // namespace
}  // namespace mqttspan::test
