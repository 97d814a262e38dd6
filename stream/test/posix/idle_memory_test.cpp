// What an idle client costs a server, in bytes that were asked of the allocator. Alone in its executable: it replaces `new`.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {
std::int64_t in_use = 0;
constexpr std::size_t head = alignof(std::max_align_t);
void* counted(std::size_t size) noexcept {
  auto* const p = static_cast<std::byte*>(std::malloc(size + head));
  if (!p) return nullptr;
  *reinterpret_cast<std::size_t*>(p) = size;
  in_use += static_cast<std::int64_t>(size);
  return p + head;
}
void uncounted(void* memory) noexcept {
  if (!memory) return;
  auto* const p = static_cast<std::byte*>(memory) - head;
  in_use -= static_cast<std::int64_t>(*reinterpret_cast<std::size_t*>(p));
  std::free(p);
}
}  // namespace

void* operator new(std::size_t size) {
  if (void* const p = counted(size)) return p;
  std::abort();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* p) noexcept { uncounted(p); }
void operator delete[](void* p) noexcept { uncounted(p); }
void operator delete(void* p, std::size_t) noexcept { uncounted(p); }
void operator delete[](void* p, std::size_t) noexcept { uncounted(p); }

#include "real_sockets.hpp"

namespace mqttspan::test {
namespace {

// Two descriptors each; few enough for the usual limit of 1,024.
constexpr std::size_t clients = 400;

TEST(an_idle_client, costs_its_server_at_most_two_kilobytes) {
  posix::loop loop;
  posix::server server(loop);
  ASSERT_TRUE(server.listen({.host = "127.0.0.1", .port = 0}));
  const address at = server.addresses().front();
  std::vector<bare_peer> peers;
  peers.reserve(2 * clients);
  std::int64_t after[2] = {};
  for (std::int64_t& bytes : after) {
    for (std::size_t i = 0; i < clients / 2; ++i) {
      peers.emplace_back(at);
      peers.back().say(wire(connect{.keep_alive = 60, .client_id = "idle"}));
      if (i % 100 == 99) turn(loop);
    }
    ASSERT_TRUE(turn_until(loop, [&] { return server.size() == peers.size(); }));
    for (bare_peer& peer : peers) ASSERT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= 4; }));
    turn(loop);
    bytes = in_use;
  }
  const double each = static_cast<double>(after[1] - after[0]) / (clients / 2);
  std::printf("%.0f bytes for each idle client\n", each);
  RecordProperty("bytes_per_idle_client", std::to_string(each));
  EXPECT_LE(each, 2'048);
  EXPECT_GT(each, sizeof(endpoint)) << "the count is broken";
}

TEST(a_message_in_pieces, takes_the_memory_of_what_has_come_not_of_what_was_announced) {
  posix::loop loop;
  posix::server server(loop, {.endpoint = {.gather = max_packet_length}});
  ASSERT_TRUE(server.listen({.host = "127.0.0.1", .port = 0}));
  bare_peer peer(server.addresses().front());
  peer.say(hello());
  ASSERT_TRUE(turn_until(loop, [&] { return peer.heard().size() >= 4; }));
  peer.say(std::string("\x30\xFF\xFF\xFF\x7F\x00\x01t\x00", 9));  // 256 MiB are to come
  std::size_t said = 0;
  const std::string some(1'000, 'x');
  while (said < 50'000) {
    said += peer.say(some);
    turn(loop, 2);
  }
  EXPECT_LT(in_use, 2 << 20);
  EXPECT_GT(in_use, 50'000);
}

}  // namespace
}  // namespace mqttspan::test
