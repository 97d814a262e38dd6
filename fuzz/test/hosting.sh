#!/bin/bash
# hosting.sh BUILD-SCRIPT WORK SANITIZER [TARGET...]: runs the script as the base builder of OSS-Fuzz does, with clang 19 and its flags for libFuzzer and that sanitizer, into WORK/out.
set -eu
script=$1 work=$2 sanitizer=$3
shift 3
rm -rf "$work/out"
mkdir -p "$work/out" "$work/src"
undefined=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr
case $sanitizer in
  address) own='-fsanitize=address -fsanitize-address-use-after-scope -fsanitize=fuzzer-no-link' ;;
  undefined) own="-fsanitize=$undefined,unsigned-integer-overflow -fno-sanitize-recover=$undefined -fsanitize=fuzzer-no-link" ;;
  memory) own='-fsanitize=memory -fsanitize-memory-track-origins -fsanitize=fuzzer-no-link' ;;
  coverage) own='-fprofile-instr-generate -fcoverage-mapping' ;;
  *) exit 2 ;;
esac
flags='-O1 -fno-omit-frame-pointer -gline-tables-only -Wno-error=incompatible-function-pointer-types -Wno-error=int-conversion -Wno-error=deprecated-declarations'
flags="$flags -Wno-error=implicit-function-declaration -Wno-error=implicit-int -Wno-error=vla-cxx-extension -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
flags="$flags $own"
# Debian's libFuzzer is made with libstdc++, the base builder's with libc++: there the engine is -fsanitize=fuzzer alone.
exec env -i PATH="$PATH" HOME="$work" CC=clang-19 CXX=clang++-19 CFLAGS="$flags" CXXFLAGS="$flags -stdlib=libc++" LIB_FUZZING_ENGINE='-fsanitize=fuzzer -lc++ -lc++abi -l:libstdc++.so.6' \
  FUZZING_ENGINE=libfuzzer FUZZING_LANGUAGE=c++ SANITIZER="$sanitizer" ARCHITECTURE=x86_64 OUT="$work/out" SRC="$work/src" WORK="$work" \
  ${CMAKE_CXX_COMPILER_LAUNCHER:+CMAKE_CXX_COMPILER_LAUNCHER="$CMAKE_CXX_COMPILER_LAUNCHER"} ${CCACHE_DIR:+CCACHE_DIR="$CCACHE_DIR"} "$script" "$@"
