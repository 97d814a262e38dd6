// What CONNECT and CONNACK say about their sender's limits, and what they must say about ours.
#pragma once

#include <mqttspan/codec/property_buffer.hpp>
#include <mqttspan/stream/connection.hpp>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

// Absent properties have defaults; the session of a CONNACK without expiry lasts as long as the client asked. [U5-3.1.2.11-a] [U5-3.2.2.3-a]
announced read_announced(const property_list& properties, const announced& absent = {}) noexcept;

// Room for the properties of a CONNECT or CONNACK and those that are added.
using completed_properties = property_buffer<64>;

// Adds the limits that the caller left out and the connection has; none of them may be above what there is memory for.
rule complete(completed_properties& properties, const property_list& given, const connection_options& options) noexcept;

// What the server said that it does not take. [U5-3.2.2.3.11-c] [U5-3.2.2.3.12-c] [U5-3.2.2.3.13-c]
rule check_available(const subscribe& p, const announced& server) noexcept;

}  // namespace mqttspan::detail
