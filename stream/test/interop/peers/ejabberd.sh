#!/bin/sh
# ejabberd with nothing but MQTT, on loopback, all of its files in FOLDER. Without a node name it needs no epmd and listens for no other node.
# usage: ejabberd.sh CERTIFICATES FOLDER TCP TLS WS WSS
set -eu
cat >"$2/ejabberd.yml" <<END
hosts: [localhost]
loglevel: error
certfiles: ["$1/both.pem"]
ca_file: "$1/ca.pem"
auth_method: anonymous
anonymous_protocol: login_anon
allow_multiple_connections: true
listen:
  - {port: $3, ip: "127.0.0.1", module: mod_mqtt}
  - {port: $4, ip: "127.0.0.1", module: mod_mqtt, tls: true}
  - {port: $5, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {/mqtt: mod_mqtt}}
  - {port: $6, ip: "127.0.0.1", module: ejabberd_http, tls: true, request_handlers: {/mqtt: mod_mqtt}}
modules:
  mod_mqtt: {max_queue: infinity}
END
export EJABBERD_CONFIG_PATH="$2/ejabberd.yml" EJABBERD_LOG_PATH="$2/ejabberd.log" ERL_CRASH_DUMP="$2/erl_crash.dump" HOME="$2"
ERL_LIBS="/usr/lib/$(uname -m)-linux-gnu"
export ERL_LIBS
exec erl -noinput -mnesia dir "\"$2/mnesia\"" -s ejabberd
