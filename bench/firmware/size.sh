#!/bin/sh
# How much flash the codec takes on a Cortex-M4: compiles and links it as firmware does, and compares with the tables in README.md. Red where they differ, so that no figure grows unseen.
# usage: size.sh <work folder> [--update]      --update writes the tables: do so for lower figures, too, or they will be lost again
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$1
target="-mcpu=cortex-m4 -mthumb -Os"
flags="$target -std=c++20 -DNDEBUG -DMQTTSPAN_BUILDING -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections -fno-builtin-bcmp"
include="-I$root/codec/include -I$root/codec/src -I$root/stream/include -I$root/stream/src"
texts="names describe"                      # what only a program that prints links
others="answer generate packet parse_head"  # and what no program below links

# compile <build> <source> <object> [<flag>]
compile() {
  # shellcheck disable=SC2086 # flags are words
  arm-none-eabi-g++ $flags $include -I"$work/$1/codec/include" ${4-} -c "$2" -o "$3"
}

# build <build> <versions> <options> [<sources to leave out> [<flag>]]: config.hpp by the project's own options, then the codec, source by source
build() {
  mkdir -p "$work/$1/objects" "$work/$1/texts"
  cmake -S "$root" -B "$work/$1" -DMQTTSPAN_VERSIONS="$2" -DMQTTSPAN_OPTIONS="$3" -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_FUZZ=OFF >"$work/$1/log"
  for source in "$root"/codec/src/*.cpp; do
    name=$(basename "$source" .cpp)
    case " ${4-} " in
      *" $name "*) continue ;;
    esac
    case " $texts " in
      *" $name "*) folder=texts ;;
      *) folder=objects ;;
    esac
    compile "$1" "$source" "$work/$1/$folder/$name.o" "${5-}"
  done
}

# link <name> <build> <flags of the program> [<objects>…]: with a map, and without what nobody calls
link() {
  name=$1 build=$2 program=$3
  shift 3
  compile "$build" "$here/client.cpp" "$work/$name.program" "$program"
  # shellcheck disable=SC2086 # flags are words
  arm-none-eabi-g++ $target $program -nostartfiles --specs=nano.specs -Wl,--gc-sections,-e,main,-Map="$work/$name.map" "$work/$name.program" "$@" \
    "$work/$build"/objects/*.o -o "$work/$name.elf"
}

rm -rf "$work"
build all "3.1;3.1.1;5.0" ON
for version in 5.0 3.1.1; do
  build $version $version ON "$texts $others"
  build $version-bare $version OFF "$texts $others"
  build $version-lto $version ON "$texts $others" -flto
  build $version-bare-lto $version OFF "$texts $others" -flto
done
for folder in objects texts; do arm-none-eabi-ld -r "$work/all/$folder"/*.o -o "$work/$folder.o"; done
for source in stream_parser stream_parser_for_each; do compile all "$root/stream/src/$source.cpp" "$work/$source.o"; done
link client_5 5.0 -DCLIENT=5
link client_5_bare 5.0-bare -DCLIENT=5
link client_5_lto 5.0-lto "-DCLIENT=5 -flto"
link client_5_bare_lto 5.0-bare-lto "-DCLIENT=5 -flto"
link client_3 3.1.1 -DCLIENT=3
link client_3_bare 3.1.1-bare -DCLIENT=3
link client_3_lto 3.1.1-lto "-DCLIENT=3 -flto"
link client_3_bare_lto 3.1.1-bare-lto "-DCLIENT=3 -flto"
link client_all all -DCLIENT=5
link client_stream all "-DCLIENT=5 -DSTREAM -fno-threadsafe-statics" "$work"/stream_parser*.o
python3 "$here/tables.py" "$work" "$here/README.md" "${2-}"
