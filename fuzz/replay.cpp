// A target without an engine: gives it the files of a corpus, one after the other in the order of their names, and says what was observed.
// usage: TARGET_replay [--times=N] FILE-OR-FOLDER...      prints "<number of inputs> <verdict hash>"; with N, how many inputs a second of processor time the target takes, each given N times
// It asks the C library for files: MemorySanitizer knows what that writes, but not what the C++ library does.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "target.hpp"

namespace {

// Whether the place is there; its files, if it is a folder, by their names' bytes.
bool list(const char* place, std::vector<std::string>& files) {
  struct stat found {};
  if (stat(place, &found) != 0) return false;
  if (!S_ISDIR(found.st_mode)) return files.emplace_back(place), true;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(place), closedir);
  if (!folder) return false;
  const std::size_t before = files.size();
  while (const dirent* each = readdir(folder.get()))
    if (each->d_name[0] != '.') files.push_back(place + std::string("/") + each->d_name);
  std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
  return true;
}

unsigned long times = 1;
std::clock_t used = 0;  // by the target

// In memory of exactly its size, so that a sanitizer sees a byte read too far.
bool give(const char* file) {
  struct stat found {};
  if (stat(file, &found) != 0) return false;
  const auto size = static_cast<std::size_t>(found.st_size);
  const auto bytes = std::make_unique<std::uint8_t[]>(size);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file, "rb"), std::fclose);
  if (!in || std::fread(bytes.get(), 1, size, in.get()) != size) return false;
  const std::clock_t before = std::clock();
  for (unsigned long i = 0; i < times; ++i) LLVMFuzzerTestOneInput(bytes.get(), size);
  used += std::clock() - before;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files;
  constexpr std::string_view option = "--times=";
  const bool is_measured = argc > 1 && std::string_view(argv[1]).starts_with(option);
  if (is_measured) times = std::strtoul(argv[1] + option.size(), nullptr, 10);
  for (int i = is_measured ? 2 : 1; i < argc; ++i) {
    if (list(argv[i], files)) continue;
    std::fprintf(stderr, "%s: no such file or folder\n", argv[i]);
    return 2;
  }
  if (files.empty() || times == 0) {
    std::fprintf(stderr, "usage: %s [--times=N] FILE-OR-FOLDER...\n", argv[0]);
    return 2;
  }
  for (const std::string& file : files) {
    if (give(file.c_str())) continue;
    std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
    return 2;
  }
  if (is_measured) {
    std::printf("%.0f inputs a second\n", static_cast<double>(files.size()) * static_cast<double>(times) * CLOCKS_PER_SEC / static_cast<double>(std::max<std::clock_t>(used, 1)));
    return 0;
  }
  std::printf("%zu %016" PRIx64 "\n", files.size(), mqttspan::fuzz::observed());
}
