// A target without an engine: gives it the files of a corpus, one after the other in the order of their names, and says what was observed.
// usage: TARGET_replay FILE-OR-FOLDER...      prints "<number of inputs> <verdict hash>"
// It asks the C library for files: MemorySanitizer knows what that writes, but not what the C++ library does.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <string>
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

// In memory of exactly its size, so that a sanitizer sees a byte read too far.
bool give(const char* file) {
  struct stat found {};
  if (stat(file, &found) != 0) return false;
  const auto size = static_cast<std::size_t>(found.st_size);
  const auto bytes = std::make_unique<std::uint8_t[]>(size);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file, "rb"), std::fclose);
  if (!in || std::fread(bytes.get(), 1, size, in.get()) != size) return false;
  LLVMFuzzerTestOneInput(bytes.get(), size);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (list(argv[i], files)) continue;
    std::fprintf(stderr, "%s: no such file or folder\n", argv[i]);
    return 2;
  }
  if (files.empty()) {
    std::fprintf(stderr, "usage: %s FILE-OR-FOLDER...\n", argv[0]);
    return 2;
  }
  for (const std::string& file : files) {
    if (give(file.c_str())) continue;
    std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
    return 2;
  }
  std::printf("%zu %016" PRIx64 "\n", files.size(), mqttspan::fuzz::observed());
}
