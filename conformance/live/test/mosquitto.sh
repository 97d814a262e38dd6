#!/bin/sh
# Probes against mosquitto on loopback; its known deviations stand in the peer file.
# MANNER: plain, with all probes; secured, with a password and a forbidden topic; reduced, without all that can be switched off. These two with the probes that want it.
# usage: mosquitto.sh PROGRAM PEER-FILE FOLDER [MANNER]
set -eu
. "$(dirname "$0")/broker.sh"
manner=${4:-plain}
PATH=$PATH:/usr/sbin
{
  printf 'persistence false\nlog_type error\nuser %s\n' "$(id -un)"
  case $manner in
    plain) printf 'allow_anonymous true\nlistener %s 127.0.0.1\nlistener %s 127.0.0.1\nprotocol websockets\n' "$port" $((port + 1)) ;;
    secured) printf 'allow_anonymous false\npassword_file %s/passwords\nacl_file %s/acl\nlistener %s 127.0.0.1\n' "$folder" "$folder" "$port" ;;
    reduced) printf 'allow_anonymous true\nretain_available false\nmax_packet_size 2000\nlistener %s 127.0.0.1\nmax_qos 1\n' "$port" ;;
  esac
} >"$folder/mosquitto.conf"
only=
case $manner in
  secured)
    rm -f "$folder/passwords"
    touch "$folder/passwords"
    chmod 600 "$folder/passwords"
    mosquitto_passwd -b "$folder/passwords" somebody secret
    printf 'user somebody\ntopic readwrite #\ntopic deny denied/#\n' >"$folder/acl"
    only="B-REFUSE/*/password,B-CORDER,B-ACL,B-PUBREJ"
    ;;
  reduced) only=B-CAPS,B-CONNACK ;;
esac
examine "PATH=$PATH exec mosquitto -c '$folder/mosquitto.conf'" "$only"
