#!/bin/sh
# portfile_test.sh WORK static|dynamic SOURCE: our port is installed, and programs are built out of the package in each way that people have: find_package in both configurations,
# by hand, pkg-config; then a port of somebody else that needs ours, and a program that knows only that one. CXX and ccache's settings come with the environment.
set -eu
work=$1 linkage=$2 source=$3
here=$source/ports/test
installed=$work/installed/test-$linkage
out=$work/consumers/$linkage
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'
socket=$(mktemp -u "${TMPDIR:-/tmp}/portXXXXXX") # a socket's path is short
trap 'rm -f "$socket"' EXIT

rm -rf "$installed" "$out"
mkdir -p "$out"

# build NAME SOURCE: $out/NAME/{Debug,Release}/NAME
build() {
  cmake -G 'Ninja Multi-Config' -S "$2" -B "$out/$1" -DCMAKE_CONFIGURATION_TYPES='Debug;Release' -DCMAKE_CXX_FLAGS_RELEASE='-DNDEBUG' -DCMAKE_CXX_FLAGS_DEBUG='' \
    -DCMAKE_PREFIX_PATH="$installed" >"$out/log"
  for configuration in Debug Release; do cmake --build "$out/$1" --config $configuration >"$out/log" || { cat "$out/log"; exit 1; }; done
}

# hears TOPIC PROGRAM...
hears() {
  topic=$1
  shift
  heard=$("$@") || { echo "FAILED: $*"; exit 1; }
  [ "$heard" = "heard $topic" ] || { echo "FAILED: $* says: $heard"; exit 1; }
}

"$here/install.sh" "$work" "$linkage" "$source/ports/mqttspan" "$source"
case $linkage in static) suffix=a ;; dynamic) suffix=so ;; esac
for tree in "$installed" "$installed/debug"; do
  for component in codec stream posix; do [ -e "$tree/lib/libmqttspan-$component.$suffix" ] || { echo "FAILED: $tree has no $linkage $component"; exit 1; }; done
done

build consumer "$here/consumer"
hears hall/door "$out/consumer/Debug/consumer"
hears hall/door "$out/consumer/Release/consumer"
grep -q "/debug/lib/libmqttspan-posix" "$out/consumer/CMakeFiles/impl-Debug.ninja" || { echo 'FAILED: the Debug program links the release libraries'; exit 1; }
! grep -q "/debug/lib/libmqttspan-posix" "$out/consumer/CMakeFiles/impl-Release.ninja" || { echo 'FAILED: the Release program links the debug libraries'; exit 1; }
echo "$linkage, find_package: ok"

# By hand: the folder, all libraries in any order, no macro.
# shellcheck disable=SC2086 # the warnings are words
ccache "$CXX" -std=gnu++20 $warnings -I"$installed/include" -c "$here/consumer/consumer.cpp" -o "$out/consumer.o"
"$CXX" "$out/consumer.o" -Wl,--start-group "$installed"/lib/libmqttspan-*."$suffix" -Wl,--end-group -pthread -Wl,-rpath,"$installed/lib" -o "$out/by_hand"
hears hall/door "$out/by_hand"
echo "$linkage, by hand: ok"

for tree in "$installed" "$installed/debug"; do
  flags=$(PKG_CONFIG_LIBDIR=$tree/lib/pkgconfig pkg-config --cflags --libs mqttspan-posix)
  # shellcheck disable=SC2086 # flags are words
  "$CXX" -std=c++20 $warnings "$here/consumer/consumer.cpp" $flags -Wl,-rpath,"$tree/lib" -o "$out/by_pkg_config"
  hears hall/door "$out/by_pkg_config"
done
echo "$linkage, pkg-config: ok"

"$here/install.sh" "$work" "$linkage" "$here/two_level/port" "$here/two_level/source"
build program "$here/two_level/program"
for configuration in Debug Release; do
  timeout 60 "$out/consumer/$configuration/consumer" "$socket" >"$out/heard" &
  while [ ! -S "$socket" ] && kill -0 $!; do sleep 0.1; done
  "$out/program/$configuration/program" "$socket" >"$out/said"
  wait $! || { echo "FAILED: the broker; the program says: $(cat "$out/said")"; exit 1; }
  [ "$(cat "$out/heard")" = 'heard hall/telegram' ] || { echo "FAILED: through telegram was $(cat "$out/heard")"; exit 1; }
  rm -f "$socket"
done
echo "$linkage, a port that needs ours: ok"
