#!/bin/sh
# dictionary.sh PROGRAM DICTIONARY TESTS: the committed dictionary is the program's output; every property and reason code of the tests' tables, which were written from the specification, is in it.
set -eu
"$1" | diff "$2" - || { echo "FAILED: mqtt.dict is not what $1 prints"; exit 1; }
missing=0
for id in $(sed -n 's/^ *{0x\([0-9A-F]*\), "[a-z_]*", .*/\1/p' "$3/spec_property_table.hpp"); do
  grep -q "^property_[a-z_]*=\"\\\\x$id" "$2" || { echo "no property 0x$id"; missing=1; }
done
for code in 00 01 02 04 10 11 18 19 80 81 82 83 84 85 86 87 88 89 8A 8B 8C 8D 8E 8F 90 91 92 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2; do
  grep -q "^reason_[a-z_0-9]*=\"\\\\x$code\"" "$2" || { echo "no reason code 0x$code"; missing=1; }
done
[ "$(grep -c '^property_' "$2")" = 27 ] || { echo "not 27 properties"; missing=1; }
[ $missing = 0 ] || { echo "FAILED: mqtt.dict is incomplete"; exit 1; }
