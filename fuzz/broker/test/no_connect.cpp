// To be loaded before a program that must not connect to anybody: it ends there if it tries to, or if it sends to somebody it is not connected with.
#include <sys/socket.h>
#include <sys/types.h>

#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "no_connect: %s\n", what);
  std::_Exit(99);
}

}  // namespace

extern "C" int connect(int, const sockaddr*, socklen_t) noexcept(false) { refuse("connect"); }
extern "C" ssize_t sendto(int, const void*, size_t, int, const sockaddr*, socklen_t) noexcept(false) { refuse("sendto"); }
