// A Cortex-M4 without anything: from reset to the check, and text and exit code to the debugger or emulator by Arm's semihosting.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "machine.hpp"

extern "C" const char stack_top;  // cortex_m4.ld

namespace {

enum class operation : std::uint32_t { write0 = 0x04, exit_extended = 0x20 };
constexpr std::uint32_t application_exit = 0x20026;

void ask_host(operation what, const void* block) noexcept {
  register auto r0 asm("r0") = what;
  register auto r1 asm("r1") = block;
  asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

[[noreturn]] void leave(int code) noexcept {
  const std::array<std::uint32_t, 2> block{application_exit, static_cast<std::uint32_t>(code)};
  ask_host(operation::exit_extended, block.data());
  for (;;) {}
}

// The loader has put all data in place, and there are no constructors to run: the map has no section for them.
[[noreturn]] void reset() { leave(mqttspan::portable::check_all()); }

[[noreturn]] void fault() {
  mqttspan::portable::put("the processor has faulted\n");
  leave(3);
}

// What the processor reads at reset: the stack, where to begin, and where NMI, HardFault, MemManage, BusFault and UsageFault go.
struct vector_table {
  const char* stack;
  void (*handlers[6])();
};

}  // namespace

extern "C" [[gnu::section(".vector_table")]] const vector_table vector_table{&stack_top, {reset, fault, fault, fault, fault, fault}};
extern "C" [[noreturn]] void abort() { fault(); }

namespace mqttspan::portable {

// SYS_WRITE0 wants a zero behind the text.
void put(std::string_view text) noexcept {
  std::array<char, 128> piece;
  while (!text.empty()) {
    const std::string_view front(text.data(), std::min(text.size(), piece.size() - 1));
    std::memcpy(piece.data(), front.data(), front.size());
    piece[front.size()] = '\0';
    ask_host(operation::write0, piece.data());
    text.remove_prefix(front.size());
  }
}

}  // namespace mqttspan::portable
