#!/bin/sh
# What the command line refuses, and with which exit code.
# usage: usage.sh PROGRAM
set -u
failed=0
expect() { # EXIT-CODE TEXT ARGUMENT...
  code=$1 text=$2
  shift 2
  said=$("$program" "$@" 2>&1)
  got=$?
  case $got:$said in
    "$code":*"$text"*) ;;
    *) echo "expected exit $code and \"$text\", got $got: $said ($*)" && failed=1 ;;
  esac
}
program=$1
expect 2 "not on loopback" broker --target 192.0.2.1:1883
expect 2 "not on loopback" broker --target broker.example:1883
expect 2 "--the-target-is-mine" broker --target '[2001:db8::1]:1883'
expect 2 "no host:port" broker --target 127.0.0.1
expect 2 "is missing" broker
expect 2 "no version" broker --target 127.0.0.1:1 --versions 4
expect 2 "cannot read" broker --target 127.0.0.1:1 --peer nowhere.json
expect 2 "no probe" broker --target 127.0.0.1:1 --only B-NOTHING
expect 3 "nobody answers" broker --target 127.0.0.1:1 --only B-PING
named=$(mktemp)
echo '{"format": "mqttspan-peer/1", "target": "127.0.0.1:1"}' >"$named"
expect 3 "127.0.0.1:1" broker --peer "$named" --only B-PING
rm "$named"
expect 2 "is missing" client
expect 2 "not on loopback" client --listen 0.0.0.0:1883
expect 3 "nobody came" client --listen 0 --wait 1 --only C-FIRST
expect 0 "B-PING/5.0/connected" broker --list --only B-PING
exit $failed
