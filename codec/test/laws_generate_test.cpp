// Laws of generate: sizes, buffers that are too short, the twin entry points, and the size-budgeted form.
#include "laws.hpp"

namespace mqttspan::test {
namespace {

constexpr std::byte guard{0xA5};

// 5.0: Reason String and User Properties of these are left out where they do not fit.
constexpr bool requires_fitting(packet_type type) {
  return type == packet_type::connack || (type >= packet_type::puback && type <= packet_type::pubcomp) || type == packet_type::suback ||
         type == packet_type::unsuback || type == packet_type::disconnect || type == packet_type::auth;
}

bool untouched(bytes_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == guard; });
}

class generate_laws : public laws {};
INSTANTIATE_TEST_SUITE_P(all, generate_laws, testing::ValuesIn(every_type_and_version()), law_name);

TEST_P(generate_laws, encoded_size_is_what_generate_writes) {
  for_all([](const sample& s) {
    for (const bool spell_out : {false, true}) {
      const generate_options options{.sender = s.from, .spell_out = spell_out};
      const auto size = encoded_size(s.packet, s.version, options);
      RC_ASSERT(size.has_value());
      buffer roomy(*size + 64, guard);
      const auto written = generate(s.packet, s.version, roomy, options);
      RC_ASSERT(written.has_value());
      RC_ASSERT(written->data() == roomy.data());
      RC_ASSERT(written->size() == *size);
      RC_ASSERT(untouched(bytes_view(roomy).subspan(*size)));
    }
  });
}

TEST_P(generate_laws, a_buffer_too_short_is_refused_and_never_overrun) {
  for_all([](const sample& s) {
    const std::size_t size = encode(s).size();
    for (const std::size_t room : offsets_in(size)) {
      buffer guarded(room + 16, guard);
      const auto written = generate(s.packet, s.version, std::span(guarded).first(room));
      RC_ASSERT(!written.has_value());
      RC_ASSERT(written.error().code == errc::no_space);
      RC_ASSERT(written.error().violated == rule::none);
      RC_ASSERT(untouched(bytes_view(guarded).subspan(room)));
      buffer exact(room);  // of this size, so that a sanitizer sees a write behind it
      const auto again = generate(s.packet, s.version, exact);
      RC_ASSERT(!again.has_value());
      RC_ASSERT(again.error() == written.error());
    }
  });
}

TEST_P(generate_laws, the_variant_is_written_like_its_packet) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    as_own_type(s.packet, [&](const auto& own) {
      buffer out(bytes.size());
      const auto written = generate(own, s.version, out);
      RC_ASSERT(written.has_value());
      RC_ASSERT(equal(*written, bytes));
      const auto size = encoded_size(own, s.version);
      RC_ASSERT(size.has_value());
      RC_ASSERT(*size == bytes.size());
    });
  });
}

TEST_P(generate_laws, the_limit_is_exact) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    const auto size = static_cast<std::uint32_t>(bytes.size());
    buffer out(size);
    RC_ASSERT(generate(s.packet, s.version, out, {.max_packet_size = size}).has_value());
    const auto written = generate(s.packet, s.version, out, {.max_packet_size = size - 1});
    const auto counted = encoded_size(s.packet, s.version, {.max_packet_size = size - 1});
    RC_ASSERT(!written.has_value());
    RC_ASSERT(!counted.has_value());
    RC_ASSERT(written.error().code == errc::packet_too_large);
    RC_ASSERT(counted.error().code == errc::packet_too_large);
  });
}

// PUBLISH alone has a payload to leave out.
class publish_laws : public laws {};
INSTANTIATE_TEST_SUITE_P(all, publish_laws,
                         testing::Values(std::pair(packet_type::publish, protocol_version::v3_1), std::pair(packet_type::publish, protocol_version::v3_1_1),
                                         std::pair(packet_type::publish, protocol_version::v5)),
                         law_name);

TEST_P(publish_laws, head_and_payload_make_the_packet) {
  for_all([](const sample& s) {
    const auto& p = *std::get_if<publish>(&s.packet);
    const buffer bytes = encode(s);
    const std::size_t head_size = bytes.size() - p.payload.size();
    buffer out(head_size + 16, guard);
    const auto head = generate_head(p, s.version, std::span(out).first(head_size));
    RC_ASSERT(head.has_value());
    RC_ASSERT(equal(joined({*head, p.payload}), bytes));
    RC_ASSERT(untouched(bytes_view(out).subspan(head_size)));
    for (const std::size_t room : offsets_in(head_size)) {
      buffer guarded(room + 16, guard);
      const auto cut = generate_head(p, s.version, std::span(guarded).first(room));
      RC_ASSERT(!cut.has_value());
      RC_ASSERT(cut.error().code == errc::no_space);
      RC_ASSERT(untouched(bytes_view(guarded).subspan(room)));
    }
  });
}

// The nine packets of 5.0 that give up Reason String and User Properties to fit. [MQTT-3.2.2-19] to [MQTT-3.15.2-3], 18 statements
class fitting_laws : public laws {};
INSTANTIATE_TEST_SUITE_P(all, fitting_laws,
                         testing::Values(std::pair(packet_type::connack, protocol_version::v5), std::pair(packet_type::puback, protocol_version::v5),
                                         std::pair(packet_type::pubrec, protocol_version::v5), std::pair(packet_type::pubrel, protocol_version::v5),
                                         std::pair(packet_type::pubcomp, protocol_version::v5), std::pair(packet_type::suback, protocol_version::v5),
                                         std::pair(packet_type::unsuback, protocol_version::v5), std::pair(packet_type::disconnect, protocol_version::v5),
                                         std::pair(packet_type::auth, protocol_version::v5)),
                         law_name);

