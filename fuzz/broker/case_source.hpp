// Cases for brokers: the case of a number, from a seed, whatever was played before. The same seed gives the same cases on every machine.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/test/generators.hpp"

#include "script.hpp"

namespace mqttspan::fuzz {

/// One thing to try.
struct fuzz_case {
  std::uint64_t number = 0;
  std::string_view family;
  protocol_version version{};
  bool shares = false;  ///< for one party that has connected already, which may go on behind it; else the steps begin with connections of their own
  bool is_last = false; ///< for one party that has connected already, which may not go on
  std::vector<step> steps;
  std::vector<protocol_version> parties;
};

/// What a family's maker works with.
struct case_maker {
  test::entropy& choices;
  test::packet_source& packets;
  protocol_version version;
  std::uint64_t number;

  std::uint32_t below(std::uint32_t count) const { return choices.below(count); }
  bool one_in(std::uint32_t count) const { return choices.below(count) == 0; }
  template <class T, std::size_t N>
  const T& any(const T (&list)[N]) const {
    return list[choices.below(N)];
  }
  bool v5() const { return version == protocol_version::v5; }
  /// Topics and client identifiers from a small pool: cases that run at the same time rarely have the same, and what they leave behind is bounded.
  std::string prefix() const { return "mqttspan-fuzz/" + std::to_string(number % 64); }
  std::string topic() const;
  std::string filter() const;
  std::string client_id(std::string_view role) const { return "mf" + std::to_string(number % 4096) + std::string(role); }
  std::uint16_t packet_id() const;
  /// A CONNECT that every broker takes.
  std::string connect(std::string_view role) const;
  /// A valid packet that a client may send, any type but CONNECT and DISCONNECT.
  std::string valid_packet() const;
  /// A valid CONNECT of this version.
  std::string valid_connect() const;
  /// One with changes, mostly invalid.
  std::string changed(std::string packet) const;
};

/// Families, each a file. They add steps; whether a case has connections of its own is told by its first packet.
/// @{
void make_boundary(const case_maker& m, fuzz_case& out);
void make_malformed(const case_maker& m, fuzz_case& out);
void make_stateful(const case_maker& m, fuzz_case& out);
void make_parties(const case_maker& m, fuzz_case& out);
/// @}

/// The families by name: "boundary", "malformed", "stateful", "parties".
std::vector<std::string> family_names();

/// From a seed or a number: neighbours have nothing in common.
std::uint64_t mixed(std::uint64_t z);

/// FNV-1a, over all cases so far.
inline constexpr std::uint64_t hash_of_nothing = 0xCBF2'9CE4'8422'2325;
std::uint64_t hash_of(const std::vector<step>& all, protocol_version version, std::uint64_t hash);

class case_source {
 public:
  /// `families`: only these; empty: all. Throws usage_error for an unknown one.
  case_source(std::uint64_t seed, std::vector<protocol_version> versions, const std::vector<std::string>& families);

  fuzz_case next();
  std::uint64_t made() const noexcept { return number_; }
  /// Of all cases that were made: number, version and bytes (FNV-1a).
  std::uint64_t hash() const noexcept { return hash_; }

 private:
  std::uint64_t seed_;
  std::vector<protocol_version> versions_;
  std::vector<std::size_t> families_;  // by weight
  std::uint64_t number_ = 0;
  std::uint64_t hash_ = hash_of_nothing;
};

}  // namespace mqttspan::fuzz
