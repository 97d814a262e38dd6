#!/bin/sh
# usage: mqtt_packet_referee.sh <codec_referee_packets> <folder of this script> <work folder>
set -eu
program=$1 here=$2 work=$3
mkdir -p "$work"
"$program" json 4300 > "$work/packets.jsonl"
node "$here/mqtt_packet_referee.mjs" 4300 < "$work/packets.jsonl"
