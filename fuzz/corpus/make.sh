#!/bin/sh
# Makes the corpora anew, or better: seeds from the vectors and what is committed, fuzzing for some time, then the fewest and smallest inputs that reach all that was reached. Ends with 1 where a target found something.
# usage: make.sh CONFORMANCE BUILD SECONDS SEED [TARGET...]
#   CONFORMANCE  the program mqttspan-conformance      BUILD  a folder for clang 19's build, and for what grows
#   SECONDS      of fuzzing, for each target           SEED   not 0; another seed, another way
# Inputs named crash-HASH once showed a fault: they stay, whatever else reaches the same.
set -eu
conformance=$1 build=$2 seconds=$3 seed=$4
shift 4
top=$(cd "$(dirname "$0")/../.." && pwd)
corpora=$top/fuzz/corpus
if [ $# = 0 ]; then
  for source in "$top"/fuzz/targets/*.cpp; do set -- "$@" "$(basename "$source" .cpp)"; done
fi

cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_COMPILER=clang++-19 -DMQTTSPAN_FUZZ_ENGINE=ON -DMQTTSPAN_WEBSOCKET=ON -DMQTTSPAN_EXAMPLES=OFF \
  -DCMAKE_CXX_FLAGS='-O2 -g1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
programs=''
for target in "$@"; do programs="$programs ${target}_fuzzer"; done
# shellcheck disable=SC2086 # words on purpose
cmake --build "$build" --target $programs

# fewest FLAG INTO FROM...: into a folder that is made anew, of the inputs in others.
fewest() {
  flag=$1 into=$2
  shift 2
  rm -rf "$into"
  mkdir -p "$into"
  "$build/fuzz/${target}_fuzzer" -set_cover_merge=1 "$flag" -max_len=1024 -verbosity=0 "$into" "$@"
}

seeds=$build/seeds
"$conformance" expand | python3 "$corpora/seeds.py" --every 4 - "$top/conformance/vectors" "$seeds"
found=0
for target in "$@"; do
  committed=$corpora/$target grown=$build/grown/$target least=$build/least/$target
  mkdir -p "$grown" "$committed" "$seeds/$target"
  "$build/fuzz/${target}_fuzzer" -seed="$seed" -max_total_time="$seconds" -max_len=1024 -dict="$top/fuzz/mqtt.dict" -artifact_prefix="$build/$target-" -verbosity=0 \
    "$grown" "$committed" "$seeds/$target" || { found=1 && continue; }
  fewest -use_counters=1 "$least" "$grown" "$committed" "$seeds/$target"
  # Many are cut down to those that reach each edge, however often: that is a third of them.
  [ "$(find "$least" -type f | wc -l)" -le 250 ] || { fewest -use_counters=0 "$least.edges" "$least" && least=$least.edges; }
  find "$committed" -type f ! -name 'crash-*' -delete
  cp "$least"/* "$committed"
  echo "$target: $(find "$committed" -type f | wc -l) inputs"
done
[ $found = 0 ] || echo "FAILED: what was found lies in $build"
exit $found
