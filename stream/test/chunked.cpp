#include "chunked.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include "generators.hpp"

namespace mqttspan::test {
namespace {

bool same(bytes_view a, bytes_view b) { return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0); }

// Compares events with a story, one by one, while their views are alive.
class follower {
 public:
  follower(const stream_parser& parser, const story& expected) : parser_(parser), expected_(expected) {}

  bool stops = false;  // whether the handler stops after each event
  const std::string& problem() const { return problem_; }
  std::size_t calls() const { return calls_; }

  // As handler of for_each.
  template <control_packet P>
  bool operator()(const P& p) {
    if (const happening* h = next(event::kind::packet)) {
      const P* wanted = std::get_if<P>(&h->packet);
      require(wanted != nullptr && *wanted == p, "another packet", *h);
      require(parser_.offset() == h->packet_at + h->size, "another offset", *h);
      require(parser_.version() == h->version, "another version", *h);
    }
    return !stops;
  }
  bool operator()(const publish_begin& b) {
    if (const happening* h = next(event::kind::publish_begin)) {
      require(*std::get_if<publish>(&h->packet) == b.publish && b.payload_size == h->payload_size, "another head", *h);
      require(parser_.offset() == h->packet_at, "another offset", *h);
      payload_left_ = b.payload_size;
    }
    return !stops;
  }
  bool operator()(const payload_chunk& c) {
    const happening* const h = seen_ != 0 ? &expected_.events[at_ - 1] : next(event::kind::payload_chunk);
    if (seen_ != 0) ++calls_;
    if (h == nullptr) return !stops;
    const bool fits = !c.bytes.empty() && c.bytes.size() <= h->payload.size() - seen_;
    require(fits && same(c.bytes, h->payload.subspan(seen_, c.bytes.size())), "another payload", *h);
    seen_ += c.bytes.size();
    payload_left_ -= static_cast<std::uint32_t>(c.bytes.size());
    require(c.bytes_left == payload_left_, "another number of bytes left", *h);
    require(parser_.offset() == h->packet_at, "another offset", *h);
    if (seen_ == h->payload.size()) seen_ = 0;
    return !stops;
  }
  bool operator()(const publish_end&) {
    if (const happening* h = next(event::kind::publish_end)) require(payload_left_ == 0, "bytes left at the end", *h);
    return !stops;
  }
  void operator()(const error& e) {
    if (const happening* h = next(event::kind::error)) {
      require(e == h->error, "another error", *h);
      require(parser_.offset() == h->packet_at, "another offset", *h);
      require(parser_.error() != nullptr && *parser_.error() == e, "the parser does not keep its error", *h);
    }
  }

  // As reader of next.
  void take(const event& e) {
    const bool whole = e.kind() == event::kind::packet || e.kind() == event::kind::publish_begin;
    if (whole && at_ < expected_.events.size()) require(e.size() == expected_.events[at_].size, "another size", expected_.events[at_]);
    switch (e.kind()) {
      case event::kind::need_more: break;
      case event::kind::packet: take_packet(e); break;
      case event::kind::publish_begin: (*this)(e.publish_begin()); break;
      case event::kind::payload_chunk: (*this)(e.chunk()); break;
      case event::kind::publish_end: (*this)(publish_end{}); break;
      case event::kind::error: (*this)(e.error()); break;
    }
  }

  // Whether all was there.
  std::string finish() const {
    if (at_ != expected_.events.size()) return "missing " + to_string(expected_.events[at_]);
    return parser_.may_end() == expected_.may_end ? "" : "may_end is wrong";
  }
  bool failed() const { return !problem_.empty(); }

 private:
  void take_packet(const event& e) {
    switch (e.type()) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: (*this)(*e.get_if<P>()); break;
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
    }
  }
  const happening* next(enum event::kind what) {
    ++calls_;
    if (failed()) return nullptr;
    if (at_ == expected_.events.size()) return problem_ = "one event too many", nullptr;
    const happening& h = expected_.events[at_];
    if (h.what != what || seen_ != 0) return problem_ = "another kind of event than " + to_string(h), nullptr;
    ++at_;
    return &h;
  }
  void require(bool good, const char* what, const happening& h) {
    if (!good && problem_.empty()) problem_ = std::string(what) + ", " + to_string(h);
  }

  const stream_parser& parser_;
  const story& expected_;
  std::size_t at_ = 0;
  std::size_t calls_ = 0;
  std::size_t seen_ = 0;  // bytes of a payload of which not all has come
  std::uint32_t payload_left_ = 0;
  std::string problem_;
};

// Takes out all that there is, until there is nothing more, or an error.
void drain(stream_parser& parser, follower& follow, pull how) {
  for (unsigned turn = 0; !follow.failed(); ++turn) {
    const std::size_t before = follow.calls();
    if (how == pull::next || (how == pull::mixed && turn % 2 == 0)) {
      const event e = parser.next();
      follow.take(e);
      if (e.kind() == event::kind::error) return;
    } else {
      follow.stops = how != pull::for_each;
      if (const auto done = parser.for_each(follow); !done) return follow(done.error());
    }
    if (follow.calls() == before) return;
  }
}

