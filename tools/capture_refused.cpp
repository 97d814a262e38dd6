// In place of capture.cpp where the tools are built without libpcap: a capture is known by its first bytes, and refused.
#include "capture.hpp"

namespace mqttspan {

std::size_t for_each_segment(bytes_view, const std::function<void(const tcp_segment&)>&) { throw capture_error("it is a capture, and mqttspan was built without libpcap"); }

// Only segments have endpoints.
std::string to_string(const endpoint&) { return {}; }

}  // namespace mqttspan
