#!/bin/sh
# Compiles the codec, or a layer above it, in the ways that firmware does, and looks at what comes out: symbols, static data, headers, warnings.
# usage: hygiene.sh <compiler> <layer's folder> <folder with the configured headers> <work folder> [<codec folder>]
set -u
compiler=$1 layer=$2 configured=$3 work=$4 codec=${5-$2}
name=$(basename "$(cd "$layer" && pwd)")
include="-I$layer/include -I$configured -I$layer/src"
[ "$codec" = "$layer" ] || include="$include -I$codec/include -I$codec/src"
# clang likes to make bcmp out of memcmp; the library's own build forbids it as well.
base="-std=c++20 -fno-builtin-bcmp -DMQTTSPAN_BUILDING -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections -fvisibility=hidden"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror"
# What a freestanding C library has, and `strlen` for the program's own texts.
allowed='^(memcpy|memmove|memset|memcmp|memchr|strlen)$'
# A layer above the codec also refers to what the codec defines.
[ "$codec" = "$layer" ] || allowed="$allowed|^_ZNK?8mqttspan"
# And what has memory of its own (a connection, topic aliases) asks for it, by the `new` that does not throw.
owners='^(connection.*|topic_aliases)\.o (_ZSt7nothrow|_ZdaPvm?|_ZnamRKSt9nothrow_t)$'
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

need() {
  command -v "$1" > /dev/null || { echo "FAILED: $1 is not installed"; exit 1; }
}

# compile_all <folder> <flags…>
compile_all() {
  folder=$1
  shift
  rm -rf "$folder" && mkdir -p "$folder" || exit 1
  ls "$layer"/src/*.cpp | xargs -P "$(nproc)" -I '{}' sh -c 'source=$1 folder=$2; shift 2; "$@" -c "$source" -o "$folder/$(basename "$source" .cpp).o"' \
    sh '{}' "$folder" $compiler $base $warnings $include "$@" || fail "$compiler $*: errors or warnings"
}

# Undefined symbols that no other object of the library defines.
check_symbols() {
  nm --defined-only -g "$1"/*.o | awk 'NF == 3 { print $3 }' | sort -u > "$1/defined"
  for object in "$1"/*.o; do
    nm -u "$object" | awk '{ print $2 }' | sort -u | comm -23 - "$1/defined" | grep -v '^_GLOBAL_OFFSET_TABLE_$' | grep -Ev "$allowed" |
      sed "s|^|$(basename "$object") |" | grep -Ev "$owners"
  done > "$1/foreign"
  [ ! -s "$1/foreign" ] || fail "$compiler $2: symbols from outside: $(tr '\n' ';' < "$1/foreign")"
}

# Writable static data: .data and .bss, and .data.rel.ro, which a loader has to write.
check_data() {
  for object in "$1"/*.o; do
    size -A "$object" | awk '/^\.(data|bss|tdata|tbss|init_array|ctors)/ && $2 > 0 { print $1, $2 }' | sed "s|^|$(basename "$object") |"
  done > "$1/data"
  [ ! -s "$1/data" ] || fail "$compiler $2: writable static data: $(tr '\n' ';' < "$1/data")"
}

# The functions on the path of every packet must not be taken for cold ones.
check_hot() {
  for object in "$1"/*.o; do
    objdump -t -C "$object" | sed 's/mqttspan::v[0-9_]*::/mqttspan::/g' | grep -E '\.text\.(unlikely|startup)' | grep ' F ' |
      grep -E 'mqttspan::(parse\(|parse_as<mqttspan::publish>|generate<mqttspan::publish>|generate\(mqttspan::publish|stream_parser::(run|run_plain|advance)\()' | grep -v '\[clone \.cold\]'
  done > "$1/cold"
  [ ! -s "$1/cold" ] || fail "$compiler $2: hot functions in .text.unlikely: $(cat "$1/cold")"
}

check_compiler() {
  for level in -Os -O3; do # firmware's, and everybody's
    folder=$work/$(basename "$compiler")$level
    compile_all "$folder" $level -DNDEBUG
    check_symbols "$folder" $level
    check_data "$folder" $level
    check_hot "$folder" $level
    bytes=$(size "$folder"/*.o | awk 'NR > 1 { sum += $1 } END { print sum }')
    echo "$compiler $level: $bytes bytes of text in $(ls "$folder"/*.o | wc -l) objects"
  done
  # An application is built with exceptions: no warning there, either.
  for source in "$layer"/src/*.cpp; do
    $compiler $base $warnings $include -fexceptions -frtti -fsyntax-only "$source" || fail "$source with exceptions: errors or warnings"
  done
}

check_headers() {
  for header in "$layer/include/mqttspan/$name"/*.hpp; do
    # with warnings on, and twice, so that its guard is seen
    path=mqttspan/$name/$(basename "$header")
    printf '#include <%s>\n#include <%s>\n' "$path" "$path" |
      $compiler -std=c++20 $warnings -fno-exceptions -fno-rtti $include -fsyntax-only -x c++ - || fail "$compiler: $path does not compile alone"
    # where config.hpp is missing, the inline namespace would silently be another
    if printf '#include <%s>\n' "$path" | $compiler -std=c++20 $include -E -P -x c++ - | grep -q MQTTSPAN_ABI; then
      fail "$path does not include config.hpp"
    fi
    if grep -nE '^ *# *include *<(ranges|chrono|algorithm|string|vector|iostream|functional)>' "$header"; then
      fail "$path includes what a public header must not"
    fi
  done
}

for tool in nm size objdump awk comm; do need $tool; done
need "$compiler"
[ "$(ls "$layer"/src/*.cpp 2> /dev/null | wc -l)" -gt 0 ] || { echo "FAILED: no sources in $layer/src"; exit 1; }
check_compiler
check_headers
[ $failures -eq 0 ] && echo "$compiler: clean" && exit 0
echo "$failures failures"
exit 1
