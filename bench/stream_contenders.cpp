#include "stream_contenders.hpp"

#include <array>

#include <mqttspan/stream/stream_parser.hpp>

#include "fields.hpp"

namespace mqttspan::bench {
namespace {

constexpr std::size_t carry_size = 100'000;  // more than the largest packet
std::byte carry[carry_size];

// The packet types that the workloads have.
struct reader {
  checksum sum{};

  void operator()(const connect& p) noexcept { read(p); }
  void operator()(const publish& p) noexcept { read(p); }
  void operator()(const puback& p) noexcept { read(p); }
  void operator()(const subscribe& p) noexcept { read(p); }
  void operator()(const suback& p) noexcept { read(p); }
  void operator()(const pingresp&) noexcept {}

 private:
  // In a register, and written back once.
  template <class P>
  [[gnu::always_inline]] void read(const P& p) noexcept {
    checksum all = sum;
    add(all, p);
    sum = all;
  }
};

std::uint64_t for_each_all(subject& s) {
  stream_parser parser(carry, {.version = s.work.version});
  reader all;
  if (!parser.push(s.work.bytes) || !parser.for_each(all) || !parser.may_end()) return refused;
  return all.sum.value();
}

std::uint64_t next_all(subject& s) {
  stream_parser parser(carry, {.version = s.work.version});
  reader all;
  if (!parser.push(s.work.bytes)) return refused;
  for (;;) {
    const event e = parser.next();
    if (e.kind() == event::kind::need_more) return parser.may_end() ? all.sum.value() : refused;
    if (e.kind() != event::kind::packet) return refused;
    switch (e.type()) {
      case packet_type::connect: all(*e.get_if<connect>()); break;
      case packet_type::publish: all(*e.get_if<publish>()); break;
      case packet_type::puback: all(*e.get_if<puback>()); break;
      case packet_type::subscribe: all(*e.get_if<subscribe>()); break;
      case packet_type::suback: all(*e.get_if<suback>()); break;
      case packet_type::pingresp: break;
      default: return refused;
    }
  }
}

std::uint64_t for_each_chunk(subject& s, std::span<const std::uint16_t> sizes) {
  stream_parser parser(carry, {.version = s.work.version});
  reader all;
  std::size_t turn = 0;
  for (bytes_view rest = s.work.bytes; !rest.empty();) {
    const std::size_t n = sizes[turn] < rest.size() ? sizes[turn] : rest.size();
    turn = turn + 1 == sizes.size() ? 0 : turn + 1;
    if (!parser.push(rest.first(n)) || !parser.for_each(all)) return refused;
    rest = rest.subspan(n);
  }
  return parser.may_end() ? all.sum.value() : refused;
}

constexpr std::uint16_t of_1460[] = {1460}, of_1[] = {1};
constexpr auto of_1_to_64 = [] {
  std::array<std::uint16_t, 4096> sizes{};
  std::uint64_t x = 42;
  for (std::uint16_t& size : sizes) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    size = static_cast<std::uint16_t>(1 + (x >> 11) % 64);
  }
  return sizes;
}();

std::uint64_t for_each_1460(subject& s) { return for_each_chunk(s, of_1460); }
std::uint64_t for_each_1_to_64(subject& s) { return for_each_chunk(s, of_1_to_64); }
std::uint64_t for_each_1(subject& s) { return for_each_chunk(s, of_1); }

// A mix is where chunks are of interest.
pass of_w8(const subject& s, pass run) { return s.work.name == "W8" ? run : nullptr; }

}  // namespace

pass for_each_pass(const subject&) { return for_each_all; }
pass next_pass(const subject&) { return next_all; }
pass for_each_1460_pass(const subject& s) { return of_w8(s, for_each_1460); }
pass for_each_1_to_64_pass(const subject& s) { return of_w8(s, for_each_1_to_64); }
pass for_each_1_pass(const subject& s) { return of_w8(s, for_each_1); }

std::uint64_t decode_1460(subject& s) { return decode_chunks(s.work, of_1460); }
std::uint64_t decode_1_to_64(subject& s) { return decode_chunks(s.work, of_1_to_64); }
std::uint64_t decode_1(subject& s) { return decode_chunks(s.work, of_1); }

}  // namespace mqttspan::bench
