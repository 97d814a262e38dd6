// Writes every workload to a file, for other codecs and for md5sum: write_streams <directory>
#include <cstdio>
#include <string>

#include "workloads.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: write_streams <directory>\n", stderr), 2;
  for (const mqttspan::bench::workload& work : mqttspan::bench::all_workloads()) {
    const std::string path = std::string(argv[1]) + "/" + work.title() + ".bin";
    std::FILE* file = std::fopen(path.c_str(), "wb");
    const bool written = file && std::fwrite(work.bytes.data(), 1, work.bytes.size(), file) == work.bytes.size();
    if ((file && std::fclose(file) != 0) || !written) return std::fprintf(stderr, "%s: cannot write\n", path.c_str()), 1;
  }
}
