#!/bin/bash
# tls_server_test.sh PROGRAM: mosquitto's clients trust it by its authority; and with an authority for clients it wants their certificates.
. "$(dirname "$0")/peers.bash"
need openssl mosquitto_pub mosquitto_sub
cd "$work"
authority() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2>openssl.err || fail openssl; }
certificate() { # NAME AUTHORITY SUBJECT_ALTERNATIVE_NAME
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>openssl.err || fail openssl
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -extfile <(echo "subjectAltName=$3") -out "$1.pem" 2>openssl.err || fail openssl
}
authority ca
authority stranger
certificate server ca IP:127.0.0.1
certificate client ca DNS:client

start server "$1" server.pem server.key 0
until_says server 'listening at'
port=$(port_of server)
start sub stdbuf -oL mosquitto_sub -d -h 127.0.0.1 -p "$port" --cafile ca.pem -t 'hall/+' -q 1 -C 1 -v
sub=$id
until_says sub Subscribed
runs 0 mosquitto_pub -h 127.0.0.1 -p "$port" --cafile ca.pem -q 1 -t other/door -m no
runs 0 mosquitto_pub -h 127.0.0.1 -p "$port" --cafile ca.pem -q 1 -t hall/door -m yes
id=$sub
ends_with sub 0
[ "$(grep ^hall sub.out)" = 'hall/door yes' ] || fail 'the subscriber got something else'
! timeout 20 mosquitto_pub -h 127.0.0.1 -p "$port" --cafile stranger.pem -t a -m b 2>/dev/null || fail 'whom does mosquitto_pub trust?'

start careful "$1" server.pem server.key 0 ca.pem
until_says careful 'listening at'
port=$(port_of careful)
runs 0 mosquitto_pub -h 127.0.0.1 -p "$port" --cafile ca.pem --cert client.pem --key client.key -q 1 -t a -m b
! timeout 20 mosquitto_pub -h 127.0.0.1 -p "$port" --cafile ca.pem -q 1 -t a -m b 2>/dev/null || fail 'a client without certificate was served'
grep -q 'certificate' careful.err || fail 'the server did not say why'

runs 1 "$1" no.pem server.key 0
says no.pem
