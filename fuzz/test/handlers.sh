#!/bin/sh
# handlers.sh PAGE MQTTSPAN WORK: the page's files build, and its commands find the fault that its handlers have; without the fault they find nothing.
set -eu
page=$1 mqttspan=$2 work=$3
fail() {
  echo "FAILED: $1"
  exit 1
}
mkdir -p "$work"
cd "$work"
find . -maxdepth 1 -type f -delete # what an earlier run has found, too; its build stays
ln -sfn "$mqttspan" mqttspan
# The first line of a block names its file.
awk '/^```(cpp|cmake)$/ { getline; file = $2; next } /^```$/ { file = "" } file { print >file }' "$page"
[ "$(find . -maxdepth 1 -type f | wc -l)" = 4 ] || fail "the page has other files"
lines=$(grep -c . fuzz_handlers.cpp)
[ "$lines" -le 20 ] || fail "the target has $lines lines"
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" | sed 's/max_total_time=60/max_total_time=20/; s/ -B build/ -B build -G Ninja/' >commands
[ "$(wc -l <commands)" = 4 ] || fail "the page has other commands"

command() { sed -n "$1p" commands | sh; }
command 1 >log 2>&1 && command 2 >>log 2>&1 || { cat log; fail "it does not build"; }
for number in 3 4; do
  ! command $number >log 2>&1 || fail "the fault is not found: $(sed -n ${number}p commands)"
  grep -q out_of_range log || { tail -30 log; fail "it is another fault"; }
done

sed -i "s|news.topic.find('/')|news.topic.find('/') == std::string_view::npos ? 0 : news.topic.find('/')|" handlers.hpp
command 2 >log 2>&1 || { cat log; fail "it does not build"; }
for target in fuzz_handlers fuzz_bytes; do
  build/$target -runs=20000 -seed=1 >log 2>&1 || { tail -30 log; fail "$target finds something that is not there"; }
done
