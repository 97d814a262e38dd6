#!/bin/sh
# Lets Wireshark's dissector read a capture of our packets: no malformed note, no warning, and the same messages.
# usage: tshark_referee.sh <codec_referee_packets> <work folder>
set -u
program=$1 work=$2

die() {
  echo "FAILED: $*"
  exit 1
}

# fields <display filter> <file> <field…>
fields() {
  filter=$1 file=$2
  shift 2
  options=''
  for field in "$@"; do options="$options -e $field"; done
  # shellcheck disable=SC2086 # one word an option
  tshark -r "$work/packets.pcap" -d tcp.port==1883,mqtt -Y "$filter" -T fields -E separator='|' $options > "$file" 2> "$work/errors" || die "tshark: $(cat "$work/errors")"
}

command -v tshark > /dev/null || die "tshark is not installed"
mkdir -p "$work" || exit 1
"$program" pcap 4300 "$work/packets.pcap" > "$work/ours" || die "no capture"

# A line a message: stream, side, type, Remaining Length. Several messages in one frame are joined with commas.
fields mqtt "$work/messages" tcp.stream tcp.dstport mqtt.msgtype mqtt.len
awk -F'|' '{ n = split($3, type, ","); split($4, size, ","); for (i = 1; i <= n; ++i) print $1, ($2 == 1883 ? "client" : "server"), type[i], size[i] }' \
  "$work/messages" > "$work/theirs"
diff "$work/ours" "$work/theirs" > "$work/diff" || die "the messages differ (<: ours, >: tshark's): $(head -20 "$work/diff")"

# Anything that tshark calls malformed, or worth a note or more (0x400000), in any layer; but for one fault of its own:
# it takes the binary data of passwords and of authentication data (property 0x16) for text, and warns of what stands behind a zero byte.
fields '_ws.malformed || _ws.expert.severity >= 0x400000' "$work/notes" frame.number tcp.stream mqtt.msgtype mqtt.passwd_len mqtt.property_id _ws.malformed _ws.expert.message
awk -F'|' '!($6 == "" && $7 == "Trailing stray characters" && ($4 != "" || $5 ~ /(^|,)(22|0x16|0x00000016)(,|$)/))' "$work/notes" > "$work/unknown"
[ ! -s "$work/unknown" ] || die "tshark has something to say: $(head -20 "$work/unknown" | cut -c1-400)"
echo "known fault of tshark, $(wc -l < "$work/notes") times: binary data shown as text"
[ -s "$work/notes" ] || die "the known fault did not show up: take it off the list"

messages=$(wc -l < "$work/theirs")
[ "$messages" -ge 4300 ] || die "only $messages messages"
echo "$messages messages in $(awk '{ print $1 }' "$work/theirs" | sort -u | wc -l) streams, read by tshark without another note"
