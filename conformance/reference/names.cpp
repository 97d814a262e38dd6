#include <algorithm>
#include <array>

#include "reference.hpp"

namespace mqttspan::conformance::reference {
namespace {

constexpr std::array protocols = {protocol::v3_1, protocol::v3_1_1, protocol::v5};
constexpr std::array protocol_names = {"3.1", "3.1.1", "5.0"};
constexpr std::array class_names = {"malformed", "protocol_error", "unsupported", "limit"};
constexpr std::array origins = {origin::client, origin::server, origin::any};
constexpr std::array origin_names = {"client", "server", "any"};

template <typename T, std::size_t N>
std::optional<T> named(const std::string& name, const std::array<const char*, N>& names, const std::array<T, N>& all) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return {};
  return all.at(static_cast<std::size_t>(found - names.begin()));
}

}  // namespace

const char* name_of(protocol version) noexcept { return protocol_names[static_cast<std::size_t>(version)]; }
const char* name_of(fault_class c) noexcept { return class_names[static_cast<std::size_t>(c)]; }
std::optional<protocol> protocol_named(const std::string& name) { return named(name, protocol_names, protocols); }
std::optional<origin> origin_named(const std::string& name) { return named(name, origin_names, origins); }

}  // namespace mqttspan::conformance::reference
