// Memory that ends where it ends: whoever reads or writes one byte before or behind it is stopped by the processor, with any compiler and without a sanitizer.
#pragma once

#include <cstddef>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

namespace mqttspan::test {

/// Some pages between two that nobody may touch.
class guarded_memory {
 public:
  explicit guarded_memory(std::size_t pages = 1) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))), size_(pages * page_) {
    void* const all = mmap(nullptr, size_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) throw std::bad_alloc();
    begin_ = static_cast<unsigned char*>(all) + page_;
    if (mprotect(begin_, size_, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
  }
  ~guarded_memory() { munmap(begin_ - page_, size_ + 2 * page_); }
  guarded_memory(const guarded_memory&) = delete;
  guarded_memory& operator=(const guarded_memory&) = delete;

  unsigned char* begin() const noexcept { return begin_; }
  unsigned char* end() const noexcept { return begin_ + size_; }

 private:
  std::size_t page_;
  std::size_t size_;
  unsigned char* begin_;
};

}  // namespace mqttspan::test
