#!/bin/sh
# Probes against mosquitto on loopback; its known deviations stand in the peer file.
# MANNER: plain, with all probes; secured, with a password and a forbidden topic; reduced, without all that can be switched off. These two with the probes that want it.
# usage: mosquitto.sh PROGRAM PEER-FILE FOLDER [MANNER]
set -eu
manner=${4:-plain}
mkdir -p "$3"
PATH=$PATH:/usr/sbin
# Two free ports, one behind the other.
port=$(python3 - <<'END'
import socket
while True:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        try:
            two.bind(("127.0.0.1", one.getsockname()[1] + 1))
        except (OSError, OverflowError):
            continue
        print(one.getsockname()[1])
        break
END
)
{
  printf 'persistence false\nlog_type error\nuser %s\nmax_queued_messages 0\n' "$(id -un)"
  case $manner in
    plain) printf 'allow_anonymous true\nlistener %s 127.0.0.1\nlistener %s 127.0.0.1\nprotocol websockets\n' "$port" $((port + 1)) ;;
    secured) printf 'allow_anonymous false\npassword_file %s/passwords\nacl_file %s/acl\nlistener %s 127.0.0.1\n' "$3" "$3" "$port" ;;
    reduced) printf 'allow_anonymous true\nretain_available false\nmax_packet_size 2000\nlistener %s 127.0.0.1\nmax_qos 1\n' "$port" ;;
  esac
} >"$3/mosquitto.conf"
only=
case $manner in
  secured)
    rm -f "$3/passwords"
    touch "$3/passwords"
    chmod 600 "$3/passwords"
    mosquitto_passwd -b "$3/passwords" somebody secret
    printf 'user somebody\ntopic readwrite #\ntopic deny denied/#\n' >"$3/acl"
    only="B-REFUSE/*/password,B-CORDER,B-ACL,B-PUBREJ"
    ;;
  reduced) only=B-CAPS,B-CONNACK ;;
esac
"$1" broker --target "127.0.0.1:$port" --peer "$2" ${only:+--only "$only"} --start "PATH=$PATH exec mosquitto -c '$3/mosquitto.conf'" \
  --json "$3/run.json" --junit "$3/run.xml" >"$3/summary.txt" || {
  code=$?
  cat "$3/summary.txt"
  exit $code
}
tail -n 1 "$3/summary.txt"
