#!/usr/bin/env python3
"""An adapter that answers from the vectors themselves, and misbehaves as its first argument says:

good        the right answers
accepts     takes every packet, and writes every value
misnames    refuses values for the wrong rule
dies:HEX    ends without a word when it gets these bytes
hangs:HEX   says nothing more when it gets these bytes
torn        right for whole packets, wrong where they come in chunks
skips       cannot do anything
mute        does not even tell its capabilities
prose       answers what is no JSON
swapped     encodes properties the other way round
strict      refuses to encode what has properties
server      reads what servers send, and nothing behind a PINGREQ
unblocks    makes its standard error non-blocking
of:3.1.1    speaks only this version"""
import json
import os
import pathlib
import sys
import time

HOW, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
NEIGHBOURS = {"c000": {"type": "pingreq"}, "d000": {"type": "pingresp"}}
PUBLISH = {"type": "publish", "dup": False, "qos": 0, "retain": False, "topic": "n", "payload": {"hex": "21"}}
KNOWN = {}
if HOW == "unblocks":
    os.set_blocking(2, False)
for path in FOLDER.glob("*/*.json"):
    for test in json.loads(path.read_text())["tests"]:
        if "bytes" in test:
            KNOWN[test["bytes"].replace(" ", "")] = test


def without_neighbours(data: str, version: str):
    before, behind = [], []
    tail = "300500016e0021" if version == "5.0" else "300400016e21"
    if data[:4] in NEIGHBOURS and data not in KNOWN:
        before, data = [NEIGHBOURS[data[:4]]], data[4:]
    if data.endswith(tail) and data not in KNOWN:
        data = data[: -len(tail)]
        behind = [dict(PUBLISH, properties=[]) if version == "5.0" else PUBLISH]
    return before, data, behind


def decode(request: dict) -> dict:
    if HOW == "server" and request["chunks"][0].startswith("c000") and len(request["chunks"]) == 2:
        return {"packets": [], "error": {"class": "protocol_error", "message": "a PINGREQ"}}
    before, data, behind = without_neighbours("".join(request["chunks"]), request["version"])
    test = KNOWN[data]
    if HOW == f"dies:{data}":
        os._exit(7)
    if HOW == f"hangs:{data}":
        time.sleep(60)
    if HOW == "torn" and len(request["chunks"]) > 1:
        return {"packets": before, "error": {"class": "malformed"}}
    if test["result"] == "incomplete":
        return {"packets": before, "error": None, "pending": len(data) // 2}
    if test["result"] == "valid" or HOW == "accepts":
        return {"packets": before + [test.get("value", {"type": "pingreq"})] + behind, "error": None}
    codes = test["error"].get("codes", [])
    return {"packets": before, "error": {"class": test["result"], **({"reason_code": codes[0]} if codes else {})}}


def encode(request: dict) -> dict:
    if HOW == "strict" and request["packet"].get("properties"):
        return {"error": {"message": "no properties"}}
    for data, test in KNOWN.items():
        if test.get("value") == request["packet"] and test["result"] == "valid":
            if HOW == "swapped" and data.startswith("300e"):
                return {"hex": data[:12] + data[20:28] + data[12:20] + data[28:]}
            return {"hex": data}
    if HOW == "accepts":
        return {"hex": "c000"}
    return {"error": {"class": "invalid_argument", **({"rule": "qos_3"} if HOW == "misnames" else {})}}


def answer(request: dict) -> dict:
    if request["op"] == "capabilities" and HOW == "server":
        return {"versions": ["3.1", "3.1.1", "5.0"], "senders": ["server", "any"], "codec": "fake 1"}
    if request["op"] == "capabilities":
        return {"versions": [HOW[3:]] if HOW.startswith("of:") else ["3.1", "3.1.1", "5.0"], "senders": ["client", "server", "any"]}
    if HOW == "skips":
        return {"skip": "nothing to test"}
    return decode(request) if request["op"] == "decode" else encode(request)


for line in sys.stdin:
    asked = json.loads(line)
    if HOW == "mute":
        continue
    said = "hello" if HOW == "prose" and asked["op"] != "capabilities" else json.dumps({"id": asked["id"], **answer(asked)})
    print(said, flush=True)
