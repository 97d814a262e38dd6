#!/bin/sh
# session_test.sh MQTTSPAN: the recorded session decodes without an error, packet by packet as tshark (an independent decoder) sees it,
# and shows every feature that README.md lists.
set -eu
mqttspan=$1
here=$(cd "$(dirname "$0")" && pwd)
capture=$here/session.pcap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $1"
  failures=$((failures + 1))
}

"$mqttspan" decode --json "$capture" >"$work/packets" 2>"$work/complaints" || fail "mqttspan decode ended with $?"
[ ! -s "$work/complaints" ] || fail "mqttspan decode complains: $(cat "$work/complaints")"
"$mqttspan" explain "$capture" >"$work/explained" 2>&1 || fail "mqttspan explain ended with $?"

# Type and packet identifier of each packet, in the order of the capture.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([a-z0-9]*\).*/\1/p"; }
while read -r packet; do
  echo "$(echo "$packet" | field type) $(echo "$packet" | field packet_id)"
done <"$work/packets" >"$work/ours"
tshark -r "$capture" -Y mqtt -T fields -e mqtt.msgtype -e mqtt.msgid 2>"$work/tshark.log" |
  awk -F '\t' '
    BEGIN { split("connect connack publish puback pubrec pubrel pubcomp subscribe suback unsubscribe unsuback pingreq pingresp disconnect auth", name, " ") }
    { print name[$1] " " $2 }' >"$work/theirs"
[ "$(wc -l <"$work/theirs")" -gt 100 ] || fail "tshark sees only $(wc -l <"$work/theirs") packets: $(cat "$work/tshark.log")"
diff "$work/theirs" "$work/ours" >"$work/difference" || fail "tshark and mqttspan differ: $(cat "$work/difference")"
malformed=$(tshark -r "$capture" -Y '_ws.malformed' 2>/dev/null | wc -l)
[ "$malformed" = 0 ] || fail "tshark calls $malformed frames malformed"

# shows FEATURE PATTERN...: some one packet has all the patterns.
shows() {
  feature=$1
  shift
  cp "$work/packets" "$work/found"
  for pattern in "$@"; do
    grep -- "$pattern" "$work/found" >"$work/fewer" || :
    mv "$work/fewer" "$work/found"
  done
  [ -s "$work/found" ] || fail "the session does not show $feature"
}
connect='"type":"connect"'
publish='"type":"publish"'
shows '3.1' "$connect" '"version":"3.1"'
shows '3.1.1' "$connect" '"version":"3.1.1"'
shows '5.0' "$connect" '"version":"5.0"'
shows 'QoS 0' "$publish" '"qos":0' 'plant/hall/temperature'
shows 'QoS 1' "$publish" '"qos":1' 'plant/hall/humidity'
shows 'QoS 2' "$publish" '"qos":2' 'plant/hall/alarm'
shows 'the steps of QoS 2' '"type":"pubcomp"'
shows 'user name and password' "$connect" '"user_name":"meter"' '"password":'
shows 'a will' "$connect" '"will":{"topic":"plant/pump-7/status"'
shows 'a will that fires' "$publish" '"topic":"plant/pump-7/status"'
shows 'a will with properties' "$connect" '\["will_delay_interval",1\]'
shows 'a retained message, sent later' "$publish" '"retain":true' '"topic":"plant/hall/location"'
shows 'a shared subscription' '"type":"subscribe"' '"topic_filter":"$share/workers/jobs/+"'
shows 'a subscription identifier' "$publish" '\["subscription_identifier",7\]'
shows 'a client taking a filter back' '"type":"unsubscribe"' '"attic/#"'
shows 'user properties, one of them beyond ASCII' "$publish" '\["user_property",\["priority","high"\]\],\["user_property",\["customer","Müller"\]\]'
shows 'a content type' "$publish" '\["content_type","application/json"\]'
shows 'a message expiry' "$publish" '\["message_expiry_interval",3600\]'
shows 'a payload format' "$publish" '\["payload_format_indicator",1\]'
shows 'a topic alias being set' "$publish" '"topic":"jobs/paint"' '\["topic_alias",3\]'
shows 'a topic alias in use' "$publish" '"topic":""' '\["topic_alias",3\]'
shows 'a request' "$publish" '\["response_topic","answer/asker"\]' '"correlation_data"'
shows 'its response' "$publish" '"topic":"answer/asker"' '"correlation_data"'
shows 'limits of the client' "$connect" '\["receive_maximum",10\]'
shows 'reason code 0x10, no matching subscribers' '"type":"puback"' '"reason_code":16'
shows 'keep-alive' '"type":"pingresp"'

# A packet that came in several TCP segments is one packet, with its last bytes: "199 200".
shows 'a message in several segments' "$publish" '"topic":"jobs/read"' '31393920323030"}'
segmented=$(tshark -r "$capture" -Y 'mqtt.topic == "jobs/read" and tcp.segment.count >= 2' 2>/dev/null | wc -l)
[ "$segmented" -gt 0 ] || fail 'no message came in several segments'

[ "$failures" = 0 ] || exit 1
echo "$(wc -l <"$work/ours") packets, the same as tshark sees"
