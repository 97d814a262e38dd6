#!/bin/bash
# consumer.sh SOURCE WORK COMPILER ANOTHER PYTHON: a consumer's program is built with every warning and runs, in every way that there is: FetchContent, find_package, pkg-config, raw;
# static and shared; Debug and Release. What FetchContent has built is installed and the prefix is moved; what is in it is looked at, too: by exports.py with that Python. A program
# that ANOTHER compiler has made links as well.
# (vcpkg has a test of its own: ports/test.)
set -euo pipefail
source=$1 work=$2 compiler=$3 another=$4 python=$5
here=$source/cmake/test/consumer
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
libraries=lib/$(uname -m)-linux-gnu # multiarch
version=$(sed -n 's/^project(mqttspan VERSION \([0-9.]*\).*/\1/p' "$source/CMakeLists.txt")
minor=${version%.*}
ours="^_Z(NK?|T.N)8mqttspan[0-9]+v${minor/./_}" # mangled
export CXX=$compiler
failures=0
rm -rf "$work"
mkdir -p "$work"

fail() {
  echo "FAILED: $1"
  failures=$((failures + 1))
}

quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; echo "FAILED: $*"; exit 1; }; }

# runs TEXT PROGRAM
runs() {
  local printed
  if printed=$("$2" 2>&1) && [ "$printed" = "mqttspan $version" ]; then echo "$1: ok"; else fail "$1: $printed"; fi
}

# fetch KIND TYPE: the first way; installs below $work/moved-KIND-TYPE, though CMake was told another place
fetch() {
  local out=$work/consumers-$1-$2 shared=OFF
  [ "$1" = static ] || shared=ON
  mkdir -p "$out"
  (cd "$source" && find codec/include stream/include/mqttspan/{stream,posix} -name '*.hpp' | sort | sed 's/.*\(mqttspan.*\)/#include <\1>/') >"$out/all_headers.hpp"
  quietly cmake -G Ninja -S "$here" -B "$out/FetchContent" -DWAY=FetchContent -DCMAKE_BUILD_TYPE="$2" -DHEADERS="$out" -DMQTTSPAN_SOURCES="$source" -DMQTTSPAN_SHARED=$shared \
    -DMQTTSPAN_INSTALL=ON -DCMAKE_INSTALL_PREFIX="$work/told" -DCMAKE_INSTALL_LIBDIR="$libraries"
  quietly cmake --build "$out/FetchContent"
  runs "$1 $2 FetchContent" "$out/FetchContent/consumer"
  quietly cmake --install "$out/FetchContent"
  mv "$work/told" "$work/moved-$1-$2"
}

# what is in a prefix, and that nothing in it knows where it was made
look_at() {
  local prefix=$work/moved-$1-$2 foreign
  [ -z "$(cd "$prefix/include" && find . -type f ! -path './mqttspan/*')" ] || fail "$1 $2: headers outside include/mqttspan"
  ! grep -rlE "$work|$source" "$prefix" --include='*.cmake' --include='*.pc' --include='*.hpp' || fail "$1 $2: knows the place where it was made"
  for component in codec stream posix; do
    if [ "$1" = shared ]; then
      local library=$prefix/$libraries/libmqttspan-$component.so
      [ "$(objdump -p "$library" | awk '$1 == "SONAME" { print $2 }')" = "libmqttspan-$component.so.$minor" ] || fail "$1 $2: SONAME of $component"
      foreign=$(nm -D --defined-only "$library" | awk '{ print $3 }' | grep -Ev "$ours" || :)
      [ -n "$(nm -D --defined-only "$library")" ] || fail "$1 $2: $component shows nothing"
    else # weak ones are templates of the standard library
      foreign=$(nm -g --defined-only "$prefix/$libraries/libmqttspan-$component.a" | awk 'NF == 3 && $2 !~ /[WVu]/ { print $3 }' | grep -Ev "$ours" || :)
    fi
    [ -z "$foreign" ] || fail "$1 $2: $component shows symbols that are not ours: $(echo "$foreign" | head -3 | tr '\n' ' ')"
  done
}

consume() {
  local prefix=$work/moved-$1-$2 out=$work/consumers-$1-$2 flags=(-O2 -DNDEBUG)
  [ "$2" = Release ] || flags=(-O0 -g)
  (cd "$prefix/include" && find mqttspan -name '*.hpp' | sort | sed 's/.*/#include <&>/') >"$out/all_headers.hpp"

  quietly cmake -G Ninja -S "$here" -B "$out/find_package" -DWAY=find_package -DVERSION="$minor" -DCMAKE_BUILD_TYPE="$2" -DHEADERS="$out" -DCMAKE_PREFIX_PATH="$prefix"
  quietly cmake --build "$out/find_package"
  runs "$1 $2 find_package" "$out/find_package/consumer"

  local compile=(-std=c++20 "${warnings[@]}" "${flags[@]}" -I"$out" "$here/consumer.cpp")
  local found
  found=$(PKG_CONFIG_PATH=$prefix/$libraries/pkgconfig pkg-config --cflags --libs mqttspan-posix)
  # shellcheck disable=SC2086 # words
  quietly "$compiler" "${compile[@]}" $found -Wl,-rpath,"$prefix/$libraries" -o "$out/pkg_config"
  runs "$1 $2 pkg-config" "$out/pkg_config"

  # shellcheck disable=SC2086 # words
  quietly "$another" "${compile[@]}" $found -Wl,-rpath,"$prefix/$libraries" -o "$out/another"
  runs "$1 $2 pkg-config, $another" "$out/another"

  quietly "$compiler" "${compile[@]}" -I"$prefix/include" -L"$prefix/$libraries" -lmqttspan-posix -lmqttspan-stream -lmqttspan-codec -pthread -Wl,-rpath,"$prefix/$libraries" -o "$out/raw"
  runs "$1 $2 raw" "$out/raw"
}

# refused NAME TEXT COMPONENT...: find_package ends with that message
refused() {
  local text=$2 name=$1
  shift 2
  mkdir -p "$work/refused-$name"
  printf 'cmake_minimum_required(VERSION 3.22)\nproject(refused LANGUAGES CXX)\nfind_package(mqttspan %s)\n' "$*" >"$work/refused-$name/CMakeLists.txt"
  if cmake -S "$work/refused-$name" -B "$work/refused-$name/build" -DCMAKE_PREFIX_PATH="$work/moved-static-Debug" >"$work/log" 2>&1; then
    fail "$name: nothing is said"
  elif tr -s ' \n' ' ' <"$work/log" | grep -qF "$text"; then
    echo "$name: refused"
  else
    cat "$work/log"
    fail "$name: is not told in these words: $text"
  fi
}

for kind in static shared; do
  for type in Debug Release; do
    fetch $kind $type
    look_at $kind $type
    consume $kind $type
  done
done
refused unknown "mqttspan has no component 'broker'. Its components are codec, stream, posix, tls, websocket." CONFIG REQUIRED COMPONENTS codec broker
refused not_built "built without its component 'tls': build it with -DMQTTSPAN_TLS=ON" CONFIG REQUIRED COMPONENTS tls
refused too_new "compatible with requested version" 99.0 CONFIG REQUIRED
"$python" "$source/cmake/test/exports.py" "$work/moved-shared-Release/$libraries" "$work/moved-shared-Release/include" || fail "not all is exported"
[ $failures -eq 0 ]
