#!/bin/sh
# Codecs in other languages give the right answers on our streams, and fail on a wrong one; results.py and charts.gp make of a little what they make of much.
# usage: peers_test.sh <project> <folder of the bench programs> <python>
set -eu
export PYTHONDONTWRITEBYTECODE=1 # page.py has a module beside it
project=$1 programs=$2 python=$3
bench=$project/bench packages=$project/conformance/adapters/mqtt_packet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/streams" "$work/g++" "$work/charts"
"$programs/mqttspan_write_streams" "$work/streams"
(cd "$work/streams" && md5sum --quiet -c "$bench/streams.md5")

printf 'workload\tversion\toperation\tns a packet\n' >"$work/peers.tsv"
node "$bench/peers/mqtt_packet.mjs" "$work/streams" "$packages" --quick >"$work/node.tsv"
$python "$bench/peers/paho_mqtt.py" "$work/streams" --quick >"$work/paho.tsv"
[ "$(wc -l <"$work/node.tsv")" = 35 ] # a line of names, 17 streams read and written
[ "$(wc -l <"$work/paho.tsv")" = 27 ]
tail -q -n +2 "$work/node.tsv" "$work/paho.tsv" >>"$work/peers.tsv"

"$programs/mqttspan_ratios" --quick >"$work/g++/ratios.tsv"
grep -q "^W1	3.1.1	decode toy	" "$work/g++/ratios.tsv"
"$programs/mqttspan_scaling" 4096 >"$work/scaling.tsv"
{ # counts that say nothing, for each row and the floors
  printf 'workload\tversion\toperation\tinstructions\tallocations\n'
  tail -n +2 "$work/g++/ratios.tsv" | awk -F'\t' '
    { print $1 "\t" $2 "\t" $3 "\t100\t0" }
    !seen[$1, $2]++ { print $1 "\t" $2 "\tdecode floor\t100\t0"; print $1 "\t" $2 "\tgenerate floor\t100\t0" }'
} >"$work/g++/instructions.tsv"
echo 'a compiler' >"$work/g++/version"
$python "$bench/results.py" "$work" >"$work/said"
grep -q 'W4 5.0 .* x)' "$work/said"
grep -q 'wolfMQTT .* 4.97' "$work/said"
$python -c "import json, sys; r = json.load(open(sys.argv[1])); assert r['format'] == 'mqttspan-bench/1' and len(r['peers']) == 60 and r['scaling'] and r['compilers']['g++']['ratios']" "$work/results.json"
gnuplot -e "folder='$work'; compiler='g++'; machine='a machine'; out='$work/charts'" "$bench/charts.gp" 2>"$work/gnuplot"
[ ! -s "$work/gnuplot" ] || { echo "FAILED: gnuplot draws less than it should:"; cat "$work/gnuplot"; exit 1; }
$python "$bench/page.py" "$work/results.json" >"$work/page"
grep -q 'W4 5.0 `parse_as`' "$work/page"

# README.md shows the run that is kept, and its charts.
cp "$bench/README.md" "$work/README.md"
$python "$bench/page.py" "$bench/results/results.json" "$work/README.md"
cmp "$work/README.md" "$bench/README.md" || { echo 'FAILED: bench/page.py makes something else of bench/results/results.json than what bench/README.md shows'; exit 1; }
for chart in $(grep -o 'results/[a-z]*\.svg' "$bench/README.md"); do grep -q '</svg>' "$bench/$chart"; done

for chart in throughput ratio instructions payload chunks; do grep -q '</svg>' "$work/charts/$chart.svg"; done

# A checksum that is wrong.
awk -F'\t' 'BEGIN { OFS = FS } $1 == "W1-3.1.1" { $3 += 1 } { print }' "$work/streams/checksums.tsv" >"$work/wrong" && mv "$work/wrong" "$work/streams/checksums.tsv"
for peer in "node $bench/peers/mqtt_packet.mjs" "$python $bench/peers/paho_mqtt.py"; do
  if $peer "$work/streams" $(case $peer in node*) echo "$packages" ;; esac) --quick >"$work/out" 2>"$work/err"; then
    echo "FAILED: $peer does not mind a wrong checksum"
    exit 1
  fi
  grep -q 'W1-3.1.1\|W1 3.1.1' "$work/err" || { echo "FAILED: $peer does not say where"; cat "$work/err"; exit 1; }
done
