#!/bin/sh
# An authority, and a certificate by it for localhost and 127.0.0.1: ca.pem, cert.pem, key.pem; both.pem for those who want one file.
# usage: certificates.sh FOLDER
set -eu
mkdir -p "$1"
cd "$1"
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
# shellcheck disable=SC2086 # options are words on purpose
{
  openssl req -x509 $key -keyout ca.key -out ca.pem -subj '/CN=interop authority' -days 2
  openssl req $key -keyout key.pem -out request.pem -subj /CN=localhost
  echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' >names
  openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
} 2>openssl.log || { cat openssl.log >&2; exit 1; }
cat key.pem cert.pem >both.pem
chmod 644 key.pem both.pem # a broker that gives up root reads them, too
