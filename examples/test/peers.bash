# For the tests beside it, which source it: programs in the background, mosquitto at a free port, and what somebody printed.
# Everything is on loopback and bounded in time; what was started is ended by its id.
set -euo pipefail
PATH=$PATH:/usr/sbin # mosquitto's place
work=$(mktemp -d)
started=()

end() {
  [ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null || :
  wait
  rm -rf "$work"
}
trap end EXIT

fail() {
  echo "FAILED: $1"
  for log in "$work"/*.out "$work"/*.err; do [ ! -s "$log" ] || { echo "--- $(basename "$log")" && tail -n 40 "$log"; }; done
  exit 1
}

need() {
  for program; do command -v "$program" >/dev/null || fail "$program is not installed"; done
}

# start NAME COMMAND...: in the background; it prints to $work/NAME.out and NAME.err, and its id is in $id.
start() {
  local name=$1
  shift
  timeout 100 "$@" >"$work/$name.out" 2>"$work/$name.err" &
  id=$!
  started+=("$id")
}

# until_says NAME WORDS: waits until it has printed a line with the words, at most 20 seconds.
until_says() {
  for _ in {1..400}; do
    ! grep -qsF -- "$2" "$work/$1.out" || return 0
    sleep 0.05
  done
  fail "$1 never said: $2"
}

# ends_with NAME STATUS: waits for what was started last.
ends_with() {
  local status=0
  wait "$id" || status=$?
  [ "$status" = "$2" ] || fail "$1 ended with $status, not $2"
}

# prints NAME FILE: what it printed is what the file says, to the byte.
prints() { diff "$2" "$work/$1.out" || fail "$1 printed something else (>)"; }

# runs STATUS COMMAND...: in the foreground; prints to $work/run.out and run.err.
runs() {
  local wanted=$1 status=0
  shift
  timeout 60 "$@" >"$work/run.out" 2>"$work/run.err" || status=$?
  [ "$status" = "$wanted" ] || fail "$* ended with $status, not $wanted"
}

says() { grep -qF -- "$1" "$work/run.err" || fail "it did not say: $1"; }

port_of() { sed -n 's/^listening at .*://p' "$work/$1.out"; }

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# start_mosquitto NAME [LINE...]: with these lines of configuration; its port is in $port. It logs all packets.
start_mosquitto() {
  local name=$1
  shift
  need mosquitto mosquitto_pub mosquitto_sub node
  for _ in 1 2 3; do # somebody may take the free port before it does
    port=$(free_port)
    printf '%s\n' "listener $port 127.0.0.1" 'log_dest stdout' 'log_type all' 'persistence false' 'max_queued_messages 0' "$@" >"$work/$name.conf"
    chmod 755 "$work"
    start "$name" stdbuf -oL mosquitto -c "$work/$name.conf"
    for _ in {1..200}; do
      ! grep -qs ' running$' "$work/$name.out" || return 0
      kill -0 "$id" 2>/dev/null || break
      sleep 0.05
    done
  done
  fail 'mosquitto does not start'
}
