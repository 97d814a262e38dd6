// Memory: what a WebSocket takes while nothing moves, and that frames of any size pass without more.
#include <mqttspan/websocket/websocket.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "counted_allocations.hpp"
#include "websocket_ends.hpp"

#if MQTTSPAN_COUNTS_MALLOC
#include <malloc.h>
#endif

namespace mqttspan::test {
namespace {

// A lower transport that speaks the opening of a client, then one frame without end; and takes whatever is written.
class endless_peer {
 public:
  explicit endless_peer(std::string opening, std::uint64_t size) : opening_(std::move(opening)), left_(size) {}
  transfer read_some(std::span<std::byte> into) noexcept {
    if (at_ == opening_.size() && left_ == 0) return {progress::wants_read};
    std::size_t size = 0;
    for (; size < into.size() && at_ < opening_.size(); ++size) into[size] = static_cast<std::byte>(opening_[at_++]);
    for (; size < into.size() && left_ > 0; ++size, --left_) into[size] = std::byte{0x55};
    return {progress::moved, size};
  }
  transfer write_some(bytes_view from) noexcept { return {progress::moved, from.size()}; }
  transfer shut_down() noexcept { return {progress::moved}; }
  bool has_pending() const noexcept { return false; }
  std::string_view failure() const noexcept { return {}; }

 private:
  std::string opening_;
  std::size_t at_ = 0;
  std::uint64_t left_;
};

websocket_transport server_of(std::string opening, std::uint64_t size) { return {any_transport(endless_peer(std::move(opening), size)), websocket_server_options{}}; }

TEST(websocket_memory, does_not_grow_with_a_frame) {
  constexpr std::uint64_t sizes[] = {1 << 20, 64 << 20, 256 << 20};
  std::array<std::byte, 4096> into;
  for (const std::uint64_t size : sizes) {
    websocket_transport server = server_of(sample_request() + frame_head(0x82, size, 8, true), size);
    ASSERT_EQ(server.read_some(std::span(into).first(1)).outcome, progress::moved);
    std::uint64_t came = 1;
    EXPECT_EQ(allocations_in([&] {
                for (transfer t = server.read_some(into); t.outcome == progress::moved; t = server.read_some(into)) came += t.size;
              }), 0u) << size;
    EXPECT_EQ(came, size);
  }
}

// One block of wslay's, and one of ours for the peer's frame; given back when the frame is over.
TEST(websocket_memory, is_asked_for_a_fixed_number_of_times_per_call) {
  std::string many = sample_request();
  for (int i = 0; i < 1000; ++i) many += frame(0x82, "0123456789", true);
  websocket_transport server = server_of(many, 0);
  std::array<std::byte, 65'536> into;
  ASSERT_EQ(server.read_some(into).outcome, progress::moved);
  transfer t;
  EXPECT_LE(allocations_in([&] { t = server.read_some(into); }), 2u);
  EXPECT_EQ(t.outcome, progress::moved);
  into.fill(std::byte{0});  // packets of two bytes, each in a frame of its own
  EXPECT_LE(allocations_in([&] { t = server.write_some(into); }), 1u);
  EXPECT_EQ(t.outcome, progress::moved);
  EXPECT_GT(t.size, 5'000u);
  EXPECT_LE(allocations_in([&] { t = server.read_some(into); }), 1u);  // nothing came
  EXPECT_EQ(t.outcome, progress::wants_read);
}

#if MQTTSPAN_COUNTS_MALLOC  // wslay does not ask with `new`
TEST(websocket_memory, that_is_out_is_a_failure_in_words) {
  std::array<std::byte, 100> into;
  const auto without_memory = [&](bool is_reading) {
    websocket_transport server = server_of(sample_request() + frame(0x82, "x", true), 0);
    if (!is_reading) static_cast<void>(server.read_some(into));
    else static_cast<void>(server.write_some(as_bytes("x")));  // for the handshake
    memory_is_out = true;
    const transfer t = is_reading ? server.read_some(into) : server.write_some(as_bytes("x"));
    memory_is_out = false;
    EXPECT_EQ(t.outcome, progress::failed);
    return std::string(server.failure());
  };
  EXPECT_EQ(without_memory(false), "out of memory");
  EXPECT_EQ(without_memory(true), "out of memory");
}

TEST(websocket_memory, of_an_idle_connection_is_below_a_kibibyte) {
  constexpr std::size_t count = 1000;
  std::array<std::byte, 100> into;
  const std::string opening = sample_request("User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\nOrigin: https://example.org\r\n") +
                              frame(0x82, "0123456789", true);
  std::vector<websocket_transport> held;
  std::vector<any_transport> below;
  held.reserve(count);
  below.reserve(count);
  const std::size_t at_first = mallinfo2().uordblks;
  for (std::size_t i = 0; i < count; ++i) below.emplace_back(endless_peer(std::string(opening), 0));
  const std::size_t before = mallinfo2().uordblks;
  for (any_transport& lower : below) {
    held.emplace_back(std::move(lower), websocket_server_options{.path = "/mqtt"});
    ASSERT_EQ(held.back().read_some(into).outcome, progress::moved);
    ASSERT_EQ(held.back().read_some(into).outcome, progress::wants_read);
    ASSERT_EQ(held.back().write_some(as_bytes("x")).outcome, progress::moved);
  }
  const std::size_t each = (mallinfo2().uordblks - before) / count;
  std::printf("a connection that is idle takes %zu bytes, without what is below it (%zu)\n", each, (before - at_first) / count);
  EXPECT_LT(each, 1024u);
  EXPECT_GT(each, 100u);
}
#endif

}  // namespace
}  // namespace mqttspan::test
