// What the law tests share: the fixture over every type and version, and the bytes of a sample.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

#include "rapidcheck_samples.hpp"

namespace mqttspan::test {

using buffer = std::vector<std::byte>;

/// Each law is checked on 1,000 samples of every type in every version.
class laws : public testing::TestWithParam<std::pair<packet_type, protocol_version>> {
 protected:
  rc::Gen<sample> any_sample() const { return samples(GetParam().first, GetParam().second); }

  template <class Law>
  void for_all(Law law, int cases = 1000) {
    holds([&] { law(*any_sample()); }, cases);
  }
};

inline std::string law_name(const testing::TestParamInfo<laws::ParamType>& info) { return name_of(info.param.first, info.param.second); }

/// The sample's bytes, in memory of exactly their size, so that a sanitizer sees a byte read or written too far.
inline buffer encode(const sample& s, const generate_options& options = canonical) {
  const auto size = encoded_size(s.packet, s.version, options);
  RC_ASSERT(size.has_value());
  buffer out(*size);
  const auto written = generate(s.packet, s.version, out, options);
  if (!written) RC_FAIL("not generated: " + std::string(to_string(written.error().violated)));
  RC_ASSERT(written->size() == *size);
  RC_ASSERT(written->data() == out.data());
  return out;
}

/// Calls `visit(packet)` with the packet as its own type.
template <class Visit>
void as_own_type(const packet& p, Visit visit) {
#define MQTTSPAN_PACKET(P) \
  if (const auto* own = std::get_if<P>(&p)) return visit(*own);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
}

/// Offsets 0 to `size` - 1: all of them in a small packet, in a large one both ends and some between, the fewer the larger.
inline std::vector<std::size_t> offsets_in(std::size_t size) {
  std::vector<std::size_t> chosen;
  const std::size_t each = size <= 120 ? size : std::clamp<std::size_t>(6'000 / size, 2, 40);
  for (std::size_t at = 0; at < each; ++at) chosen.push_back(at);
  if (size <= 120) return chosen;
  for (std::size_t at = 0; at < each; ++at) chosen.push_back(each + (size - each) / (each + 1) * at);
  for (std::size_t at = size - each; at < size; ++at) chosen.push_back(at);
  return chosen;
}

inline bool equal(bytes_view a, bytes_view b) { return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0); }

inline buffer joined(std::initializer_list<bytes_view> parts) {
  buffer all;
  for (const bytes_view part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace mqttspan::test
