#!/bin/sh
# mosquitto on loopback; Debian builds it without WebSocket. With `websockets` it is asked for that all the same, and must not start.
# usage: mosquitto.sh CERTIFICATES FOLDER TCP TLS WS WSS [websockets]
set -eu
cat >"$2/mosquitto.conf" <<END
allow_anonymous true
persistence false
log_type error
user $(id -un)
max_queued_messages 0
END
if [ "${7-}" = websockets ]; then
  printf 'listener %s 127.0.0.1\nprotocol websockets\n' "$5" >>"$2/mosquitto.conf"
else
  printf 'listener %s 127.0.0.1\nlistener %s 127.0.0.1\ncertfile %s\nkeyfile %s\n' "$3" "$4" "$1/cert.pem" "$1/key.pem" >>"$2/mosquitto.conf"
fi
PATH=$PATH:/usr/sbin
exec mosquitto -c "$2/mosquitto.conf"
