// The state of the stream, and all that is not the straight way: torn packets, limits, a PUBLISH in pieces, errors.
#include <mqttspan/stream/stream_parser.hpp>

#include <memory>

#include "finding.hpp"
#include "payload_text.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

constexpr std::uint32_t smaller(std::uint32_t a, std::uint32_t b) noexcept { return a < b ? a : b; }

constexpr error too_large(packet_type type) noexcept { return make_error(rule::packet_too_large, 1, type); }  // [U5-2.1.4-b]

}  // namespace

stream_parser::stream_parser(std::span<std::byte> carry, const stream_options& options) noexcept : stream_parser(carry.data(), carry.size(), options) {}

stream_parser::stream_parser(std::byte* carry, std::size_t size, const stream_options& options) noexcept
    : carry_(carry),
      version_(options.version),
      carry_size_(size < max_packet_length ? static_cast<std::uint32_t>(size) : max_packet_length),
      awaits_connect_(options.connect_first) {
  set_options(options);
}

void stream_parser::set_options(const stream_options& options) noexcept {
  for (unsigned type = 0; type < 16; ++type) {
    const std::uint32_t own = options.max_size_of[type];
    limit_of_[type] = smaller(options.parse.max_packet_size, own != 0 ? own : max_packet_length);
    if (type != static_cast<unsigned>(packet_type::publish)) limit_of_[type] = smaller(limit_of_[type], carry_size_);
  }
  parse_ = options.parse;
  max_connect_size_ = options.max_connect_size;
  largest_whole_publish_ = smaller(carry_size_, options.stream_publish_above);
  prepare();
}

void stream_parser::set_version(protocol_version version) noexcept {
  version_ = version;
  prepare();
}

void stream_parser::adopt(protocol_version version) noexcept {
  awaits_connect_ = false;
  set_version(version);
}

// What may go the straight way: nothing, until the CONNECT is there that must come first.
void stream_parser::prepare() noexcept {
  const bool all_slow = !supports(version_) || awaits_connect_ || carry_size_ < min_carry;
  parse_.max_packet_size = all_slow ? 0 : smaller(limit_of_[static_cast<unsigned>(packet_type::publish)], largest_whole_publish_);
  largest_plain_publish_ = detail::asks_more_of_text(parse_) ? 0 : parse_.max_packet_size;
  if (version_ == protocol_version::v3_1) largest_plain_publish_ = smaller(largest_plain_publish_, 32'767);  // [U31-3.3-a]
  for (unsigned i = 0; i < 16; ++i) {
    const auto type = static_cast<packet_type>(i);
    const bool exists = type != packet_type{} && (type != packet_type::auth || version_ == protocol_version::v5);
    const bool fits = limit_of_[i] >= 2 + 0x7F;  // then the straight way, which knows lengths of one byte, need not ask
    const bool usual = !all_slow && fits && exists && type != packet_type::publish && detail::may_send(parse_.sender, type, version_);
    usual_first_[i] = usual ? detail::usual_first_byte(type) : static_cast<std::uint8_t>(i == 0 ? 0xFF : 0);
  }
}

void stream_parser::fail(const struct error& e) noexcept {
  error_ = e;
  state_ = state::failed;
  closed_ |= broken;
}

void stream_parser::find(finding& out, bool takes_pieces) noexcept {
  if (state_ != state::packets) return find_piece(out);
  if (carry_size_ < min_carry && at_ != end_) return fail({.code = errc::no_space});
  while (kept() != 0 ? gather() : at_ != end_) {
    const bool torn = kept() != 0;
    const std::size_t needed = look_at(torn ? bytes_view(carry_, fill_) : bytes_view(at_, end_), out, takes_pieces);
    if (needed == 0) return;
    wanted_ = carry_ + needed;
    if (!torn) gather();
  }
}

// What the bytes from the beginning of a packet are. 0 where that is known: `out` is set, or the stream is broken; else how many bytes it takes.
std::size_t stream_parser::look_at(bytes_view seen, finding& out, bool takes_pieces) noexcept {
  const auto type = static_cast<packet_type>(std::to_integer<unsigned>(seen[0]) >> 4);
  if (awaits_connect_ && type != packet_type::connect) return fail({.code = errc::wrong_state, .in = type}), 0;  // [MQTT-3.1.0-1]
  parse_options options = parse_;
  options.max_packet_size = limit_of_[static_cast<unsigned>(type)];
  if (awaits_connect_) options.max_packet_size = smaller(options.max_packet_size, max_connect_size_);
  const struct error e = detail::read_frame(seen, version_, options, out.frame);
  if (e.code != errc{} && e.code != errc::incomplete) return fail(e), 0;
  const auto header = peek(seen);
  if (!header) return e.offset;
  out.size = header->packet_size();
  if (type == packet_type::publish && out.size > largest_whole_publish_) {
    if (!takes_pieces) return fail(too_large(type)), 0;
    return look_at_head(seen, options, out);
  }
  if (e.code == errc::incomplete) return out.size;
  out.found = finding::what::whole;
  return 0;
}

// No more bytes are looked at than carry could hold: a head that is torn must fit into it, so one that is not must fit as well.
std::size_t stream_parser::look_at_head(bytes_view seen, const parse_options& options, finding& out) noexcept {
  const auto head = parse_head(seen.first(seen.size() < carry_size_ ? seen.size() : carry_size_), version_, options);
  if (!head) {
    const struct error& e = head.error();
    const bool incomplete = e.code == errc::incomplete, fits = e.offset <= carry_size_;
    if (incomplete && fits) return e.offset;
    return fail(incomplete ? too_large(publish::type) : e), 0;
  }
  out.found = finding::what::head;
  std::construct_at(&out.begin, publish_begin{head->packet, head->payload_size});
  use_up(head->head_size, kept());
  used_ = static_cast<std::uint32_t>(head->head_size);
  payload_left_ = head->payload_size;
  state_ = payload_left_ != 0 ? state::payload : state::end_of_payload;
  text_ = {};
  is_text_ = !has(options.allow, leniency::payload_not_utf8) && head->packet.properties.contains(prop::payload_format_indicator) &&
             head->packet.properties.get(prop::payload_format_indicator) == std::uint8_t{1};
  return 0;
}

// Of text all is handed over up to the byte that makes it ill-formed, wherever the chunks end. [U5-3.3.2.3.2-a]
void stream_parser::find_piece(finding& out) noexcept {
  if (state_ == state::payload && at_ != end_) {
    std::size_t size = input_left() < payload_left_ ? input_left() : payload_left_;
    if (is_text_) size = detail::well_formed_prefix(text_, detail::octets(at_), size, used_, sequence_);
    if (size == 0) return fail(make_error(rule::payload_not_utf8, sequence_, publish::type));
    out.found = finding::what::piece;
    std::construct_at(&out.chunk, take_piece(size));
  } else if (state_ == state::end_of_payload) {
    if (is_text_ && text_.due != 0) return fail(make_error(rule::payload_not_utf8, sequence_, publish::type));
    used_ = 0;
    state_ = state::packets;
    out.found = finding::what::end;
  }
}

bytes_view stream_parser::rejected() const noexcept {
  if (state_ != state::failed || used_ != 0) return {};
  if (kept() != 0) return {carry_, fill_};
  const bytes_view rest(at_, end_);
  const auto header = peek(rest);
  const std::size_t size = header ? header->packet_size() : min_carry;
  return rest.first(size < rest.size() ? size : rest.size());
}

}  // namespace mqttspan
