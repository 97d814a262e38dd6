// Every vector through parse, generate and the stream parser, on machines that have nothing but this: no heap, no files, no exceptions.
// Prints what fails, and "<n> vectors, <m> failed, <k> left out"; ends with 0 if all were judged and none failed, 1 if some failed, 2 if they cannot be read.
#include <algorithm>
#include <array>
#include <charconv>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/stream/stream_parser.hpp>

#include "machine.hpp"
#include "packed_vectors.hpp"

extern "C" const mqttspan::portable::octet vector_bytes[], vector_bytes_end[];

namespace mqttspan::portable {
namespace {

constexpr std::size_t room = 0x210000;      // for the largest vector: a Remaining Length of four bytes
constexpr std::uint32_t shown_faults = 20;  // the others are counted
constexpr std::size_t pieces = 256;         // below so many bytes a packet is cut at each byte, else about so many times

std::array<std::byte, room> wire_memory, owed_memory, output, carry;
std::uint32_t failed = 0;

void put_number(std::size_t number) {
  char text[20];
  put(std::string_view(text, std::to_chars(text, text + sizeof text, number).ptr));
}

bool equal(bytes_view a, bytes_view b) { return as_text(a) == as_text(b); }

bool has_class(errc code, expectation expected) {
  switch (expected) {
    case expectation::malformed: return code == errc::malformed;
    case expectation::protocol_error: return code == errc::protocol_violation;
    case expectation::either: return code == errc::malformed || code == errc::protocol_violation;
    case expectation::unsupported: return code == errc::unsupported_version;
    case expectation::refused: return code != errc::incomplete;
    default: return code == errc::incomplete;
  }
}

// What is wrong with the answer to one vector, in words; empty where nothing is.
class trial {
 public:
  explicit trial(const vector& v) : vector_(v), wire_(v.bytes.unpack(wire_memory)), options_{.sender = v.sender}, answer_(parse(wire_, v.version, options_)) {}

  std::string_view verdict() const {
    for (const auto check : {&trial::answer, &trial::written, &trial::prefixes, &trial::streamed})
      if (const std::string_view what = (this->*check)(); !what.empty()) return what;
    return {};
  }
  const result<parsed>& answered() const { return answer_; }

 private:
  std::string_view answer() const {
    if (vector_.expected == expectation::valid) return !answer_ ? "is not taken" : answer_->size != wire_.size() ? "takes other bytes than its own" : "";
    if (answer_) return "is taken";
    const error& e = answer_.error();
    if (!has_class(e.code, vector_.expected)) return "has another class";
    if (e.code == errc::incomplete && e.offset <= wire_.size()) return "wants no more bytes than it has";
    if (!vector_.has_fault) return {};
    return to_string(e.violated) != vector_.rule ? "breaks another rule" : e.offset != vector_.offset ? "is wrong at another byte" : "";
  }

  // As the bytes that are owed; where none are stated, as bytes that mean the same.
  std::string_view written() const {
    if (!answer_) return {};
    const auto bytes = generate(answer_->packet, vector_.version, output, {.sender = vector_.sender});
    if (!bytes) return "is not written";
    if (vector_.is_canonical) return equal(*bytes, wire_) ? "" : "is written as other bytes";
    if (vector_.is_reencoded) return equal(*bytes, vector_.reencoded.unpack(owed_memory)) ? "" : "is written as other bytes";
    const auto again = parse(*bytes, vector_.version, options_);
    return !again || again->packet != answer_->packet ? "is written as another packet" : bytes->size() > wire_.size() ? "is written longer" : "";
  }

  // A prefix is incomplete, or shows the fault already.
  std::string_view prefixes() const {
    for (std::size_t size = 0; size < wire_.size(); size += 1 + wire_.size() / pieces) {
      const auto cut = parse(wire_.first(size), vector_.version, options_);
      if (cut) return "is taken when cut short";
      if (cut.error().code == errc::incomplete ? cut.error().offset <= size : answer_ || cut.error() != answer_.error()) return "is another error when cut short";
    }
    return {};
  }

  // In chunks: the same packet or error, or still under way.
  std::string_view streamed() const {
    stream_parser parser(carry, {.parse = options_, .version = vector_.version});
    const std::size_t step = 1 + wire_.size() / pieces;
    for (std::size_t at = 0; at < wire_.size(); at += step) {
      if (!parser.push(wire_.subspan(at, std::min(step, wire_.size() - at)))) return "is not taken up by the stream parser";
      const event e = parser.next();
      if (e.kind() == event::kind::need_more) continue;
      if (is_endless()) return e.kind() != event::kind::publish_begin && (e.kind() != event::kind::error || e.error().code != errc::packet_too_large) ? "is gathered beyond all memory" : "";
      if (!answer_) return e.kind() != event::kind::error || e.error() != answer_.error() ? "has another error in a stream" : "";
      if (e.kind() != event::kind::packet || e.packet() != answer_->packet) return "is another packet in a stream";
      return at + step < wire_.size() || !parser.may_end() ? "ends elsewhere in a stream" : "";
    }
    return answer_ || answer_.error().code != errc::incomplete ? "never ends in a stream" : parser.may_end() != wire_.empty() ? "may end half-way in a stream" : "";
  }

  // The length that it declares is above what can be kept: too large, or a PUBLISH that comes in pieces.
  bool is_endless() const { return !answer_ && answer_.error().code == errc::incomplete && answer_.error().offset > carry.size(); }

  const vector& vector_;
  bytes_view wire_;
  parse_options options_;
  result<parsed> answer_;
};

void show(const vector& v, std::string_view what, const result<parsed>& answered) {
  put(v.id), put(" "), put(what);
  if (!answered) put(": "), put(describe(answered.error(), v.version));
  put("\n");
}

}  // namespace

int check_all() noexcept {
  packed_vectors vectors(vector_bytes);
  if (vectors.largest() > room) return put("a vector is larger than the room for it\n"), 2;
  for (auto i = vectors.count(); i > 0; --i) {
    const vector v = vectors.next();
    const trial tried(v);
    if (const std::string_view what = tried.verdict(); !what.empty() && ++failed <= shown_faults) show(v, what, tried.answered());
  }
  if (vectors.at() != vector_bytes_end) return put("the packed vectors do not end where they should\n"), 2;
  put_number(vectors.count()), put(" vectors, "), put_number(failed), put(" failed, "), put_number(vectors.left_out()), put(" left out\n");
  return failed == 0 ? 0 : 1;
}

}  // namespace mqttspan::portable
