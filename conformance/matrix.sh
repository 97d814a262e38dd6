#!/bin/sh
# matrix.sh BUILD FOLDER: examines every peer that has a file in peers/, on loopback, one after the other, and makes one report of all: FOLDER/report.html and FOLDER/matrix.md. The runs themselves
# are in FOLDER, too. Ends with 1 where a peer fails in a way that its file does not know. `./run matrix` builds and installs what it needs.
# matrix.sh BUILD FOLDER NAME...: only these peers anew; the others' runs are as they are in FOLDER.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(realpath --relative-to "$root" "$1")
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$root" # the report says by which commands codecs were asked: none of them has a place of this machine in it
here=conformance
program=./$build/conformance/runner/mqttspan-conformance
interop=stream/test/interop/peers
shift 2
names=$*
python=$(command -v /usr/bin/python3 || command -v python3) # Debian's first: that is where its packages are
status=0
runs=

# examine NAME COMMAND...: its run is FOLDER/NAME/run.json.
examine() {
  name=$1
  shift
  mkdir -p "$out/$name"
  case " $names " in
    *" $name "* | "  ")
      echo "matrix: $name" >&2
      "$@" >"$out/$name.txt" || { echo "matrix: $name: exit code $?" >&2; status=1; }
      ;;
  esac
  [ ! -s "$out/$name/run.json" ] || runs="$runs $out/$name/run.json"
}

codec() { # codec NAME COMMAND
  examine "$1" "$program" codec --adapter "$2" --peer "$here/peers/$1.json" --json "$out/$1/run.json"
}
broker() { examine "$1" "$here/live/test/$1.sh" "$program" "$here/peers/$1.json" "$out/$1"; }
client() { examine "$1" "$here/live/test/client.sh" "$program" "$here/peers/$1.json" "$out/$1" "$2"; }

for folder in "$interop" "$here/adapters/mqtt_packet"; do [ -d "$folder/node_modules" ] || (cd "$folder" && npm ci); done

examine codec "$program" codec --own --adapter "./$build/tools/mqttspan adapter" --name mqttspan --json "$out/codec/run.json"
examine connection "$program" stories --adapter "./$build/conformance/stories/mqttspan-story-adapter" --name mqttspan --json "$out/connection/run.json"
codec mqtt_packet "node '$here/adapters/mqtt_packet/adapter.mjs'"
codec paho_python_codec "$python '$here/adapters/paho_python/adapter.py'"
codec tshark "$python '$here/adapters/tshark/adapter.py'"
broker mosquitto
broker aedes
broker ejabberd
client mqttspan "./$build/conformance/live/mqttspan-driver"
client mosquitto_clients "$python '$here/live/drivers/mosquitto_clients.py'"
client mqttjs "NODE_MODULES='$root/$interop' node '$here/live/drivers/mqttjs.mjs'"
client paho_c "./$build/conformance/live/paho-c-driver"
client paho_python "$python '$here/live/drivers/paho_python.py'"
# shellcheck disable=SC2086 # a word a run
"$program" report $runs -o "$out/report.html" --markdown "$out/matrix.md"
exit $status
