#!/bin/sh
# malformed_test.sh MQTTSPAN: the malformed packet of the demo is refused at the right byte, by the right rule, with exit code 1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
status=0
said=$("$1" explain --version 5.0 "$here/malformed.hex" 2>&1) || status=$?
echo "$said"
[ "$status" = 1 ] || { echo "FAILED: exit code $status instead of 1"; exit 1; }
for words in 'byte 10' 'topic name has a wildcard' 'MQTT-3.3.2-2' DISCONNECT; do
  echo "$said" | grep -q -- "$words" || { echo "FAILED: nothing about '$words'"; exit 1; }
done
