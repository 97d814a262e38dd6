#!/bin/sh
# Probes against ejabberd on loopback, over TCP and, one port above, over WebSocket; its known deviations stand in the peer file.
# usage: ejabberd.sh PROGRAM PEER-FILE FOLDER
set -eu
. "$(dirname "$0")/broker.sh"
rm -rf "$folder/mnesia" # what an earlier run has left
examine "exec '$starters/ejabberd.sh' - '$folder' $port - $((port + 1)) -"
