// Feeds 2 MiB, or a part of it, in chunks of one size, for callgrind to count.
// usage: stream_linear_time <pieces|torn|mix> <chunk> <divisor of the size>
// pieces: one PUBLISH, above carry. torn: one PUBLISH, gathered in carry. mix: small packets. The handler reads each byte of payload once, as a program does.
// Prints the stream's bytes. Only `count_this` is counted: it is what stream_linear_time.sh asks callgrind to collect.
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <mqttspan/stream/stream_parser.hpp>
#include <mqttspan/stream/writer.hpp>

using namespace mqttspan;

namespace {

constexpr std::size_t whole = 2 * 1024 * 1024;
std::vector<std::byte> stream, carry;
bool good = true;

struct reader {
  std::uint64_t hash = 0;
  void read(bytes_view bytes) noexcept {
    for (const std::byte b : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(b)) * 0x100'0000'01B3;
  }
  void operator()(const publish& p) noexcept { read(p.payload); }
  void operator()(const puback& p) noexcept { hash += p.packet_id; }
  void operator()(const publish_begin&) noexcept {}
  void operator()(const payload_chunk& c) noexcept { read(c.bytes); }
  void operator()(const publish_end&) noexcept {}
};

}  // namespace

extern "C" [[gnu::noinline]] void count_this(std::size_t chunk) {
  stream_parser parser(carry);
  reader all;
  for (bytes_view rest = stream; !rest.empty();) {
    const std::size_t n = chunk < rest.size() ? chunk : rest.size();
    if (!parser.push(rest.first(n)) || !parser.for_each(all)) good = false;
    rest = rest.subspan(n);
  }
  good = good && parser.may_end() && all.hash != 0;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string_view mode = argv[1];
  const auto chunk = static_cast<std::size_t>(std::atoi(argv[2])), divisor = static_cast<std::size_t>(std::atoi(argv[3]));
  if (chunk == 0 || divisor == 0) return 2;
  const std::size_t size = whole / divisor;
  stream.resize(size + 100);
  carry.resize(mode == "torn" ? size + 100 : 4096);
  packet_writer out(stream, protocol_version::v3_1_1);
  const std::vector<std::byte> payload(mode == "mix" ? 30 : size, std::byte{'x'});
  do {
    if (!out.add(publish{.topic = "sensors/zone-1/temp/12", .payload = payload})) return 2;
    if (mode == "mix" && !out.add(puback{.packet_id = 1})) return 2;
  } while (out.size() + 60 < size);
  stream.resize(out.size());
  count_this(chunk);
  std::printf("%zu\n", stream.size());
  return good ? 0 : 1;
}
