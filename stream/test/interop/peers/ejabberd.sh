#!/bin/sh
# ejabberd with nothing but MQTT, on loopback, all of its files in FOLDER. Without a node name it needs no epmd and listens for no other node.
# A port of "-": not over that; without TLS and WSS nobody reads the certificates.
# usage: ejabberd.sh CERTIFICATES FOLDER TCP TLS WS WSS
set -eu
listeners='' certificates=''
listen() { # listen PORT OPTIONS
  [ "$1" = - ] || listeners="$listeners
  - {port: $1, ip: \"127.0.0.1\", backlog: 1024, $2}"
}
listen "$3" 'module: mod_mqtt'
listen "$4" 'module: mod_mqtt, tls: true'
listen "$5" 'module: ejabberd_http, request_handlers: {/mqtt: mod_mqtt}'
listen "$6" 'module: ejabberd_http, tls: true, request_handlers: {/mqtt: mod_mqtt}'
[ "$4$6" = -- ] || certificates="certfiles: [\"$1/both.pem\"]
ca_file: \"$1/ca.pem\""
cat >"$2/ejabberd.yml" <<YML
hosts: [localhost]
loglevel: error
$certificates
auth_method: anonymous
anonymous_protocol: login_anon
allow_multiple_connections: true
listen:$listeners
modules:
  mod_mqtt: {max_queue: infinity}
YML
export EJABBERD_CONFIG_PATH="$2/ejabberd.yml" EJABBERD_LOG_PATH="$2/ejabberd.log" ERL_CRASH_DUMP="$2/erl_crash.dump" HOME="$2"
ERL_LIBS="/usr/lib/$(uname -m)-linux-gnu"
export ERL_LIBS
# Its schedulers would spin where they have nothing to do: on a busy machine it could take a minute to start.
exec erl -noinput +sbwt none +sbwtdcpu none +sbwtdio none -mnesia dir "\"$2/mnesia\"" -s ejabberd
