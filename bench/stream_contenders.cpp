#include "stream_contenders.hpp"

#include <array>
#include <cstdlib>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/stream/connection.hpp>
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

// One parser for all passes, as for a long connection: none of them leaves a packet half read. PUBLISH above that size comes in pieces.
template <std::uint32_t in_pieces_above = max_packet_length>
stream_parser& parser_for(const subject& s) {
  static stream_parser parser(carry, {.version = s.work.version, .stream_publish_above = in_pieces_above});
  if (parser.version() != s.work.version) parser.set_version(s.work.version);
  return parser;
}

std::uint64_t for_each_all(subject& s) {
  stream_parser& parser = parser_for(s);
  reader all;
  if (!parser.push(s.work.bytes) || !parser.for_each(all) || !parser.may_end()) return refused;
  return all.sum.value();
}

std::uint64_t next_all(subject& s) {
  stream_parser& parser = parser_for(s);
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

template <class Reader>
std::uint64_t read_in_chunks(subject& s, stream_parser& parser, std::span<const std::uint16_t> sizes) {
  Reader all;
  std::size_t turn = 0;
  for (bytes_view rest = s.work.bytes; !rest.empty();) {
    const std::size_t n = sizes[turn] < rest.size() ? sizes[turn] : rest.size();
    turn = turn + 1 == sizes.size() ? 0 : turn + 1;
    if (!parser.push(rest.first(n)) || !parser.for_each(all)) return refused;
    rest = rest.subspan(n);
  }
  return parser.may_end() ? all.sum.value() : refused;
}

// As `reader`, of messages whose payload comes in pieces.
struct piece_reader : reader {
  using reader::operator();
  void operator()(const publish_begin& p) noexcept {
    add(sum, p.publish);
    is_first = true;
  }
  void operator()(const payload_chunk& p) noexcept {
    sum.integer(p.bytes.size() + (is_first ? std::to_integer<std::uint64_t>(p.bytes.front()) : 0) + (p.bytes_left == 0 ? std::to_integer<std::uint64_t>(p.bytes.back()) : 0));
    is_first = false;
  }
  void operator()(const publish_end&) noexcept {}

 private:
  bool is_first = true;
};

// A client that has been accepted, once for all passes.
struct accepted_client {
  explicit accepted_client(protocol_version version) {
    std::byte room[16];
    const auto answer = generate(connack{}, version, room);
    const bool is_open = line.send(connect{.version = version, .client_id = "c"}, {}) && answer && line.receive(*answer, {}) && line.next_event().get_if<connack>();
    if (!is_open) std::abort();
    line.consume_output(line.output().size(), {});
  }

  connection line{sender::client, instant{}, connection_options{.carry_size = carry_size, .topic_alias_maximum = 10}};
};

// In the chunks of a socket; what is due is acknowledged, and taken as if sent.
std::uint64_t receive_all(subject& s) {
  static accepted_client in_3_1_1(protocol_version::v3_1_1), in_5_0(protocol_version::v5);
  connection& line = s.work.version == protocol_version::v5 ? in_5_0.line : in_3_1_1.line;
  checksum sum;
  for (bytes_view rest = s.work.bytes; !rest.empty();) {
    const bytes_view next = rest.first(rest.size() < 4'096 ? rest.size() : 4'096);
    rest = rest.subspan(next.size());
    if (!line.receive(next, {})) return refused;
    connection_event e = line.next_event();
    for (; e.kind() == connection_event_kind::packet; e = line.next_event())
      if (const auto* p = e.get_if<publish>()) add(sum, *p);
    if (e.kind() != connection_event_kind::nothing) return refused;
    line.consume_output(line.output().size(), {});
  }
  return sum.value();
}

constexpr std::uint16_t of_4096[] = {4096}, of_1460[] = {1460}, of_1[] = {1};
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

std::uint64_t for_each_1460(subject& s) { return read_in_chunks<reader>(s, parser_for(s), of_1460); }
std::uint64_t for_each_1_to_64(subject& s) { return read_in_chunks<reader>(s, parser_for(s), of_1_to_64); }
std::uint64_t for_each_1(subject& s) { return read_in_chunks<reader>(s, parser_for(s), of_1); }
std::uint64_t for_each_piece(subject& s) { return read_in_chunks<piece_reader>(s, parser_for<4'096>(s), of_4096); }

// A mix is where chunks are of interest.
pass of_w8(const subject& s, pass run) { return s.work.name == "W8" ? run : nullptr; }

}  // namespace

pass for_each_pass(const subject&) { return for_each_all; }
pass next_pass(const subject&) { return next_all; }
pass for_each_1460_pass(const subject& s) { return of_w8(s, for_each_1460); }
pass for_each_1_to_64_pass(const subject& s) { return of_w8(s, for_each_1_to_64); }
pass for_each_1_pass(const subject& s) { return of_w8(s, for_each_1); }

pass for_each_piece_pass(const subject& s) { return s.work.name == "W3" ? for_each_piece : nullptr; }
pass receive_pass(const subject& s) { return s.work.name == "W1" || s.work.name == "W2" || s.work.name == "W4" ? receive_all : nullptr; }

std::uint64_t decode_1460(subject& s) { return decode_chunks(s.work, of_1460); }
std::uint64_t decode_1_to_64(subject& s) { return decode_chunks(s.work, of_1_to_64); }
std::uint64_t decode_1(subject& s) { return decode_chunks(s.work, of_1); }

}  // namespace mqttspan::bench
