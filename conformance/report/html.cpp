#include "html.hpp"

#include <stdexcept>
#include <string_view>

#include "embedded.hpp"
#include "html_data.hpp"

namespace mqttspan::conformance {
namespace {

// Nothing in a script element may look like its end.
std::string safe_in_script(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out;
}

void put(std::string& page, std::string_view place, std::string_view content) {
  const std::size_t at = page.find(place);
  if (at == std::string::npos) throw std::logic_error("the page has no place for " + std::string(place));
  page.replace(at, place.size(), content);
}

}  // namespace

std::string to_html(std::span<const run> runs, const manifest& statements) {
  std::string page(embedded::report_html());
  // The data come last: they may hold whatever a peer sent, names of places too.
  put(page, "{{CSS}}", embedded::report_css());
  put(page, "{{MODEL_JS}}", embedded::report_model_js());
  put(page, "{{CELL_JS}}", embedded::report_cell_js());
  put(page, "{{JS}}", embedded::report_js());
  put(page, "{{DATA}}", safe_in_script(html_data(runs, statements)));
  return page;
}

}  // namespace mqttspan::conformance
