// Where the vectors are that came with this program.
#pragma once

#include <string>

namespace mqttspan::conformance {

/// share/mqttspan/vectors beside the folder of an installed program, else the folder of the sources that it was built from.
std::string vectors_folder();

}  // namespace mqttspan::conformance