// The error stays, nothing more goes in, and the bytes of the bad packet are at hand.
std::string check_broken(stream_parser& parser, bytes_view stream) {
  const error first = *parser.error();
  const std::byte more[1] = {};
  if (parser.push(more)) return "takes input after an error";
  const event again = parser.next();
  if (again.kind() != event::kind::error || !(again.error() == first) || again.type() != first.in) return "next gives another error";
  const auto done = parser.for_each([](const pingreq&) {});
  if (done || !(done.error() == first)) return "for_each gives another error";
  if (parser.may_end()) return "may end after an error";
  const bytes_view bad = parser.rejected();
  if (!bad.empty() && !same(bad, stream.subspan(static_cast<std::size_t>(parser.offset()), bad.size()))) return "rejected bytes are others";
  return {};
}

std::string describe(const cuts& sizes, pull how) {
  std::string text = " (pull " + std::to_string(static_cast<int>(how)) + ", chunks";
  for (std::size_t i = 0; i < sizes.size() && i < 40; ++i) text += " " + std::to_string(sizes[i]);
  return text + ")";
}

}  // namespace

std::string feed(bytes_view stream, const story& expected, const stream_options& options, std::size_t carry_size, const cuts& sizes, pull how) {
  const std::unique_ptr<std::byte[]> carry(new std::byte[carry_size]);  // of exactly its size: a sanitizer sees a byte too many
  stream_parser parser(std::span(carry.get(), carry_size), options);
  follower follow(parser, expected);
  std::string problem;
  std::size_t turn = 0;
  for (bytes_view rest = stream; !rest.empty() && parser.error() == nullptr && problem.empty(); ++turn) {
    const bool is_last = turn + 1 == sizes.size() && sizes.size() > 1;
    const std::size_t size = is_last ? rest.size() : std::min(sizes[turn % sizes.size()], rest.size());
    const std::unique_ptr<std::byte[]> chunk(new std::byte[size]);
    std::memcpy(chunk.get(), rest.data(), size);
    rest = rest.subspan(size);
    if (!parser.push({chunk.get(), size})) problem = "push refuses";
    drain(parser, follow, how);
    problem = follow.problem();
    if (problem.empty()) problem = parser.error() != nullptr ? check_broken(parser, stream) : parser.input_left() != 0 ? "input is left" : "";
    std::memset(chunk.get(), 0xEE, size);
  }
  if (problem.empty()) problem = follow.finish();
  return problem.empty() ? problem : problem + describe(sizes, how);
}

namespace {

constexpr pull all_pulls[] = {pull::next, pull::for_each, pull::for_each_stopping, pull::mixed};

class ways {
 public:
  ways(bytes_view stream, const stream_options& options, std::size_t carry_size, std::uint64_t seed)
      : stream_(stream), options_(options), carry_size_(carry_size), expected_(told(stream, options, carry_size)), choices_(seed) {}

  // With one way of taking events out, or with all.
  void feed_as(const cuts& sizes, bool all = true) {
    for (const pull how : all_pulls)
      if (problem_.empty() && (all || how == all_pulls[turn_ % 4])) problem_ = feed(stream_, expected_, options_, carry_size_, sizes, how);
    ++turn_;
  }
  void feed_split(std::size_t at) { feed_as({at, stream_.size()}, false); }
  void feed_randomly(std::uint32_t largest) {
    cuts sizes;
    for (int i = 0; i < 64; ++i) sizes.push_back(1 + choices_.below(largest));
    sizes.push_back(1);
    feed_as(sizes, false);
  }
  const std::string& problem() const { return problem_; }

 private:
  bytes_view stream_;
  const stream_options& options_;
  std::size_t carry_size_;
  story expected_;
  seeded_entropy choices_;
  std::size_t turn_ = 0;
  std::string problem_;
};

}  // namespace

std::string feed_in_every_way(bytes_view stream, const stream_options& options, std::size_t carry_size, std::uint64_t seed) {
  if (stream.empty()) return {};
  ways w(stream, options, carry_size, seed);
  w.feed_as({stream.size()});
  w.feed_as({1});
  const std::size_t splits = stream.size() > 2'000 ? 40 : 300, step = stream.size() / splits + 1;  // every split of a stream of up to 300 bytes
  for (std::size_t at = 1; at < stream.size(); at += at < 20 ? 1 : step) w.feed_split(at);
  for (const std::uint32_t largest : {2u, 3u, 7u, 20u, 64u, 1460u, 70'000u}) w.feed_randomly(largest);
  return w.problem();
}

std::string feed_in_some_ways(bytes_view stream, const stream_options& options, std::size_t carry_size, std::uint64_t seed) {
  if (stream.empty()) return {};
  ways w(stream, options, carry_size, seed);
  w.feed_as({stream.size()});
  w.feed_as({1}, false);
  for (const std::uint32_t largest : {3u, 20u, 300u}) w.feed_randomly(largest);
  w.feed_split(static_cast<std::size_t>(1 + seed % stream.size()));
  return w.problem();
}

}  // namespace mqttspan::test
