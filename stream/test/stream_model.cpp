#include "stream_model.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <mqttspan/codec/utf8.hpp>

namespace mqttspan::test {
namespace {

unsigned octet_at(bytes_view bytes, std::size_t at) { return std::to_integer<unsigned>(bytes[at]); }

// How many bytes it takes to have all of a PUBLISH in front of its payload, as far as `seen` tells. 0 where a field runs past the packet's end: that can
// be seen as soon as its length is there.
std::size_t head_size(bytes_view seen, const fixed_header& header, protocol_version version) {
  const std::size_t end = header.packet_size();
  std::size_t at = header.header_size;
  const auto lacks = [&](std::size_t more) {
    at += more;
    return at > end || at > seen.size();
  };
  const auto answer = [&] { return at > end ? 0 : at; };
  if (lacks(2) || lacks(octet_at(seen, at - 2) << 8 | octet_at(seen, at - 1))) return answer();
  if ((header.flags & 6) && lacks(2)) return answer();
  if (version != protocol_version::v5) return at;
  std::size_t properties = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    if (lacks(1)) return answer();
    const unsigned byte = octet_at(seen, at - 1);
    properties |= static_cast<std::size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return lacks(properties), answer();
  }
  return at;
}

// Whether some continuation makes the bytes well-formed.
bool may_go_on(std::string begun) {
  if (is_well_formed_utf8(begun)) return true;
  if (begun.size() >= 4) return false;
  return std::ranges::any_of(std::string_view("\x80\x90\xA0\xBF"), [&](char next) { return may_go_on(begun + next); });
}

// How much of a text can be handed over before its first fault shows.
std::size_t good_part(std::string_view text) {
  std::size_t at = find_ill_formed_utf8(text);
  if (at == std::string_view::npos) return text.size();
  std::size_t end = at + 1;
  while (end <= text.size() && may_go_on(std::string(text.substr(at, end - at)))) ++end;
  return end - 1;
}

class teller {
 public:
  teller(bytes_view stream, const stream_options& options, std::size_t carry_size)
      : stream_(stream), options_(options), carry_size_(carry_size), version_(options.version), first_(options.connect_first) {}

  story operator()() {
    if (carry_size_ < stream_parser::min_carry && !stream_.empty()) fail({.code = errc::no_space});
    while (!stopped_ && at_ < stream_.size()) one_packet(stream_.subspan(at_));
    return {std::move(events_), !stopped_};
  }

 private:
  void fail(const error& e) {
    events_.push_back({.what = event::kind::error, .packet_at = at_, .error = e, .version = version_});
    stopped_ = true;
  }

  std::uint32_t limit_of(packet_type type) const {
    std::size_t limit = options_.parse.max_packet_size;
    if (const auto own = options_.max_size_of[static_cast<unsigned>(type)]) limit = std::min<std::size_t>(limit, own);
    if (type != packet_type::publish) limit = std::min(limit, carry_size_);
    if (first_) limit = std::min<std::size_t>(limit, options_.max_connect_size);
    return static_cast<std::uint32_t>(limit);
  }

  void one_packet(bytes_view rest) {
    const auto type = static_cast<packet_type>(octet_at(rest, 0) >> 4);
    if (first_ && type != packet_type::connect) return fail({.code = errc::wrong_state, .in = type});
    parse_options options = options_.parse;
    options.max_packet_size = limit_of(type);
    const auto header = peek(rest);
    const std::size_t whole = std::min<std::size_t>(carry_size_, options_.stream_publish_above);
    if (type == packet_type::publish && header && header->packet_size() > whole) {
      const auto frame = parse(rest.first(header->header_size), version_, options);
      if (!frame && frame.error().code != errc::incomplete) return fail(frame.error());
      return in_pieces(rest, *header, options);
    }
    const auto got = parse(rest, version_, options);
    if (!got && got.error().code == errc::incomplete) return void(stopped_ = true);
    if (!got) return fail(got.error());
    if (const auto* p = std::get_if<connect>(&got->packet)) version_ = p->version, first_ = false;
    events_.push_back({.what = event::kind::packet, .packet_at = at_, .size = got->size, .packet = got->packet, .version = version_});
    at_ += got->size;
  }

  void in_pieces(bytes_view rest, const fixed_header& header, const parse_options& options) {
    const bytes_view seen = rest.first(std::min(rest.size(), carry_size_));
    const std::size_t head = head_size(seen, header, version_), size = header.packet_size();
    if (head > seen.size() && head > carry_size_) return fail(make_error(rule::packet_too_large, 1, publish::type));
    if (head > seen.size()) return void(stopped_ = true);
    // Zeros for what is not there yet, in pages that nobody touches.
    const std::unique_ptr<void, void (*)(void*)> padded(std::calloc(size, 1), std::free);
    std::memcpy(padded.get(), rest.data(), std::min(rest.size(), size));
    parse_options any_payload = options;
    any_payload.allow = any_payload.allow | leniency::payload_not_utf8;
    const auto got = parse_as<publish>(as_bytes(padded.get(), size), version_, any_payload);
    if (!got) return fail(got.error());
    const auto here = parse_head(rest, version_, options);  // for views that stay; what it says is compared with parse's
    if (!here || here->head_size != head || here->packet.topic != got->packet.topic || !(here->packet.properties == got->packet.properties)) std::abort();
    events_.push_back({.what = event::kind::publish_begin, .packet_at = at_, .size = size, .packet = here->packet,
                       .payload_size = static_cast<std::uint32_t>(size - head), .version = version_});
    const bool is_text = got->packet.properties.get(prop::payload_format_indicator) == std::uint8_t{1} && !has(options.allow, leniency::payload_not_utf8);
    const bytes_view there = rest.subspan(head, std::min(rest.size(), size) - head);
    const std::size_t good = is_text ? good_part(as_text(there)) : there.size();
    if (good != 0) events_.push_back({.what = event::kind::payload_chunk, .packet_at = at_, .payload = there.first(good), .version = version_});
    const std::size_t fault = is_text ? find_ill_formed_utf8(as_text(there)) : std::string_view::npos;
    const bool is_all_there = rest.size() >= size;
    if (good < there.size() || (is_all_there && fault != std::string_view::npos)) return fail(make_error(rule::payload_not_utf8, head + fault, publish::type));
    if (!is_all_there) return void(stopped_ = true);
    events_.push_back({.what = event::kind::publish_end, .packet_at = at_, .version = version_});
    at_ += size;
  }

  bytes_view stream_;
  const stream_options& options_;
  std::size_t carry_size_;
  std::size_t at_ = 0;
  protocol_version version_;
  bool first_;
  bool stopped_ = false;
  std::vector<happening> events_;
};

}  // namespace

story told(bytes_view stream, const stream_options& options, std::size_t carry_size) { return teller(stream, options, carry_size)(); }

std::string to_string(const happening& h) {
  std::string text = "at " + std::to_string(h.packet_at) + ": ";
  switch (h.what) {
    case event::kind::need_more: return text + "need more";
    case event::kind::packet: return text + std::string(to_string(type_of(h.packet))) + " of " + std::to_string(h.size);
    case event::kind::publish_begin: return text + "begin of " + std::to_string(h.size) + ", payload " + std::to_string(h.payload_size);
    case event::kind::payload_chunk: return text + "payload of " + std::to_string(h.payload.size());
    case event::kind::publish_end: return text + "end";
    case event::kind::error: break;
  }
  return text + std::string(to_string(h.error.code)) + " " + std::string(to_string(h.error.violated)) + "@" + std::to_string(h.error.offset) + " in " +
         std::string(to_string(h.error.in));
}

}  // namespace mqttspan::test
