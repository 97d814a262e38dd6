#!/bin/sh
# readme.sh PAGE TEMPLATE STORY-ADAPTER DRIVER PROGRAM: the commands at the top of the page run as they stand there, one after the other, with the names that a reader would put his own
# program at. A broker is mosquitto at a free port. Of brokers, clients and codecs a few probes and vectors are enough here: other tests play them all.
set -eu
page=$1
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
broker=
end() {
  [ -z "$broker" ] || kill "$broker"
  rm -rf "$work"
}
trap end EXIT

fail() {
  echo "FAILED: $1"
  exit 1
}

cp "$2" "$work/my_adapter.py"
cp "$4" "$work/my_driver.mjs"
ln -s "$3" "$work/my-story-adapter"
cat >"$work/mqttspan-conformance" <<END_OF_PROGRAM
#!/bin/sh
case \$1 in
  codec) set -- "\$@" --filter 3.1.1/ping --no-families ;;
  broker) set -- "\$@" --only B-PING --quiet ;;
  client) set -- "\$@" --only C-FLAGS/3.1.1/flags-puback-1 --quiet ;;
esac
exec '$5' "\$@"
END_OF_PROGRAM
chmod +x "$work/mqttspan-conformance"
PATH=$work:$PATH

port=$(python3 "$(dirname "$0")/../live/test/free_ports.py")
printf 'persistence false\nlog_type none\nuser %s\nallow_anonymous true\nlistener %s 127.0.0.1\n' "$(id -un)" "$port" >"$work/mosquitto.conf"
mosquitto -c "$work/mosquitto.conf" &
broker=$!
for _ in $(seq 50); do
  python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2>/dev/null && break
  sleep 0.1
done

awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" | sed "s/127.0.0.1:1883/127.0.0.1:$port/" >"$work/commands"
grep -q "127.0.0.1:$port" "$work/commands" || fail "the page has no command for a broker"
cd "$work"
count=0
while read -r command; do
  count=$((count + 1))
  status=0
  sh -c "$command" </dev/null >printed 2>&1 || status=$?
  [ "$status" -le 1 ] || { cat printed; fail "exit code $status: $command"; } # 1: something is found, as with a toy it should be
  [ -s printed ] || case $command in *report*) ;; *) fail "nothing is printed: $command" ;; esac
done <commands
for run in codec broker client; do
  grep -q '"verdict":"\(pass\|strict-pass\|fail\)"' $run.json || fail "$run.json has no verdict"
done
grep -q '</html>' report.html || fail "no page is made"
[ "$count" -ge 5 ] || fail "only $count commands are on the page"
echo "$count commands of $page run"