template <class P>
buffer written(const P& p) {
  const auto size = encoded_size(p, protocol_version::v5);
  RC_ASSERT(size.has_value());
  buffer out(*size);
  RC_ASSERT(generate(p, protocol_version::v5, out).has_value());
  return out;
}

// The packet's bytes with everything, without Reason String, and without User Properties as well.
template <class P>
std::vector<buffer> reduced_forms(const P& p) {
  std::vector<property> no_reason, neither;
  for (const property& item : p.properties) {
    if (item.id() == property_id::reason_string) continue;
    no_reason.push_back(item);
    if (item.id() != property_id::user_property) neither.push_back(item);
  }
  P second = p, third = p;
  second.properties = no_reason;
  third.properties = neither;
  return {written(p), written(second), written(third)};
}

// `out` has exactly the room that is promised to be enough: the limit, or the packet where that is smaller.
template <class P>
void check_limit(const P& p, const std::vector<buffer>& forms, std::size_t limit) {
  const std::size_t room = std::min(limit, forms[0].size());
  buffer out(room + 16, guard);
  const auto got = generate_within(p, protocol_version::v5, std::span(out).first(room), {.max_packet_size = static_cast<std::uint32_t>(limit)});
  RC_ASSERT(untouched(bytes_view(out).subspan(room)));
  std::size_t form = 0;
  while (form < 3 && forms[form].size() > limit) ++form;
  if (form == 3) {
    RC_ASSERT(!got.has_value());
    RC_ASSERT(got.error().code == errc::packet_too_large);
    return;
  }
  RC_ASSERT(got.has_value());
  RC_ASSERT(equal(got->bytes, forms[form]));
  RC_ASSERT(got->bytes.size() <= limit);
  RC_ASSERT(got->without_reason_string == (form >= 1 && p.properties.contains(prop::reason_string)));
  RC_ASSERT(got->without_user_properties == (form >= 2 && p.properties.contains(prop::user)));
}

template <class P>
void check_fitting(const P& p) {
  const std::vector<buffer> forms = reduced_forms(p);
  const std::size_t full = forms[0].size();
  std::vector<std::size_t> limits = {0, 1, 2, full, full + 1, 268'435'460};
  for (const buffer& form : forms) limits.insert(limits.end(), {form.size() - 1, form.size(), form.size() + 1});
  if (full < 200)
    for (std::size_t limit = 0; limit <= full; ++limit) limits.push_back(limit);
  for (const std::size_t limit : limits) check_limit(p, forms, limit);
}

TEST_P(fitting_laws, drops_reason_string_then_user_properties_and_nothing_else) {
  for_all([](const sample& s) {
    as_own_type(s.packet, []<class P>(const P& p) {
      if constexpr (requires { p.properties; }) check_fitting(p);
      else RC_FAIL("not one of the nine");
    });
  });
}

TEST_P(fitting_laws, hold_for_the_variant_as_well) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    for (const std::size_t limit : {bytes.size(), bytes.size() - 1, bytes.size() / 2}) {
      const generate_options options{.max_packet_size = static_cast<std::uint32_t>(limit)};
      buffer one(bytes.size()), other(bytes.size());
      const auto whole = generate_within(s.packet, s.version, one, options);
      as_own_type(s.packet, [&](const auto& p) {
        const auto own = generate_within(p, s.version, other, options);
        RC_ASSERT(own.has_value() == whole.has_value());
        if (own) {
          RC_ASSERT(equal(own->bytes, whole->bytes));
          RC_ASSERT(own->without_reason_string == whole->without_reason_string);
          RC_ASSERT(own->without_user_properties == whole->without_user_properties);
        } else {
          RC_ASSERT(own.error() == whole.error());
        }
      });
    }
  });
}

TEST_P(fitting_laws, a_short_buffer_is_still_refused) {
  for_all([](const sample& s) {
    const std::size_t size = encode(s).size();
    for (const std::size_t room : offsets_in(size)) {
      buffer guarded(room + 16, guard);
      const auto got = generate_within(s.packet, protocol_version::v5, std::span(guarded).first(room), {.max_packet_size = max_packet_length});
      RC_ASSERT(!got.has_value());
      RC_ASSERT(got.error().code == errc::no_space);
      RC_ASSERT(untouched(bytes_view(guarded).subspan(room)));
    }
  });
}

// Nothing may be left out of the other packets: what does not fit is too large. In 3.x there is nothing to leave out.
TEST_P(generate_laws, only_the_nine_packets_of_5_0_give_anything_up_to_fit) {
  const bool gives_up = GetParam().second == protocol_version::v5 && requires_fitting(GetParam().first);
  for_all([=](const sample& s) {
    const buffer bytes = encode(s);
    buffer out(bytes.size());
    const auto fits = generate_within(s.packet, s.version, out, {.max_packet_size = static_cast<std::uint32_t>(bytes.size())});
    RC_ASSERT(fits.has_value());
    RC_ASSERT(equal(fits->bytes, bytes));
    RC_ASSERT(!fits->without_reason_string && !fits->without_user_properties);
    if (gives_up) return;
    const auto large = generate_within(s.packet, s.version, out, {.max_packet_size = static_cast<std::uint32_t>(bytes.size() - 1)});
    RC_ASSERT(!large.has_value());
    RC_ASSERT(large.error().code == errc::packet_too_large);
  });
}

}  // namespace
}  // namespace mqttspan::test
