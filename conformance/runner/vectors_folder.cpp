#include "vectors_folder.hpp"

#include <filesystem>
#include <system_error>

namespace mqttspan::conformance {

std::string vectors_folder() {
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  const std::filesystem::path installed = (program.parent_path() / "../share/mqttspan/vectors").lexically_normal();
  return !failed && std::filesystem::is_directory(installed, failed) ? installed.string() : MQTTSPAN_VECTORS;
}

}  // namespace mqttspan::conformance
