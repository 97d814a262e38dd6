"""faults_test.py ADAPTERS NODE: codecs that hang, throw and die, behind our adapters: each is answered with an error, and the next request as ever."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

adapters, node = pathlib.Path(sys.argv[1]), sys.argv[2]
failed = 0

# In the place of mqtt-packet, paho-mqtt and tshark: what the first byte says is what happens.
STUB_MQTT_PACKET = """
const { EventEmitter } = require('events')
class Parser extends EventEmitter {
  parse (bytes) {
    if (bytes[0] === 0xf1) for (;;) {}
    if (bytes[0] === 0xf2) bytes.no.such.thing()
    if (bytes[0] === 0xf3) process.exit(7)
    this.emit('packet', { cmd: 'pingreq' })
  }
}
module.exports = { parser: () => new Parser() }
"""
STUB_OPERATIONS = """
import sys
sys.path.insert(0, sys.argv[1])
from request_loop import Skip, serve
def decode(request):
    first = request["chunks"][0]
    while first == "f1":
        pass
    if first == "f2":
        raise RuntimeError("thrown")
    if first == "f3":
        raise Skip("skipped")
    return {"packets": [{"type": "pingreq"}], "error": None}
serve({"decode": decode})
"""
STUB_TSHARK = {"hangs": "exec sleep 1000", "ends": "exit 3"}


def ask(command, chunks, environment=None):
    """The answers to decode requests of one chunk each."""
    requests = "".join(json.dumps({"id": at, "op": "decode", "version": "5.0", "sender": "any", "chunks": [chunk]}) + "\n" for at, chunk in enumerate(chunks))
    ended = subprocess.run(command, input=requests, capture_output=True, text=True, timeout=100, check=False, env={**os.environ, "MQTT_ADAPTER_PATIENCE": "1", **(environment or {})})
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    if ended.returncode != 0 or [answer.get("id") for answer in answers] != list(range(len(chunks))):
        sys.exit(f"FAILED: {command}: exit status {ended.returncode}, answers {answers}\n{ended.stderr}")
    return answers


def expect(what, is_so, answer):
    global failed
    if not is_so:
        failed += 1
    print(f"{'ok ' if is_so else 'FAILED:'} {what}: {answer}")


def is_fine(answer):
    return answer.get("error", "") is None and answer["packets"] == [{"type": "pingreq"}]


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    stub = work / "mqtt_packet"
    shutil.copytree(adapters / "mqtt_packet", stub, ignore=shutil.ignore_patterns("node_modules"))
    (stub / "node_modules/mqtt-packet").mkdir(parents=True)
    (stub / "node_modules/mqtt-packet/package.json").write_text('{"name":"mqtt-packet","version":"0","main":"index.js"}')
    (stub / "node_modules/mqtt-packet/index.js").write_text(STUB_MQTT_PACKET)
    hang, _, thrown, _, exited, _ = answers = ask([node, str(stub / "adapter.mjs")], ["f1", "c0", "f2", "c0", "f3", "c0"])
    expect("mqtt-packet hangs", hang["error"].get("hang") is True, hang)
    expect("mqtt-packet throws", thrown["error"].get("thrown") == "TypeError", thrown)
    expect("mqtt-packet ends its thread", exited["error"].get("thrown") == "exit", exited)
    for good in answers[1::2]:
        expect("the next is answered", is_fine(good), good)

    hang, good, thrown, skipped, last = ask([sys.executable, "-c", STUB_OPERATIONS, str(adapters)], ["f1", "c0", "f2", "f3", "c0"])
    expect("a codec in Python hangs", hang["error"].get("hang") is True, hang)
    expect("a codec in Python throws", thrown["error"].get("thrown") == "RuntimeError", thrown)
    expect("a codec in Python cannot", skipped.get("skip") == "skipped", skipped)
    expect("the next is answered", is_fine(good) and is_fine(last), last)

    for how, script in STUB_TSHARK.items():
        (work / "tshark").write_text(f"#!/bin/sh\n{script}\n")
        (work / "tshark").chmod(0o755)
        first, second = ask([sys.executable, str(adapters / "tshark/adapter.py")], ["c000", "c000"], {"PATH": f"{work}:{os.environ['PATH']}"})
        expect(f"tshark {how}", all(("hang" if how == "hangs" else "thrown") in answer["error"] for answer in (first, second)), (first, second))
    # Nobody hangs: tshark has more to say of the first chunks than a pipe holds, before it has read the last.
    pings = json.dumps({"id": 0, "op": "decode", "version": "5.0", "sender": "any", "chunks": ["c000" * 5000] * 10}) + "\n"
    talkative = subprocess.run([sys.executable, str(adapters / "tshark/adapter.py")], input=pings, capture_output=True, text=True, timeout=100, check=True).stdout
    expect("tshark has much to say", len(json.loads(talkative)["packets"]) == 50_000, talkative[:60])
sys.exit(1 if failed else 0)
