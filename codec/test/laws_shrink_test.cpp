// A counterexample that nobody can read is not worth much: packets that break a law shrink to the smallest that do.
#include "laws.hpp"

namespace mqttspan::test {
namespace {

std::size_t properties_in(const packet& p) {
  std::size_t count = 0;
  as_own_type(p, [&count](const auto& own) {
    if constexpr (requires { own.properties; })
      for ([[maybe_unused]] const property& each : own.properties) ++count;
  });
  return count;
}

class shrinking : public laws {};
INSTANTIATE_TEST_SUITE_P(of, shrinking,
                         testing::Values(std::pair(packet_type::connect, protocol_version::v5), std::pair(packet_type::connack, protocol_version::v5),
                                         std::pair(packet_type::publish, protocol_version::v5), std::pair(packet_type::pubrec, protocol_version::v5),
                                         std::pair(packet_type::subscribe, protocol_version::v5), std::pair(packet_type::unsuback, protocol_version::v5),
                                         std::pair(packet_type::disconnect, protocol_version::v5)),
                         law_name);

// "No packet has a property" is broken by large ones first.
TEST_P(shrinking, ends_at_a_packet_that_has_no_more_than_what_breaks_the_law) {
  std::size_t first_size = 0, size = 0, properties = 0;
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.seed = 20'260'101;
  params.disableShrinking = false;  // whatever RC_PARAMS says
  const auto law = [&] {
    const sample s = *any_sample();
    if (properties_in(s.packet) == 0) return;
    properties = properties_in(s.packet);
    size = *encoded_size(s.packet, s.version);
    if (first_size == 0) first_size = size;
    RC_FAIL("there is a property");
  };
  ASSERT_TRUE(rc::detail::checkTestable(law, rc::detail::TestMetadata(), params).is<rc::detail::FailureResult>());
  EXPECT_EQ(properties, 1u);
  EXPECT_LE(size, GetParam().first == packet_type::connect ? 25u : 18u) << "from " << first_size;
}

}  // namespace
}  // namespace mqttspan::test
