#!/bin/sh
# Probes against aedes on loopback, over TCP and, one port above, over WebSocket; its known deviations stand in the peer file.
# usage: aedes.sh PROGRAM PEER-FILE FOLDER
set -eu
. "$(dirname "$0")/broker.sh"
examine "exec node '$starters/aedes.mjs' - '$folder' $port - $((port + 1)) -"
