// conformance_write_samples FOLDER: sample runs as JSON and JUnit, and their page.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "html.hpp"
#include "junit.hpp"
#include "report_json.hpp"
#include "sample_runs.hpp"

namespace {

void write(const std::filesystem::path& file, const std::string& content) {
  std::ofstream out(file, std::ios::binary);
  out << content;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace mqttspan::conformance;
  if (argc != 2) throw std::runtime_error("usage: conformance_write_samples FOLDER");
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  write(folder / "nasty.json", to_json(nasty_run()));
  write(folder / "nasty.xml", to_junit(nasty_run()));
  std::vector<run> runs = matrix_runs();
  write(folder / "matrix.html", to_html(runs, built_in_manifest()));
  write(folder / "nasty.html", to_html(std::vector<run>{nasty_run(), runs.back(), nasty_run()}, built_in_manifest()));
  int n = 0;
  for (const run& r : runs) {
    write(folder / ("matrix" + std::to_string(n) + ".json"), to_json(r));
    write(folder / ("matrix" + std::to_string(n) + ".xml"), to_junit(r));
    ++n;
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
