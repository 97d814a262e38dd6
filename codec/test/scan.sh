#!/bin/sh
# The quick scans on another processor: scan.sh <compiler> <folder of the generated headers> <runner>
# GoogleTest is compiled for it as well, from the sources that Debian's package brings.
set -eu
compiler=$1 generated=$2 runner=$3
here=$(cd "$(dirname "$0")" && pwd)
googletest=/usr/src/googletest/googletest
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$compiler" -std=c++20 -O1 -static -pthread -I"$googletest" -I"$googletest/include" -I"$here" -I"$here/../src" -I"$here/../include" -I"$generated" \
  "$here/scan_test.cpp" "$here/property_scan_test.cpp" "$googletest/src/gtest-all.cc" "$googletest/src/gtest_main.cc" -o "$work/scan" 2>"$work/log" || { cat "$work/log"; exit 1; }
"$runner" "$work/scan" --gtest_brief=1
