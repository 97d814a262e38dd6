#!/bin/sh
# readme.sh SOURCE TOOLS COMPILER: what README.md shows is true. Its ```cpp blocks compile and run, its ```cmake blocks build a project around each
# of those programs, its ```sh blocks run with the tools in TOOLS; a ```text block is what the block before it prints, to the byte.
set -eu
source=$1
PATH=$2:$PATH
compiler=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $1"
  exit 1
}

# One file a block: 01.sh, 02.text, 03.cpp …
awk -v out="$work" '
  /^```[a-z]/ { language = substr($0, 4); file = sprintf("%s/%02d.%s", out, ++count, language); printf "" >file; next }
  /^```$/ { if (language != "") close(file); language = ""; next }
  language != "" { print >file }' "$source/README.md"

# The commands that build and test everything are not run here, but ./run must know them.
run_shell() {
  grep '^\./run ' "$1" >"$work/run_commands" || :
  while read -r _ command _; do
    "$source/run" help | grep -q "^\./run $command " || fail "./run knows no $command"
  done <"$work/run_commands"
  grep -v '^\./run ' "$1" >"$work/commands" || return 0
  (cd "$source" && sh -eu "$work/commands") >"$work/printed" || fail "$(cat "$work/commands")"
}

# A project with the README's lines of CMake, and this source tree where they look for it.
run_program() {
  mkdir -p "$work/project/third_party"
  ln -sfn "$source" "$work/project/third_party/mqttspan"
  cp "$1" "$work/project/my_broker.cpp"
  for lines in "$work"/*.cmake; do
    printf 'cmake_minimum_required(VERSION 3.22)\nproject(reader LANGUAGES CXX)\nadd_executable(my_broker my_broker.cpp)\n' >"$work/project/CMakeLists.txt"
    cat "$lines" >>"$work/project/CMakeLists.txt"
    if ! build_project "$lines.build" >"$work/log" 2>&1; then
      cat "$work/log"
      fail "$1 does not build with these lines of CMake: $(cat "$lines")"
    fi
    "$lines.build/my_broker" >"$work/printed" || fail "$1 ended with $?"
    if grep -q add_subdirectory "$lines"; then # installed, for the lines that want it so
      cmake --install "$lines.build" --prefix "$work/installed" >"$work/log" || fail "$(cat "$work/log")"
    fi
  done
}

build_project() {
  cmake -S "$work/project" -B "$1" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS='-Wall -Wextra -Wpedantic -Werror' \
    -DFETCHCONTENT_SOURCE_DIR_MQTTSPAN="$source" -DMQTTSPAN_INSTALL=ON -DCMAKE_PREFIX_PATH="$work/installed" && cmake --build "$1"
}

checked=0
for block in "$work"/*.*; do
  case $block in
    *.sh) run_shell "$block" ;;
    *.cpp) run_program "$block" ;;
    *.text) diff "$block" "$work/printed" || fail "the output above is not what README.md says (<)" ;;
    *.cmake) ;; # around the programs
    *.build) continue ;;
    *) fail "nobody knows how to check ${block##*.}" ;;
  esac
  checked=$((checked + 1))
done
[ "$checked" -ge 8 ] || fail "README.md has only $checked blocks to check"
echo "$checked blocks checked"
