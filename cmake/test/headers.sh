#!/bin/sh
# headers.sh COMPILER INCLUDE-FOLDER...: how many lines a source file pays for each public header of codec and stream (what the preprocessor prints, blank lines and all),
# the heaviest first. Fails above 28,000. The transports' headers stand on the standard library's heavy ones, as their users do.
set -eu
compiler=$1
shift
limit=28000
flags=-std=c++20
for folder in "$@"; do flags="$flags -I$folder"; done
for folder in "$@"; do
  for header in "$folder"/mqttspan/codec/*.hpp "$folder"/mqttspan/stream/*.hpp; do
    [ -e "$header" ] || continue
    # shellcheck disable=SC2086 # words
    echo "$(printf '#include <%s>\n' "${header#"$folder"/}" | "$compiler" $flags -E -x c++ - | wc -l) ${header#"$folder"/}"
  done
done | sort -rn | awk -v limit=$limit '{ print } NR == 1 && $1 > limit { failed = 1 } END { if (failed || NR < 30) { print "FAILED: above " limit " lines, or headers are missing (" NR " seen)"; exit 1 } }'
