// RapidCheck over the packet source: a case is a list of choices, so that shrinking the list shrinks the packet.
#pragma once

#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "generators.hpp"
#include "sanitized.hpp"

namespace mqttspan::test {

/// Samples of one type and version. Larger sizes have more choices to make, and so larger packets.
inline rc::Gen<sample> samples(packet_type type, protocol_version version) {
  using choices = std::vector<std::uint32_t>;
  return rc::Gen<sample>([=](const rc::Random& random, int size) {
    rc::Random source = random;
    choices made(8 + static_cast<std::size_t>(size) * 2);
    for (std::uint32_t& choice : made) choice = static_cast<std::uint32_t>(source.next() >> 16);
    const auto smaller = [](const choices& from) {
      return rc::seq::concat(rc::shrink::removeChunks(from),
                             rc::shrink::eachElement(from, [](std::uint32_t choice) { return rc::shrink::towards(choice, 0u); }));
    };
    return rc::shrinkable::map(rc::shrinkable::shrinkRecur(std::move(made), smaller), [=](const choices& replayed) {
      listed_entropy entropy(replayed);
      return packet_source(entropy).next(type, version);
    });
  });
}

/// Checks a law on that many cases, a quarter under a sanitizer, from a fixed seed: a failure can be had again. RC_PARAMS sets another seed, or more cases.
template <class Property>
void holds(Property&& property, int cases = 1000) {
  rc::detail::TestMetadata metadata;
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  if (MQTTSPAN_SANITIZED && cases > 1) cases /= 4;
  if (std::getenv("RC_PARAMS") == nullptr) {
    params.seed = 20'260'101;
    params.maxSuccess = cases;
  }
  if (params.maxSuccess < cases || cases == 1) params.maxSuccess = cases;
  const auto result = rc::detail::checkTestable(std::forward<Property>(property), metadata, params);
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  ASSERT_TRUE(result.template is<rc::detail::SuccessResult>()) << message.str();
}

/// "PUBLISH_5" and the like, for the names of tests.
inline std::string name_of(packet_type type, protocol_version version) {
  std::string name(to_string(type));
  name += '_';
  for (const char c : to_string(version)) name += c == '.' ? '_' : c;
  return name;
}

}  // namespace mqttspan::test
