#!/bin/bash
# Windows: codec and stream layer as DLLs and the mqttspan command, built across by CMake; then under wine all vectors, judged through the DLLs, and the command beside the one of this build.
#   windows.sh <our mqttspan> <packed vectors> <build folder>
# Needs mingw-w64 (posix threads) and wine64. The build folder is kept, so that a second run is quick.
set -euo pipefail
native=$1 vectors=$2 build=$3
here=$(cd "$(dirname "$0")" && pwd)
source=$here/../..
mkdir -p "$build"
build=$(cd "$build" && pwd)

say() { printf '\n== %s\n' "$1"; }

# CLI11 and nlohmann-json are headers, but beside them in /usr/include are those of Linux: copies in a place of their own.
for part in include/CLI include/nlohmann share/cmake/CLI11 share/cmake/nlohmann_json; do
  mkdir -p "$build/prefix/$part"
  cp -a "/usr/$part/." "$build/prefix/$part"
done

say 'build'
# Static what is not ours, so that wine finds all. -O1 makes objects a tenth as large as none: the linker takes half a minute longer for those.
cmake -G Ninja -S "$source" -B "$build/cmake" -DCMAKE_TOOLCHAIN_FILE="$here/mingw.cmake" -DCMAKE_FIND_ROOT_PATH="$build/prefix" -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 \
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_CXX_STANDARD_LIBRARIES=-static -DCMAKE_RUNTIME_OUTPUT_DIRECTORY="$build/bin" \
  -DMQTTSPAN_WERROR=ON -DMQTTSPAN_SHARED=ON -DMQTTSPAN_PCAP=OFF -DMQTTSPAN_CONFORMANCE=OFF -DMQTTSPAN_EXAMPLES=OFF -DMQTTSPAN_TESTS=OFF >"$build/log" || { cat "$build/log"; exit 1; }
cmake --build "$build/cmake" --target mqttspan_tool >"$build/log" || { cat "$build/log"; exit 1; }
x86_64-w64-mingw32-g++-posix -std=c++20 -O1 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror \
  -I"$source/codec/include" -I"$build/cmake/codec/include" -I"$source/stream/include" -DVECTORS="\"$vectors\"" \
  "$here/check.cpp" "$here/hosted.cpp" "$here/vectors.S" "$build"/cmake/{stream,codec}/*.dll.a -static -o "$build/bin/check.exe"

export HOME="$build" WINEPREFIX="$build/wine" WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='
unset DISPLAY
trap 'wineserver -k || true' EXIT
timeout 120 wineboot --init
windows() { timeout 120 wine "$build/bin/$1.exe" "${@:2}"; }

say 'vectors'
windows check | tee "$build/said"
grep -q ' vectors, 0 failed, ' "$build/said"

# What they print, byte by byte: nothing on the way may turn line ends or stop at ^Z; what they complain of, where line ends are Windows's; and the exit codes.
say 'mqttspan beside mqttspan.exe'
cd "$build"
run() { # <name of what it leaves> <input> <command>...
  local status=0
  "${@:3}" <"$2" >"$1.out" 2>"$1.err" || status=$?
  echo "$status" >"$1.exit"
}
both() { # <input> <argument>...
  run ours "$1" "$native" "${@:2}"
  run theirs "$1" windows mqttspan "${@:2}"
  sed -i 's/\r$//' theirs.err
  for what in out err exit; do cmp "ours.$what" "theirs.$what"; done
  printf '%6d bytes, exit code %d: mqttspan %s\n' "$(wc -c <ours.out)" "$(cat ours.exit)" "${*:2}"
}
"$native" decode --json --connection 1 "$source/demo/session.pcap" >session.json
printf '{"type":"publish","topic":"every/byte","qos":1,"packet_id":2573,"payload":{"hex":"%s"}}\n' "$(printf '%02x' {0..255})" >>session.json
both session.json encode --raw
cp ours.out session.bytes
both session.json encode --hex
both session.bytes decode
both session.bytes decode --raw --json
both session.bytes explain session.bytes
both "$source/demo/malformed.hex" explain --version 5.0
both "$source/demo/malformed.hex" decode --version 3.1.1 --from server
both session.json names topic_alias

say 'a capture, which it cannot read'
run capture "$source/demo/session.pcap" windows mqttspan decode
grep 'built without libpcap' capture.err
[ "$(cat capture.exit)" = 1 ] && [ ! -s capture.out ]
