// Every other way into the codec and out of it agrees with parse and generate: peek, parse_as, parse_head, inspect_connect, generate_head, generate_within, descriptions, answers; and two packets are the same where
// the same is written for them.
#include <algorithm>
#include <functional>

#include <mqttspan/codec/answer.hpp>
#include <mqttspan/codec/property_buffer.hpp>

#include "packet_input.hpp"

namespace mqttspan::fuzz {
namespace {

bool is_inside(std::string_view view, bytes_view in) {
  const auto* const begin = reinterpret_cast<const char*>(in.data());
  return view.empty() || (!std::less<>()(view.data(), begin) && !std::less<>()(begin + in.size(), view.data() + view.size()));
}

template <class P>
void check_typed(const packet_input& in, const result<parsed>& whole) {
  const auto typed = parse_as<P>(in.bytes, in.version, in.options);
  if (!whole) return require(whole.error().in != P::type || (!typed && typed.error() == whole.error()), "parse_as finds the fault that parse finds");
  if (const P* const same = std::get_if<P>(&whole->packet)) return require(typed && typed->packet == *same && typed->size == whole->size, "parse_as reads the packet that parse reads");
  require(!typed && typed.error().code == errc::wrong_state && typed.error().in == type_of(whole->packet), "parse_as names the type that is there");
}

void check_head(const packet_input& in, const parsed& whole) {
  const auto& p = std::get<publish>(whole.packet);
  const auto head = parse_head(in.bytes, in.version, in.options);
  require(head && head->payload_size == p.payload.size() && head->head_size + head->payload_size == whole.size, "parse_head tells the sizes");
  publish same = head->packet;
  same.payload = p.payload;
  require(same == p, "parse_head reads what parse reads");
  const auto cut = parse_head(in.bytes.first(head->head_size), in.version, in.options);
  require(cut && cut->packet == head->packet, "parse_head needs no payload");
  const std::vector<std::byte> all = generated(p, in.version, {.sender = in.options.sender, .allow = in.options.allow});
  std::vector<std::byte> out(all.size() - p.payload.size());
  const auto written = generate_head(p, in.version, out, {.sender = in.options.sender, .allow = in.options.allow});
  require(written && std::equal(written->begin(), written->end(), all.begin(), all.end() - static_cast<std::ptrdiff_t>(p.payload.size())), "generate_head writes all but the payload");
}

void check_inspection(const packet_input& in, const result<parsed>& whole) {
  const connect_inspection seen = inspect_connect(in.bytes);
  require(is_inside(seen.protocol_name, in.bytes) && is_inside(seen.client_id.value_or(""), in.bytes), "inspect_connect shows what is there");
  observe(seen.protocol_level.value_or(0));
  observe(static_cast<std::uint64_t>(seen.version()));
  const connect* const hello = whole ? std::get_if<connect>(&whole->packet) : nullptr;
  if (hello) require(seen.client_id == hello->client_id && seen.keep_alive == hello->keep_alive && seen.clean_start == hello->clean_start && seen.version() == hello->version, "inspect_connect reads what parse reads");
}

void check_connect(const connect& p, const std::vector<std::byte>& bytes, const packet_input& in) {
  std::vector<std::byte> out(bytes.size());
  const auto written = generate(p, out, {.sender = in.options.sender, .allow = in.options.allow});
  require(written && std::equal(written->begin(), written->end(), bytes.begin(), bytes.end()), "CONNECT knows its version");
}

void check_words(const error& e, protocol_version version, bytes_view input) {
  const description all = describe(e, version, input);
  char room[24];
  require(std::string_view(all).starts_with(describe(e, version, input, room)), "a description is cut to fit");
  observe(as_bytes(all.view()));
  observe(as_bytes(describe(e, version, room)));
  require(!text_of(e).empty(), "an error has a text");
}

// What is said is what either side may say.
void check_answers(const error& e, protocol_version version) {
  for (const sender self : {sender::client, sender::server}) {
    for (const phase now : {phase::before_connack, phase::connected}) {
      const answer a = answer_to(e, version, self, now);
      std::byte room[max_answer_size];
      const auto said = generate(a, room);
      observe(static_cast<std::uint64_t>(a.action) << 8 | static_cast<std::uint64_t>(a.reason));
      require(said.has_value(), "every answer can be written");
      require(said->empty() == (a.action == answer::kind::nothing || a.action == answer::kind::close), "an answer has a packet, or none is called for");
      if (said->empty()) continue;
      require(parse(*said, a.version, {.sender = self}).has_value(), "an answer is legal");
      require(!generate(a, std::span(room).first(said->size() - 1)), "a buffer that is too short is an error");
    }
  }
}

// The packet without what was left out.
packet without(packet p, const fitted& done, property_buffer<64>& kept) {
  std::visit([&](auto& own) {
    if constexpr (requires { own.properties; }) {
      require(kept.append(own.properties), "there is room");
      if (done.without_reason_string) kept.erase(property_id::reason_string);
      if (done.without_user_properties) kept.erase(property_id::user_property);
      own.properties = kept;
    }
  }, p);
  return p;
}

// How many there are, by either way to walk.
std::size_t properties_in(const packet& p) {
  return std::visit([](const auto& own) -> std::size_t {
    std::size_t count = 0;
    if constexpr (requires { own.properties; }) {
      for (auto it = own.properties.begin(); it != own.properties.end(); ++count) {
        const auto before = it++;
        require(own.properties.contains(before->id()) && before == before && (*before).pair().value == before->text(), "a property of the list is one");
      }
      require(own.properties.count() == count, "the list knows its size");
    }
    return count;
  }, p);
}

void check_within(const packet& p, const packet_input& in, std::size_t most) {
  std::vector<std::byte> out(most);
  const auto done = generate_within(p, in.version, out, {.sender = in.options.sender, .allow = in.options.allow, .max_packet_size = static_cast<std::uint32_t>(most)});
  if (!done) return require(done.error().code == errc::packet_too_large, "what cannot be made to fit is too large");
  require(done->bytes.size() <= most, "what fits fits");
  observe(done->without_reason_string + 2u * done->without_user_properties);
  property_buffer<64> kept;
  const auto read = parse(done->bytes, in.version, {.sender = in.options.sender, .allow = in.options.allow});
  require(read && read->packet == without(p, *done, kept), "nothing is left out but what may be");
  for (const property& each : kept) require(!done->without_user_properties || each.id() != property_id::user_property, "what was left out is not there");
}

// The same packet with one bit changed here and there: if it is one, it is the same exactly if the same is written for it.
void check_equality(const parsed& whole, const packet_input& in, protocol_version version, const std::vector<std::byte>& bytes) {
  std::vector<std::byte> other(in.bytes.begin(), in.bytes.begin() + static_cast<std::ptrdiff_t>(whole.size));
  for (std::size_t at = 0; at < std::min<std::size_t>(other.size(), 80); ++at) {
    other[at] ^= std::byte{1};
    const auto read = parse(other, in.version, in.options);
    if (read && version_of(read->packet, in.version) == version) require((read->packet == whole.packet) == (generated(read->packet, version, {.sender = in.options.sender}) == bytes), "packets are the same where the same is written");
    other[at] ^= std::byte{1};
  }
}

void check(const packet_input& in) {
  const auto whole = parse(in.bytes, in.version, in.options);
  const auto header = peek(in.bytes);
#define MQTTSPAN_PACKET(P) check_typed<P>(in, whole);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  check_inspection(in, whole);
  if (!whole) {
    check_words(whole.error(), in.version, in.bytes);
    return check_answers(whole.error(), in.version);
  }
  require(header && header->type == type_of(whole->packet) && header->packet_size() == whole->size, "peek tells type and size");
  check_words({.code = errc::wrong_state, .in = header->type}, in.version, in.bytes);
  check_answers({.code = errc::wrong_state, .in = header->type}, in.version);
  if (header->type == packet_type::publish) check_head(in, *whole);
  const protocol_version version = version_of(whole->packet, in.version);
  const std::vector<std::byte> bytes = generated(whole->packet, version, {.sender = in.options.sender, .allow = in.options.allow});
  if (const auto* const hello = std::get_if<connect>(&whole->packet)) check_connect(*hello, bytes, in);
  if (properties_in(whole->packet) <= 64)
    for (const std::size_t most : {bytes.size(), bytes.size() - 1, bytes.size() / 2, std::size_t{4}}) check_within(whole->packet, in, most);
  if (in.options.allow == leniency::none) check_equality(*whole, in, version, bytes);
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2048) return -1;
  mqttspan::fuzz::check(mqttspan::fuzz::packet_input_of(mqttspan::fuzz::input_of(data, size)));
  return 0;
}
