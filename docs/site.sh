#!/bin/sh
# site.sh FOLDER: builds the site into FOLDER/html. Fails on any warning of Doxygen: a public name without a comment, a reference that leads nowhere.
# Needs Debian's doxygen, doxygen-awesome-css, python3.
set -eu
SOURCE=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
SITE=$(cd "$1" && pwd)
THEME=/usr/share/doxygen-awesome-css
VERSION=$(sed -n 's/^project(mqttspan VERSION \([0-9.]*\).*/\1/p' "$SOURCE/CMakeLists.txt")
PAGES=$("$SOURCE/docs/page.py")
export SOURCE SITE THEME VERSION PAGES

rm -rf "$SITE/html" "$SITE/xml" # pages that are no more
doxygen "$SOURCE/docs/Doxyfile"
cp "$SOURCE"/docs/diagrams/*.svg "$SOURCE"/bench/results/*.svg "$SITE/html"
"$SOURCE/docs/test/reference.py" "$SITE/xml"
echo "the site: $SITE/html/index.html"
