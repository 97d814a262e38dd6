// B-VBI, B-VBILAX, B-FLAGS, B-TYPE0, B-LEN, B-PID0: the fixed header, lengths and packet identifiers.
#include "../dialogue.hpp"
#include "../wire.hpp"
#include "catalogue.hpp"

namespace mqttspan::conformance::broker {
namespace {

using namespace wire;

}  // namespace

void add_framing(catalogue&) {}

}  // namespace mqttspan::conformance::broker
