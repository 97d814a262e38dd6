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
texts="names describe"                        # what only a program that prints links
unlinked="answer generate packet parse_head"  # and what no program below links

# compile <build> <source> <object> [<flag>]
compile() {
  # shellcheck disable=SC2086 # flags are words
  arm-none-eabi-g++ $flags $include -I"$work/$1/codec/include" ${4-} -c "$2" -o "$3"
}

# configure <build> <versions> <options>: config.hpp by the project's own options
configure() {
  mkdir -p "$work/$1"
  cmake -S "$root" -B "$work/$1" -DMQTTSPAN_VERSIONS="$2" -DMQTTSPAN_OPTIONS="$3" -DMQTTSPAN_POSIX=OFF -DMQTTSPAN_TOOLS=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_TESTS=OFF -DMQTTSPAN_FUZZ=OFF >"$work/$1/log"
}

# codec <build> <folder> <sources> [<flag>]: those of the codec, source by source
codec() {
  mkdir -p "$work/$1/$2"
  for name in $3; do compile "$1" "$root/codec/src/$name.cpp" "$work/$1/$2/$name.o" "${4-}"; done
}

# link <name> <build> <folder of the codec's objects> <flags> [<objects>…]: the program, with a map, and without what nobody calls
link() {
  name=$1 build=$2 codec=$3 program=$4
  shift 4
  compile "$build" "$here/client.cpp" "$work/$name.program" "$program"
  # shellcheck disable=SC2086 # flags are words
  arm-none-eabi-g++ $target $program -nostartfiles --specs=nano.specs -Wl,--gc-sections,-e,main,-Map="$work/$name.map" "$work/$name.program" "$@" \
    "$work/$build/$codec"/*.o -o "$work/$name.elf"
}

rm -rf "$work"
clients='' others=''
for source in "$root"/codec/src/*.cpp; do
  name=$(basename "$source" .cpp)
  case " $texts " in *" $name "*) continue ;; esac
  case " $unlinked " in
    *" $name "*) others="$others $name" ;;
    *) clients="$clients $name" ;;
  esac
done

configure all "3.1;3.1.1;5.0" ON
codec all objects "$clients$others"
codec all texts "$texts"
for folder in objects texts; do arm-none-eabi-ld -r "$work/all/$folder"/*.o -o "$work/$folder.o"; done
link client_all all objects -DCLIENT=5
for source in stream_parser stream_parser_for_each; do compile all "$root/stream/src/$source.cpp" "$work/$source.o"; done
link client_stream all objects "-DCLIENT=5 -DSTREAM -fno-threadsafe-statics" "$work"/stream_parser*.o

for client in 5 3; do
  case $client in 5) version=5.0 ;; 3) version=3.1.1 ;; esac
  for options in ON OFF; do
    configure "$version-$options" "$version" $options
    for flag in "" -flto; do
      codec "$version-$options" "objects$flag" "$clients" $flag
      link "client_$client-$options$flag" "$version-$options" "objects$flag" "-DCLIENT=$client $flag"
    done
  done
done
python3 "$here/tables.py" "$work" "$here/README.md" "${2-}"
