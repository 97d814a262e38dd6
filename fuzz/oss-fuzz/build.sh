#!/bin/bash -eu
exec "$SRC/mqttspan/fuzz/build.sh"
