// That time grows with the bytes and with nothing else: messages from 16 B to 256 MiB, buffers of one packet to 100,000, chunks from one byte up. Tab-separated lines.
// usage: scaling [LARGEST-PAYLOAD]      the largest that MQTT can have, if none is named: 256 MiB but for the few bytes in front of it
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/stream/stream_parser.hpp>

#include "workloads.hpp"

using namespace mqttspan;
using namespace mqttspan::bench;

namespace {

volatile std::uint64_t sink;

// Of one call, in nanoseconds: the median of nine turns of at least a millisecond; of one turn where a call takes longer than a tenth of a second.
template <class Call>
double time_of(Call call) {
  const auto turn = [&call](unsigned calls) {
    const auto begin = std::chrono::steady_clock::now();
    for (unsigned i = 0; i < calls; ++i) sink = call();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / calls;
  };
  const double once = (turn(1), turn(1));
  if (once > 1e8) return once;
  const auto calls = static_cast<unsigned>(std::clamp(1e6 / once, 1.0, 1e6));
  std::vector<double> turns;
  for (int i = 0; i < 9; ++i) turns.push_back(turn(calls));
  std::ranges::nth_element(turns, turns.begin() + 4);
  return turns[4];
}

void print(const char* series, std::size_t x, std::size_t packets, std::size_t bytes, double nanoseconds) {
  std::printf("%s\t%zu\t%.3f\t%.5f\n", series, x, nanoseconds / static_cast<double>(packets), nanoseconds / static_cast<double>(bytes));
  std::fflush(stdout);
}

struct counter {
  std::uint64_t seen = 0;
  void operator()(const publish& p) noexcept { seen += p.payload.size(); }
  void operator()(const puback& p) noexcept { seen += p.packet_id; }
  void operator()(const suback& p) noexcept { seen += p.packet_id; }
  void operator()(const pingresp&) noexcept {}
};

struct piece_counter : counter {
  using counter::operator();
  void operator()(const publish_begin& p) noexcept { seen += p.payload_size; }
  void operator()(const payload_chunk& p) noexcept { seen += p.bytes.size(); }
  void operator()(const publish_end&) noexcept {}
};

constexpr std::string_view topic = "sensors/zone-07/temp/123";
constexpr std::size_t largest_of_all = max_remaining_length - 2 - topic.size();

// What the handler has seen when the stream has gone through the parser, in chunks of that size.
template <class Handler>
std::uint64_t read_in_chunks(stream_parser& parser, bytes_view stream, std::size_t size) {
  Handler all;
  for (bytes_view rest = stream; !rest.empty();) {
    const bytes_view next = rest.first(std::min(rest.size(), size));
    rest = rest.subspan(next.size());
    if (!parser.push(next) || !parser.for_each(all)) std::exit(1);  // never: the packets are good
  }
  return all.seen;
}

void payloads(std::size_t largest) {
  std::vector<std::byte> payload(largest, std::byte{'x'}), stream(largest + 64);
  std::byte carry[4096];
  for (std::size_t size = 16; size <= largest; size = size < largest ? std::min(4 * size, largest) : largest + 1) {
    const publish message{.topic = topic, .payload = bytes_view(payload).first(size)};
    const auto written = generate(message, protocol_version::v3_1_1, stream);
    if (!written) std::exit(1);  // never: it fits
    print("generate by payload", size, 1, written->size(), time_of([&] { return generate(message, protocol_version::v3_1_1, stream)->size(); }));
    print("parse_as by payload", size, 1, written->size(), time_of([&] { return parse_as<publish>(*written, protocol_version::v3_1_1)->size; }));
    stream_parser parser(carry, {.stream_publish_above = 4096});
    print("for_each in 4 KiB by payload", size, 1, written->size(), time_of([&] { return read_in_chunks<piece_counter>(parser, *written, 4096); }));
  }
}

void buffers() {
  const workload mix = make_workload("W8", protocol_version::v3_1_1);
  std::vector<std::byte> ten_times;
  for (int i = 0; i < 10; ++i) ten_times.insert(ten_times.end(), mix.bytes.begin(), mix.bytes.end());
  std::byte carry[4096];
  stream_parser parser(carry, {});
  for (const std::size_t packets : {1u, 10u, 100u, 1'000u, 10'000u, 100'000u}) {
    const std::size_t whole = packets / mix.packets(), rest = packets % mix.packets();
    const bytes_view input = bytes_view(ten_times).first(whole * mix.bytes.size() + mix.begin_of(rest));
    print("for_each by packets in the buffer", packets, packets, input.size(), time_of([&] { return read_in_chunks<counter>(parser, input, input.size()); }));
  }
  for (std::size_t chunk = 1; chunk <= 65'536; chunk *= 4)
    print("for_each by chunk", chunk, mix.packets(), mix.bytes.size(), time_of([&] { return read_in_chunks<counter>(parser, mix.bytes, chunk); }));
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : largest_of_all;
  if (argc > 2 || largest < 16 || largest > largest_of_all) return std::fputs("usage: scaling [LARGEST-PAYLOAD]\n", stderr), 2;
  std::puts("series\tx\tns a packet\tns a byte");
  payloads(largest);
  buffers();
}
