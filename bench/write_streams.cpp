// Writes every workload to a file, for codecs in other languages and for md5sum, and what a decoder must make of each: write_streams <directory>
#include <cstdio>
#include <string>

#include "floors.hpp"

using namespace mqttspan::bench;

namespace {

bool write(const std::string& path, const void* bytes, std::size_t size) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool written = file && std::fwrite(bytes, 1, size, file) == size;
  if ((!file || std::fclose(file) == 0) && written) return true;
  return std::fprintf(stderr, "%s: cannot write\n", path.c_str()), false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: write_streams <directory>\n", stderr), 2;
  const std::string folder = std::string(argv[1]) + "/";
  std::string checksums;  // title, packets, checksum
  for (const workload& work : all_workloads()) {
    if (!write(folder + work.title() + ".bin", work.bytes.data(), work.bytes.size())) return 1;
    checksums += work.title() + "\t" + std::to_string(work.packets()) + "\t" + std::to_string(decode(work)) + "\n";
  }
  return write(folder + "checksums.tsv", checksums.data(), checksums.size()) ? 0 : 1;
}
