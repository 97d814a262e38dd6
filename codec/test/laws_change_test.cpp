// Laws of damaged packets: every single-byte change fails, or yields a packet that survives a round trip; the same way each time.
#include "laws.hpp"
#include "sanitized.hpp"

namespace mqttspan::test {
namespace {

// A case is hundreds of packets here: a sanitizer, of whose cases `holds` takes a quarter, is given fewer to begin with.
constexpr int cases = MQTTSPAN_SANITIZED ? 200 : 1000;
constexpr int exhaustive_cases = MQTTSPAN_SANITIZED ? 40 : 100;

// A changed length may make the packet shorter than the input; the bytes it took are what counts.
void check_changed(bytes_view input, protocol_version version, sender from) {
  const auto got = parse(input, version, {.sender = from});
  const buffer elsewhere(input.begin(), input.end());
  const auto again = parse(elsewhere, version, {.sender = from});
  RC_ASSERT(got.has_value() == again.has_value());
  if (!got) {
    RC_ASSERT(got.error() == again.error());
    RC_ASSERT((got.error().offset > input.size()) == (got.error().code == errc::incomplete));
    RC_ASSERT(got.error().code != errc::no_space);
    RC_ASSERT(got.error().code != errc::invalid_argument);
    RC_ASSERT((got.error().violated == rule::none) == (got.error().code == errc::incomplete));
    char line[max_description], same[max_description];
    const std::string_view text = describe(got.error(), version, line);
    RC_ASSERT(!text.empty());
    RC_ASSERT(text == describe(again.error(), version, same));
    RC_ASSERT(text.size() < max_description);
    return;
  }
  RC_ASSERT(got->size <= input.size());
  RC_ASSERT(got->packet == again->packet);
  const generate_options options{.sender = from};
  const auto size = encoded_size(got->packet, version, options);
  RC_ASSERT(size.has_value());
  RC_ASSERT(*size <= got->size);
  buffer out(*size);
  const auto written = generate(got->packet, version, out, options);
  RC_ASSERT(written.has_value());
  const auto round = parse(out, version, {.sender = from});
  RC_ASSERT(round.has_value());
  RC_ASSERT(round->packet == got->packet);
  RC_ASSERT(round->size == *size);
}

class change_laws : public laws {};
INSTANTIATE_TEST_SUITE_P(all, change_laws, testing::ValuesIn(every_type_and_version()), law_name);

TEST_P(change_laws, a_changed_byte_fails_or_survives_a_round_trip) {
  for_all([](const sample& s) {
    buffer bytes = encode(s);
    for (const std::size_t at : offsets_in(bytes.size())) {
      const std::byte before = bytes[at];
      const auto value = std::to_integer<unsigned>(before);
      for (const unsigned changed : {value ^ 1u, value ^ 2u, value ^ 4u, value ^ 8u, value ^ 16u, value ^ 32u, value ^ 64u, value ^ 128u, value + 1, value - 1, 0u, 0xFFu}) {
        bytes[at] = static_cast<std::byte>(changed);
        check_changed(bytes, s.version, sender::any);
      }
      bytes[at] = before;
    }
  }, cases);
}

TEST_P(change_laws, all_255_changes_of_each_byte_of_small_packets) {
  for_all([](const sample& s) {
    buffer bytes = encode(s);
    if (bytes.size() > 40) return;
    for (std::byte& byte : bytes) {
      const std::byte before = byte;
      for (unsigned other = 1; other < 256; ++other) {
        byte = before ^ static_cast<std::byte>(other);
        check_changed(bytes, s.version, s.from);
      }
      byte = before;
    }
  }, exhaustive_cases);
}

TEST_P(change_laws, a_removed_or_added_byte_fails_or_survives_a_round_trip) {
  for_all([](const sample& s) {
    const buffer bytes = encode(s);
    for (const std::size_t at : offsets_in(bytes.size())) {
      buffer shorter = bytes, longer = bytes;
      shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));
      longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), bytes[at]);
      check_changed(shorter, s.version, s.from);
      check_changed(longer, s.version, s.from);
    }
  }, cases);
}

}  // namespace
}  // namespace mqttspan::test
