#include "floors.hpp"

#include <cstring>

#include "checksum.hpp"

namespace mqttspan::bench {
namespace {

// Bytes not yet read. Every take says whether the bytes were there. All of it is inlined, so that cursors and sums stay in registers:
// that alone makes the floor a third faster.
#define BENCH_INLINE [[gnu::always_inline]] inline

struct cursor {
  const std::byte* at;
  const std::byte* end;

  BENCH_INLINE std::size_t left() const noexcept { return static_cast<std::size_t>(end - at); }

  BENCH_INLINE bool take(std::size_t size, bytes_view& out) noexcept {
    if (left() < size) return false;
    out = {at, size};
    at += size;
    return true;
  }
  template <unsigned Size>
  BENCH_INLINE bool integer(std::uint32_t& out) noexcept {
    if (left() < Size) return false;
    out = 0;
    for (unsigned i = 0; i < Size; ++i) out = out << 8 | std::to_integer<std::uint32_t>(at[i]);
    at += Size;
    return true;
  }
  BENCH_INLINE bool varint(std::uint32_t& out) noexcept {
    out = 0;
    for (unsigned shift = 0; shift < 28 && at != end; shift += 7) {
      const auto byte = std::to_integer<std::uint32_t>(*at++);
      out |= (byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  BENCH_INLINE bool binary(bytes_view& out) noexcept {
    std::uint32_t size;
    return integer<2>(size) && take(size, out);
  }
  BENCH_INLINE bool text(bytes_view& out) noexcept;
};

template <class Word>
std::uint64_t load(const std::byte* p) noexcept {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Eight bytes at a time; the last eight overlap the ones before them.
BENCH_INLINE bool is_ascii(bytes_view text) noexcept {
  const std::byte* p = text.data();
  const std::size_t size = text.size();
  std::uint64_t seen = 0;
  if (size >= 8) {
    for (const std::byte* last = p + size - 8; p < last; p += 8) seen |= load<std::uint64_t>(p);
    seen |= load<std::uint64_t>(text.data() + size - 8);
  } else if (size >= 4) {
    seen = load<std::uint32_t>(p) | load<std::uint32_t>(p + size - 4);
  } else if (size != 0) {
    seen = load<std::uint8_t>(p) | load<std::uint8_t>(p + size / 2) | load<std::uint8_t>(p + size - 1);
  }
  return (seen & 0x8080'8080'8080'8080) == 0;
}

BENCH_INLINE bool cursor::text(bytes_view& out) noexcept { return binary(out) && is_ascii(out); }

BENCH_INLINE bool add_text(cursor& in, checksum& sum) noexcept {
  bytes_view text;
  if (!in.text(text)) return false;
  sum.bytes(text);
  return true;
}

BENCH_INLINE bool add_binary(cursor& in, checksum& sum) noexcept {
  bytes_view bytes;
  if (!in.binary(bytes)) return false;
  sum.bytes(bytes);
  return true;
}

template <unsigned Size>
BENCH_INLINE bool add_integer(cursor& in, checksum& sum) noexcept {
  std::uint32_t value;
  if (!in.integer<Size>(value)) return false;
  sum.integer(value);
  return true;
}

// id<1> value, for all 27 properties.
BENCH_INLINE bool add_property(cursor& in, checksum& sum) noexcept {
  std::uint32_t id, value;
  if (!in.integer<1>(id)) return false;
  sum.integer(id);
  switch (id) {
    case 0x02: case 0x11: case 0x18: case 0x27: return add_integer<4>(in, sum);
    case 0x13: case 0x21: case 0x22: case 0x23: return add_integer<2>(in, sum);
    case 0x03: case 0x08: case 0x12: case 0x15: case 0x1A: case 0x1C: case 0x1F: return add_text(in, sum);
    case 0x09: case 0x16: return add_binary(in, sum);
    case 0x26: return add_text(in, sum) && add_text(in, sum);
    case 0x01: case 0x17: case 0x19: case 0x24: case 0x25: case 0x28: case 0x29: case 0x2A: return add_integer<1>(in, sum);
    case 0x0B:
      if (!in.varint(value)) return false;
      sum.integer(value);
      return true;
    default: return false;
  }
}

// property*; the sum, or `refused`.
[[gnu::noinline]] std::uint64_t sum_of_properties(bytes_view block) noexcept {
  cursor in{block.data(), block.data() + block.size()};
  checksum sum;
  while (in.at != in.end)
    if (!add_property(in, sum)) return refused;
  return sum.value();
}

// size<varint> property*
BENCH_INLINE bool add_properties(cursor& in, bool v5, checksum& sum) noexcept {
  if (!v5) return true;
  std::uint32_t size;
  bytes_view block;
  if (!in.varint(size) || !in.take(size, block)) return false;
  if (size == 0) return true;
  const std::uint64_t properties = sum_of_properties(block);
  sum.integer(properties);
  return properties != refused;
}

// topic<2+n> packet_id<2>? properties payload
BENCH_INLINE bool add_publish(unsigned flags, cursor in, bool v5, checksum& sum) noexcept {
  std::uint32_t packet_id = 0;
  const unsigned qos = flags >> 1 & 3;
  if (!add_text(in, sum) || (qos != 0 && !in.integer<2>(packet_id))) return false;
  sum.integer(packet_id + qos + (flags & 1) + (flags >> 3));
  if (!add_properties(in, v5, sum)) return false;
  sum.bytes({in.at, in.left()});
  return true;
}

// protocol_name<2+n> level<1> flags<1> keep_alive<2> properties client_id<2+n> (properties topic<2+n> payload<2+n>)? user_name<2+n>? password<2+n>?
BENCH_INLINE bool add_connect(cursor in, checksum& sum) noexcept {
  bytes_view name;
  std::uint32_t level, flags, keep_alive;
  if (!in.text(name) || !in.integer<1>(level) || !in.integer<1>(flags) || !in.integer<2>(keep_alive)) return false;
  const bool v5 = level == 5, will = (flags & 0x04) != 0;
  sum.integer(level + (flags >> 1 & 1) + keep_alive);
  if (!add_properties(in, v5, sum) || !add_text(in, sum)) return false;
  if (will) {
    sum.integer((flags >> 3 & 3) + (flags >> 5 & 1));
    if (!add_properties(in, v5, sum) || !add_text(in, sum) || !add_binary(in, sum)) return false;
  }
  if ((flags & 0x80) && !add_text(in, sum)) return false;
  return !(flags & 0x40) || add_binary(in, sum);
}

// packet_id<2> properties (filter<2+n> options<1>)*
BENCH_INLINE bool add_subscribe(cursor in, bool v5, checksum& sum) noexcept {
  if (!add_integer<2>(in, sum) || !add_properties(in, v5, sum)) return false;
  while (in.at != in.end) {
    std::uint32_t options;
    if (!add_text(in, sum) || !in.integer<1>(options)) return false;
    sum.integer((options & 3) + (options >> 2 & 1) + (options >> 3 & 1) + (options >> 4 & 3));
  }
  return true;
}

// packet_id<2> properties code<1>*
BENCH_INLINE bool add_suback(cursor in, bool v5, checksum& sum) noexcept {
  if (!add_integer<2>(in, sum) || !add_properties(in, v5, sum)) return false;
  for (; in.at != in.end; ++in.at) sum.integer(std::to_integer<std::uint64_t>(*in.at));
  return true;
}

// packet_id<2> (code<1> properties?)?
BENCH_INLINE bool add_puback(cursor in, bool v5, checksum& sum) noexcept {
  if (!add_integer<2>(in, sum)) return false;
  if (!v5 || in.at == in.end) return true;
  return add_integer<1>(in, sum) && (in.at == in.end || add_properties(in, v5, sum));
}

BENCH_INLINE bool add(unsigned first, cursor body, bool v5, checksum& sum) noexcept {
  switch (first >> 4) {
    case 1: return add_connect(body, sum);
    case 3: return add_publish(first & 15, body, v5, sum);
    case 4: return add_puback(body, v5, sum);
    case 8: return add_subscribe(body, v5, sum);
    case 9: return add_suback(body, v5, sum);
    case 13: return body.at == body.end;
    default: return false;
  }
}

// first_byte<1> remaining_length<varint> body
BENCH_INLINE bool next(cursor& in, unsigned& first, cursor& body) noexcept {
  std::uint32_t size;
  bytes_view rest;
  first = std::to_integer<unsigned>(*in.at++);
  if (!in.varint(size) || !in.take(size, rest)) return false;
  body = {rest.data(), rest.data() + rest.size()};
  return true;
}

}  // namespace

std::size_t copy(const workload& work, std::span<std::byte> out) noexcept {
  std::size_t at = 0;
  for (const std::size_t end : work.ends) {
    std::memcpy(out.data() + at, work.bytes.data() + at, end - at);
    at = end;
  }
  return at;
}

std::size_t frame(const workload& work) noexcept {
  cursor in{work.bytes.data(), work.bytes.data() + work.bytes.size()}, body{};
  std::size_t sum = 0;
  unsigned first;
  while (in.at != in.end) {
    const std::byte* begin = in.at;
    if (!next(in, first, body)) return refused;
    sum += static_cast<std::size_t>(in.at - begin);
  }
  return sum;
}

std::uint64_t decode(const workload& work) noexcept {
  cursor in{work.bytes.data(), work.bytes.data() + work.bytes.size()}, body{};
  const bool v5 = work.version == protocol_version::v5;
  checksum sum;
  unsigned first;
  while (in.at != in.end) {
    if (!next(in, first, body)) return refused;
    if (!add(first, body, v5, sum)) return refused;
  }
  return sum.value();
}

namespace {

// Bytes of the packet that begins with the n bytes at p; 0 where they do not tell.
BENCH_INLINE std::size_t packet_size(const std::byte* p, std::size_t n) noexcept {
  cursor in{p + 1, p + n};
  std::uint32_t size;
  return n >= 2 && in.varint(size) ? static_cast<std::size_t>(in.at - p) + size : 0;
}

struct gathering {
  std::byte bytes[4096];
  std::size_t size = 0;
  std::size_t missing = 0;  // 0: as many as it takes to know

  BENCH_INLINE void append(cursor& chunk, std::size_t n) noexcept {
    if (n == 1) bytes[size] = *chunk.at;
    else std::memcpy(bytes + size, chunk.at, n);
    size += n;
    chunk.at += n;
  }
};

// The rest of a packet that began in an earlier chunk. Whether it is whole now.
BENCH_INLINE bool finish(gathering& torn, cursor& chunk) noexcept {
  while (torn.missing == 0 && chunk.at != chunk.end) {
    torn.append(chunk, 1);
    if (const std::size_t size = packet_size(torn.bytes, torn.size)) torn.missing = size - torn.size;
    if (torn.missing == 0 && torn.size >= 2 && packet_size(torn.bytes, torn.size) != 0) return true;
  }
  const std::size_t n = torn.missing < chunk.left() ? torn.missing : chunk.left();
  if (n == 0) return false;
  torn.append(chunk, n);
  torn.missing -= n;
  return torn.missing == 0;
}

}  // namespace

std::uint64_t decode_chunks(const workload& work, std::span<const std::uint16_t> sizes) noexcept {
  const bool v5 = work.version == protocol_version::v5;
  const std::byte* const end = work.bytes.data() + work.bytes.size();
  checksum sum;
  gathering torn;
  unsigned first;
  std::size_t turn = 0;
  for (const std::byte* at = work.bytes.data(); at != end;) {
    const auto left = static_cast<std::size_t>(end - at);
    const std::size_t n = sizes[turn] < left ? sizes[turn] : left;
    turn = turn + 1 == sizes.size() ? 0 : turn + 1;
    cursor chunk{at, at + n}, body{};
    at += n;
    if (torn.size != 0) {
      if (!finish(torn, chunk)) continue;
      cursor whole{torn.bytes, torn.bytes + torn.size};
      if (!next(whole, first, body) || !add(first, body, v5, sum)) return refused;
      torn.size = 0;
    }
    while (chunk.at != chunk.end) {
      const std::size_t size = packet_size(chunk.at, chunk.left());
      if (size == 0 || size > chunk.left()) {
        torn.missing = size == 0 ? 0 : size - chunk.left();
        torn.append(chunk, chunk.left());
        break;
      }
      if (!next(chunk, first, body) || !add(first, body, v5, sum)) return refused;
    }
  }
  return sum.value();
}

std::vector<pieces> take_apart(const workload& work) {
  std::vector<pieces> all;
  const bool v5 = work.version == protocol_version::v5;
  for (std::size_t i = 0; i < work.packets(); ++i) {
    const bytes_view packet = work.packet(i);
    cursor in{packet.data(), packet.data() + packet.size()}, body{};
    unsigned first;
    next(in, first, body);
    pieces parts{{}, 0};
    const std::byte* begin = packet.data();
    const auto cut_at = [&](const std::byte* at) {
      if (at != begin) parts.piece[parts.count++] = {begin, at};
      begin = at;
    };
    if (first >> 4 == 3) {
      bytes_view topic, properties;
      std::uint32_t size;
      body.text(topic);
      cut_at(topic.data());
      cut_at(body.at);
      if (first & 6) body.at += 2;
      if (v5) body.varint(size), body.take(size, properties);
    }
    cut_at(body.at);
    cut_at(body.end);
    all.push_back(parts);
  }
  return all;
}

std::size_t assemble(std::span<const pieces> packets, std::span<std::byte> out) noexcept {
  std::byte* at = out.data();
  for (const pieces& packet : packets)
    for (std::size_t i = 0; i < packet.count; ++i) {
      std::memcpy(at, packet.piece[i].data(), packet.piece[i].size());
      at += packet.piece[i].size();
    }
  return static_cast<std::size_t>(at - out.data());
}

}  // namespace mqttspan::bench
