#!/bin/sh
# mosquitto on loopback. WebSocket alone it refuses, beside TCP it has it.
# usage: mosquitto.sh CERTIFICATES FOLDER TCP TLS WS WSS
set -eu
cat >"$2/mosquitto.conf" <<END
allow_anonymous true
persistence false
log_type error
user $(id -un)
max_queued_messages 0
END
printf 'listener %s 127.0.0.1\nlistener %s 127.0.0.1\ncertfile %s\nkeyfile %s\n' "$3" "$4" "$1/cert.pem" "$1/key.pem" >>"$2/mosquitto.conf"
printf 'listener %s 127.0.0.1\nprotocol websockets\nlistener %s 127.0.0.1\nprotocol websockets\ncertfile %s\nkeyfile %s\n' "$5" "$6" "$1/cert.pem" "$1/key.pem" >>"$2/mosquitto.conf"
PATH=$PATH:/usr/sbin
exec mosquitto -c "$2/mosquitto.conf"
