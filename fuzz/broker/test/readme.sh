#!/bin/sh
# readme.sh PAGE PROGRAM TOY-BROKER TOY-CLIENT: the commands of the page run as they stand there, those of its workflow too, with the toys in the place of a reader's own programs.
# They find what the toy has, and nothing in one without bugs.
set -eu
page=$1
work=$(mktemp -d)
other=
end() {
  [ -z "$other" ] || kill "$other"
  rm -rf "$work"
}
trap end EXIT
fail() {
  echo "FAILED: $1"
  exit 1
}

ln -s "$2" "$work/mqttspan-fuzz"
ln -s "$4" "$work/my-client"
# shellcheck disable=SC2016
printf '#!/bin/sh\nexec %s --bug second-connect "$2"\n' "$3" >"$work/my-broker"
chmod +x "$work/my-broker"
echo '{"format": "mqttspan-peer/1", "deviations": []}' >"$work/known.json"
PATH=$work:$PATH
port=$(python3 "$(dirname "$0")/../../../conformance/live/test/free_ports.py")
"$3" 0 >"$work/port" &
other=$!
while [ ! -s "$work/port" ]; do sleep 0.05; done

here() { # the page's ports and times, as a test has them
  sed "s/127.0.0.1:1883/127.0.0.1:$port/; s/-p 1883/-p $port/; s/127.0.0.1:1884/127.0.0.1:$(cat "$work/port")/; s/--max-time 60/--max-time 4 --max-findings 1/; s/\${{ [^}]* }}/7/" |
    sed '/--against/s/$/ --start "exec my-broker -p '"$port"'"/'
}
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" | here >"$work/commands"
awk '/^```yaml$/ { inside = 1; next } /^```$/ { inside = 0 } inside && /^ *mqttspan-fuzz broker/' "$page" | here >"$work/steps"
cd "$work"
count=0
run() {
  while read -r command; do
    count=$((count + 1))
    status=0
    sh -c "$command" </dev/null >printed 2>&1 || status=$?
    case $command in *client*) expected=0 ;; *) expected=1 ;; esac
    [ "$status" = "$expected" ] || { cat printed; fail "exit code $status: $command"; }
    [ -s printed ] || fail "nothing is printed: $command"
    [ -f found/case.json ] || cp found/F-CRASH*.json found/case.json # the name that the page has
  done <"$1"
}
run commands
[ "$count" = 5 ] || fail "$count commands are on the page"
run steps
[ "$count" = 6 ] || fail "the workflow has no command"
for file in run.json run.sarif fuzz.xml fuzz.sarif; do [ -s $file ] || fail "$file was not written"; done
echo "$count commands of $page run"
