// Laws of options, versions and answers: what is allowed or refused beside the default changes the verdict alone, never what is read.
#include "laws.hpp"

#include <mqttspan/codec/answer.hpp>

namespace mqttspan::test {
namespace {

class option_laws : public laws {
 protected:
  // Every law is for good packets and for those with a byte changed.
  template <class Law>
  void for_all_bytes(Law law, int cases = 1000) {
    for_all([&](const sample& s) {
      buffer bytes = encode(s);
      if (*rc::gen::inRange(0, 4) != 0) bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= static_cast<std::byte>(1u << *rc::gen::inRange(0, 8));
      law(s, bytes);
    }, cases);
  }
};
INSTANTIATE_TEST_SUITE_P(all, option_laws, testing::ValuesIn(every_type_and_version()), law_name);

leniency some_leniencies() { return static_cast<leniency>(*rc::gen::inRange(0u, 1u << 11)); }
strictness some_strictnesses() { return static_cast<strictness>(*rc::gen::inRange(0u, 1u << 4)); }

// What passes the stricter rules passes the others, and is the same.
void check_stricter(const result<parsed>& stricter, const result<parsed>& other) {
  if (!stricter) return;
  RC_ASSERT(other.has_value());
  RC_ASSERT(other->packet == stricter->packet);
  RC_ASSERT(other->size == stricter->size);
}

TEST_P(option_laws, what_is_good_is_read_alike_with_any_leniency) {
  for_all_bytes([](const sample& s, const buffer& bytes) {
    check_stricter(parse(bytes, s.version, {.sender = s.from}), parse(bytes, s.version, {.sender = s.from, .allow = some_leniencies()}));
  });
}

TEST_P(option_laws, what_passes_further_rules_passes_the_default_ones_and_is_read_alike) {
  for_all_bytes([](const sample& s, const buffer& bytes) {
    check_stricter(parse(bytes, s.version, {.sender = s.from, .reject = some_strictnesses()}), parse(bytes, s.version, {.sender = s.from}));
  });
}

// Only `max_packet_size` is told before a fault in the packet: it is a matter of the first five bytes.
TEST_P(option_laws, limits_refuse_by_their_own_codes_and_change_nothing_else) {
  for_all_bytes([](const sample& s, const buffer& bytes) {
    parse_options options{.sender = s.from};
    const auto free = parse(bytes, s.version, options);
    const auto small = [] { return static_cast<std::uint32_t>(*rc::gen::inRange(0, 5)); };
    options.max_topic_filters = small(), options.max_user_properties = small(), options.max_topic_levels = small();
    const auto limited = parse(bytes, s.version, options);
    if (!limited && limited.error().code == errc::quota_exceeded) return;
    RC_ASSERT(limited.has_value() == free.has_value());
    if (limited) RC_ASSERT(limited->packet == free->packet);
    else RC_ASSERT(limited.error() == free.error());
  });
}

TEST_P(option_laws, limits_that_are_just_kept_refuse_nothing) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    constexpr std::uint32_t most = 0x10000;  // levels of a topic of 65,535 bytes, and more than there are of all else
    const auto limited = parse(bytes, s.version, {.sender = s.from, .max_packet_size = static_cast<std::uint32_t>(bytes.size()), .max_topic_filters = most, .max_user_properties = most, .max_topic_levels = most});
    RC_ASSERT(limited.has_value());
    RC_ASSERT(limited->packet == s.packet);
  });
}

TEST_P(option_laws, peek_tells_type_and_size) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    for (std::size_t size = 0; size <= std::min<std::size_t>(bytes.size(), 5); ++size) {
      const auto head = peek(bytes_view(bytes).first(size));
      if (!head) {
        RC_ASSERT(head.error().code == errc::incomplete);
        RC_ASSERT(head.error().offset > size);
        continue;
      }
      RC_ASSERT(size >= head->header_size);
      RC_ASSERT(head->type == type_of(s.packet));
      RC_ASSERT(head->packet_size() == bytes.size());
    }
    RC_ASSERT(peek(bytes).has_value());
  });
}

// The same bytes with another version agreed upon: CONNECT names its own, others may be refused; what is read can be written and is read again.
TEST_P(option_laws, another_version_refuses_or_reads_what_can_be_written_in_it) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    for (const protocol_version other : {protocol_version::v3_1, protocol_version::v3_1_1, protocol_version::v5}) {
      const auto got = parse(bytes, other, {.sender = s.from});
      if (s.packet.index() == packet(connect{}).index()) RC_ASSERT(got.has_value() && got->packet == s.packet);
      if (!got) continue;
      const buffer written = encode({got->packet, other, s.from, nullptr});
      const auto again = parse(written, other, {.sender = s.from});
      RC_ASSERT(again.has_value());
      RC_ASSERT(again->packet == got->packet);
    }
  });
}

// Whoever finds the fault, and whenever: what an error calls for can be written, and is read as that.
TEST_P(option_laws, what_an_error_calls_for_can_be_sent) {
  for_all_bytes([](const sample& s, const buffer& bytes) {
    const auto got = parse(bytes, s.version, {.sender = s.from});
    if (got) return;
    for (const sender self : {sender::client, sender::server})
      for (const phase now : {phase::before_connack, phase::connected}) {
        const answer owed = answer_to(got.error(), s.version, self, now);
        RC_ASSERT((owed.action == answer::kind::nothing) == (got.error().code == errc::incomplete));
        std::byte out[max_answer_size];
        const auto written = generate(owed, out);
        RC_ASSERT(written.has_value());
        RC_ASSERT(written->empty() == (owed.action == answer::kind::nothing || owed.action == answer::kind::close));
        if (written->empty()) continue;
        const auto read = parse(*written, owed.version, {.sender = self});
        RC_ASSERT(read.has_value());
        RC_ASSERT(type_of(read->packet) == (owed.action == answer::kind::connack ? packet_type::connack : packet_type::disconnect));
      }
  });
}

}  // namespace
}  // namespace mqttspan::test
