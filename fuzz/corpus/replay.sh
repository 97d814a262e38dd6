#!/bin/sh
# The corpora given to their targets: all truths must hold, and what is observed must be what the file of hashes says. A line of that: target, number of inputs, hash of all that was observed.
# usage: replay.sh [--update] PROGRAMS [TARGET...]      PROGRAMS: the folder of the TARGET_replay; no target: all that are there
# environment: RUNNER, a command that runs a program (valgrind, qemu)
set -eu
corpora=$(dirname "$0")
hashes=$corpora/hashes.txt
update=no
[ "$1" != --update ] || { update=yes && shift; }
programs=$1
shift
if [ $# = 0 ]; then
  for program in "$programs"/*_replay; do set -- "$@" "$(basename "$program" _replay)"; done
fi

status=0
for target in "$@"; do
  # shellcheck disable=SC2086 # a command and its arguments
  seen=$(${RUNNER-} "$programs/${target}_replay" "$corpora/$target") || { echo "FAILED: $target: a truth does not hold, or it ended otherwise" && status=1 && continue; }
  if [ $update = yes ]; then
    { grep -v "^$target " "$hashes" || true; echo "$target $seen"; } | LC_ALL=C sort >"$hashes.new"
    mv "$hashes.new" "$hashes"
  elif ! grep -qx "$target $seen" "$hashes"; then
    echo "FAILED: observed: $target $seen"
    echo "        expected: $(grep "^$target " "$hashes" || echo nothing)"
    status=1
  fi
done
[ $status != 0 ] || echo "$# corpora: all truths held"
exit $status
