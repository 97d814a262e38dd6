// Files of the source tree that the program carries in itself; embed.cmake makes the definitions.
#pragma once

#include <string_view>

namespace mqttspan::conformance::embedded {

std::string_view statements();   ///< conformance/statements.tsv
std::string_view report_html();  ///< the page, with {{NAME}} where the others belong
std::string_view report_css();
std::string_view report_model_js();
std::string_view report_cell_js();
std::string_view report_js();

}  // namespace mqttspan::conformance::embedded
