// Laws of parse: what holds for every packet of every type and version, on 1,000 random ones each.
#include "laws.hpp"

#include <mqttspan/codec/owned.hpp>

#include "packet_views.hpp"

namespace mqttspan::test {
namespace {

class parse_laws : public laws {};
INSTANTIATE_TEST_SUITE_P(all, parse_laws, testing::ValuesIn(every_type_and_version()), law_name);

TEST_P(parse_laws, parse_gives_back_what_was_generated) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    for (const sender from : {sender::any, s.from}) {
      const auto got = parse(bytes, s.version, {.sender = from});
      RC_ASSERT(got.has_value());
      RC_ASSERT(got->packet == s.packet);
      RC_ASSERT(got->size == bytes.size());
      RC_ASSERT(equal(encode({got->packet, s.version, from, nullptr}, {.sender = from}), bytes));
    }
  });
}

TEST_P(parse_laws, spelled_out_packets_parse_to_the_same) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s, {.spell_out = true});
    const auto got = parse(bytes, s.version);
    RC_ASSERT(got.has_value());
    RC_ASSERT(got->packet == s.packet);
    RC_ASSERT(encode(s).size() <= bytes.size());
  });
}

TEST_P(parse_laws, the_other_side_may_not_send_what_is_one_sided) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    const sender other = s.from == sender::client ? sender::server : sender::client;
    const auto got = parse(bytes, s.version, {.sender = other});
    buffer out(bytes.size());
    const auto written = generate(s.packet, s.version, out, {.sender = other});
    RC_ASSERT(got.has_value() == written.has_value());
    if (got) return;
    RC_ASSERT(got.error().code == errc::protocol_violation);
    RC_ASSERT(written.error().code == errc::invalid_argument);
    RC_ASSERT(got.error().violated == written.error().violated);
    RC_ASSERT(got.error().offset == written.error().offset);
  });
}

TEST_P(parse_laws, every_proper_prefix_is_incomplete) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    for (const std::size_t size : offsets_in(bytes.size())) {
      const buffer cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      const auto got = parse(cut, s.version);
      RC_ASSERT(!got.has_value());
      RC_ASSERT(got.error().code == errc::incomplete);
      RC_ASSERT(got.error().violated == rule::none);
      RC_ASSERT(got.error().offset > size);  // how many bytes it takes at least
      RC_ASSERT(got.error().offset <= bytes.size());
      const auto header = peek(cut);
      if (header) {
        RC_ASSERT(header->packet_size() == bytes.size());
        RC_ASSERT(got.error().offset == bytes.size());
      } else {
        RC_ASSERT(header.error().code == errc::incomplete);
        RC_ASSERT(header.error().offset == got.error().offset);
      }
      as_own_type(s.packet, [&](const auto& own) {
        const auto typed = parse_as<std::decay_t<decltype(own)>>(cut, s.version);
        RC_ASSERT(!typed.has_value());
        RC_ASSERT(typed.error() == got.error());
      });
    }
  });
}

TEST_P(parse_laws, a_neighbour_before_and_behind_changes_nothing) {
  for_all([this](const sample& s) {
    const buffer bytes = encode(s);
    const sample next = *any_sample();
    const buffer behind = encode(next);
    const buffer garbage(9, std::byte{0xFF});
    const buffer zeros(9);
    for (const buffer* tail : {&behind, &garbage, &zeros}) {
      const buffer all = joined({bytes, *tail});
      const auto got = parse(all, s.version);
      RC_ASSERT(got.has_value());
      RC_ASSERT(got->packet == s.packet);
      RC_ASSERT(got->size == bytes.size());
    }
    const buffer both = joined({bytes, behind});
    const auto second = parse(bytes_view(both).subspan(bytes.size()), next.version);
    RC_ASSERT(second.has_value());
    RC_ASSERT(second->packet == next.packet);
  });
}

template <class P>
void check_other_type(const buffer& bytes, const sample& s) {
  if (P::type == type_of(s.packet)) return;
  const auto other = parse_as<P>(bytes, s.version);
  RC_ASSERT(!other.has_value());
  RC_ASSERT(other.error().code == errc::wrong_state);
  RC_ASSERT(other.error().violated == rule::none);
  RC_ASSERT(other.error().in == type_of(s.packet));
}

TEST_P(parse_laws, parse_as_agrees_with_parse) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    const auto got = parse(bytes, s.version);
    RC_ASSERT(got.has_value());
    as_own_type(s.packet, [&](const auto& own) {
      const auto typed = parse_as<std::decay_t<decltype(own)>>(bytes, s.version);
      RC_ASSERT(typed.has_value());
      RC_ASSERT(typed->packet == own);
      RC_ASSERT(typed->size == got->size);
    });
#define MQTTSPAN_PACKET(P) check_other_type<P>(bytes, s);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  });
}

TEST_P(parse_laws, the_size_limit_is_exact) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    const auto size = static_cast<std::uint32_t>(bytes.size());
    RC_ASSERT(parse(bytes, s.version, {.max_packet_size = size}).has_value());
    const auto got = parse(bytes, s.version, {.max_packet_size = size - 1});
    RC_ASSERT(!got.has_value());
    RC_ASSERT(got.error().code == errc::packet_too_large);
    // The verdict falls when the length is known, before the body is there.
    const auto early = parse(bytes_view(bytes).first(peek(bytes)->header_size), s.version, {.max_packet_size = size - 1});
    RC_ASSERT(!early.has_value());
    RC_ASSERT(early.error() == got.error());
  });
}

TEST_P(parse_laws, owned_twins_are_equal) {
  for_all([](const sample& s) {
    buffer bytes = encode(s);
    const buffer kept = bytes;
    as_own_type(s.packet, [&](const auto& own) {
      using own_type = std::decay_t<decltype(own)>;
      auto parsed_twin = owned<own_type>::parse_copy(bytes, s.version);
      auto copied_twin = owned<own_type>::copy_of(own, s.version);
      RC_ASSERT(parsed_twin.has_value());
      RC_ASSERT(copied_twin.has_value());
      std::fill(bytes.begin(), bytes.end(), std::byte{0xEE});
      const owned<own_type> moved = std::move(*parsed_twin);
      RC_ASSERT(*moved == own);
      RC_ASSERT(**copied_twin == own);
      RC_ASSERT(equal(moved.bytes(), kept));
      RC_ASSERT(moved.version() == s.version);
      RC_ASSERT(!*parsed_twin);
      RC_ASSERT(equal(copied_twin->bytes(), kept));
    });
    const auto whole = owned<packet>::copy_of(s.packet, s.version);
    RC_ASSERT(whole.has_value());
    RC_ASSERT(**whole == s.packet);
  });
}

TEST_P(parse_laws, views_point_into_the_input) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    const auto got = parse(bytes, s.version);
    RC_ASSERT(got.has_value());
    const auto inside = [&](bytes_view view) {
      if (view.empty()) return;
      RC_ASSERT(!std::less<>()(view.data(), bytes.data()));
      RC_ASSERT(!std::less<>()(bytes.data() + bytes.size(), view.data() + view.size()));
    };
    for_each_view(got->packet, inside);
  });
}

}  // namespace
}  // namespace mqttspan::test
