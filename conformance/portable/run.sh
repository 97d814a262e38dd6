#!/bin/bash
# The codec and the stream layer built for one target, and all vectors judged there: run.sh <target> <folder of the generated headers> <packed vectors>
# The rows below are the targets: compiler and flags, what runs the program, and what stands between the check and the machine.
set -euo pipefail
target=$1 generated=$2 vectors=$3
here=$(cd "$(dirname "$0")" && pwd)
source=$here/../..

flags=(-O1) link=() runner=() machine=hosted
case $target in
  g++-11)         compiler=g++-11 ;;
  sanitized)      compiler=clang++-19               flags+=(-g1 -fsanitize=address,undefined -fno-sanitize-recover=all) ;;
  clang19-libcxx) compiler=clang++-19               flags+=(-stdlib=libc++) ;;
  i686)           compiler=i686-linux-gnu-g++       link=(-static) ;;
  aarch64)        compiler=aarch64-linux-gnu-g++    link=(-static) runner=(qemu-aarch64) ;;
  s390x)          compiler=s390x-linux-gnu-g++      link=(-static) runner=(qemu-s390x) ;; # big-endian
  # Nobody there provides _sbrk or unwind tables: what wants a heap, or throws, does not link.
  cortex-m4)      compiler=arm-none-eabi-g++ flags=(-Os -mcpu=cortex-m4 -mthumb) machine=cortex_m4
                  link=(-nostartfiles "-Wl,--gc-sections,-z,noexecstack,-T,$here/cortex_m4.ld")
                  runner=(qemu-system-arm -M mps2-an386 -display none -monitor none -serial none -chardev "stdio,id=text" -semihosting-config "enable=on,target=native,chardev=text" -kernel) ;;
  *) echo "run.sh: no target $target" >&2; exit 2 ;;
esac

warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror)
case $compiler in
  clang*) ;;
  *) warnings+=(-Wno-restrict -Wno-subobject-linkage) ;; # as in cmake/warnings.cmake, and for the same reasons
esac
includes=(-I"$generated")
for part in codec stream; do includes+=(-I"$source/$part/include" -I"$source/$part/src"); done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# All sources as one: a third of the time. publish.cpp specialises what the others would instantiate.
printf '#include "%s"\n' "$source/codec/src/publish.cpp" "$source"/codec/src/[!p]*.cpp "$source"/codec/src/p[!u]*.cpp "$source"/stream/src/*.cpp "$here/check.cpp" "$here/$machine.cpp" >"$work/all.cpp"
"$compiler" -std=c++20 -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections "${flags[@]}" "${warnings[@]}" "${includes[@]}" -DVECTORS="\"$vectors\"" \
  "$work/all.cpp" "$here/vectors.S" "${link[@]}" -o "$work/check.exe"

"${runner[@]}" "$work/check.exe" | tee "$work/said"
grep -q ' vectors, 0 failed, ' "$work/said"
