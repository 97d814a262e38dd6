// The second opinion: MQTT 3.1, 3.1.1 and 5.0 control packets decoded and encoded from the specifications' own tables, with no regard for speed.
//
// It shares no code with the codec that it judges. A decoder that stops at the first fault hides what else is wrong; this one goes on as long as the bytes
// can still be read, so that it knows every fault of a packet. MQTT 5.0, section 4.13.2, lets a receiver report any of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace mqttspan::conformance::reference {

using json = nlohmann::ordered_json;
using bytes = std::vector<std::uint8_t>;

enum class protocol { v3_1, v3_1_1, v5 };
enum class origin { client, server, any };
enum class outcome { valid, incomplete, refused };
enum class fault_class { malformed, protocol_error, unsupported, limit };

/// One thing that is wrong with a packet.
struct fault {
  std::string rule;
  std::size_t offset = 0;             ///< of the first wrong byte, from the packet's first
  std::size_t known = 0;              ///< where a reader that goes from byte to byte knows: later than `offset` where only a later field tells
  std::vector<fault_class> classes;   ///< the one to report first; a second where the text leaves open which it is
  std::string statement;              ///< of the packet's version; empty where that version has none
  std::vector<int> codes;             ///< 5.0 reason codes that count alike; in 3.x the return codes of a CONNACK that may answer
  bool policy = false;                ///< the text leaves open whether a receiver refuses this
};

struct decoded {
  outcome result = outcome::incomplete;
  protocol version = protocol::v3_1_1;  ///< of the packet: CONNECT names its own
  json packet;                          ///< null unless valid
  std::size_t size = 0;                 ///< bytes of the packet, 0 where it is incomplete and its length unknown
  std::vector<fault> faults;            ///< in the order in which a reader knows of them; the first is the one to report
  std::vector<std::string> policies;    ///< why a valid packet might be refused as well: what the text leaves open
};

/// Decodes the packet at the front of `input`, which may hold more.
decoded decode(protocol version, origin sender, std::span<const std::uint8_t> input);

/// JSON that is no packet of that version, or one that no sender may send: then `found` tells the rule.
struct not_encodable : std::runtime_error {
  explicit not_encodable(const std::string& what, std::optional<fault> why = {}) : std::runtime_error(what), found(std::move(why)) {}
  std::optional<fault> found;
};

/// The shortest legal form of the packet, properties in the order given. Absent keys are 0, false or empty. Throws not_encodable.
bytes encode(protocol version, const json& packet);

const char* name_of(protocol) noexcept;              ///< "3.1", "3.1.1", "5.0"
const char* name_of(fault_class) noexcept;           ///< "malformed", "protocol_error", "unsupported", "limit"
std::optional<protocol> protocol_named(const std::string&);
std::optional<origin> origin_named(const std::string&);

}  // namespace mqttspan::conformance::reference
