#!/bin/sh
# diagrams.sh [--update]: each committed .svg shows the nodes, edges and words of its .dot. Positions are not compared: they depend on the fonts of the machine.
set -eu
cd "$(dirname "$0")/../diagrams"

words() { grep -E '^<(title|text)' | sed 's/<text[^>]*>/<text>/' | sort; }

status=0
for drawing in *.dot; do
  picture=${drawing%.dot}.svg
  if [ "${1-}" = --update ]; then dot -Tsvg "$drawing" >"$picture"; fi
  want=$(dot -Tsvg "$drawing" | words)
  have=$(words <"$picture")
  if [ "$want" != "$have" ]; then
    echo "FAILED: $picture is not what $drawing draws; $0 --update"
    status=1
  fi
done
exit $status
