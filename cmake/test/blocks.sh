#!/bin/sh
# blocks.sh FILE COMPILER OPTION...: the ```cpp blocks of a Markdown file compile, each a translation unit of its own, without a warning.
set -eu
file=$1
compiler=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk -v out="$work" '
  /^```cpp$/ { name = sprintf("%s/%02d.cpp", out, ++count); printf "" >name; next }
  /^```$/ { if (name != "") close(name); name = ""; next }
  name != "" { print >name }' "$file"

count=0
for block in "$work"/*.cpp; do
  [ -e "$block" ] || { echo "FAILED: $file has no block of C++"; exit 1; }
  "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only "$@" "$block" || { echo "FAILED: a block of $file"; cat "$block"; exit 1; }
  count=$((count + 1))
done
echo "$count blocks of $file compile"
