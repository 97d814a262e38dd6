"""adapter.py: a codec behind the adapter protocol. Copy it, put your codec in place of the toy, and say less and less often that it cannot do something.

The toy knows PINGREQ and PINGRESP of every version, and PUBLISH of QoS 0 of 3.1.1.
"""
import json
import sys


class Refused(Exception):
    """The codec says that this is no MQTT."""


class Unknown(Exception):
    """The codec cannot do this at all; nobody should hold that against it."""


# ---- your codec, and how its packets are written in packet JSON

def decode_first(data, version):
    """The first packet and its size; None while it is incomplete."""
    if data and not (data[0] in (0xC0, 0xD0) or (data[0] & 0xF6 == 0x30 and version == "3.1.1")):
        raise Unknown("the toy knows pings, and PUBLISH of QoS 0 in 3.1.1")
    if len(data) > 1 and data[1] > 127:
        raise Unknown("the toy reads no packets of more than 129 bytes")
    if len(data) < 2 or len(data) < 2 + data[1]:
        return None
    body, size = data[2:2 + data[1]], 2 + data[1]
    if data[0] & 0xF0 != 0x30:
        if body:
            raise Refused("a ping has no content")
        return {"type": "pingreq" if data[0] == 0xC0 else "pingresp"}, size
    length = int.from_bytes(body[:2], "big")
    if len(body) < 2 + length:
        raise Refused("the topic ends behind the packet")
    topic, payload = body[2:2 + length].decode(), body[2 + length:]
    return {"type": "publish", "dup": bool(data[0] & 8), "qos": 0, "retain": bool(data[0] & 1), "topic": topic, "payload": {"hex": payload.hex()}}, size


def encode_one(packet, version):
    if packet["type"] in ("pingreq", "pingresp"):
        return bytes([0xC0 if packet["type"] == "pingreq" else 0xD0, 0])
    raise Unknown("the toy writes pings alone")


# ---- the protocol: nothing below needs a change

def decode(request):
    data, packets = b"", []
    try:
        for chunk in request["chunks"]:
            data += bytes.fromhex(chunk)
            while (found := decode_first(data, request["version"])) is not None:
                packets.append(found[0])
                data = data[found[1]:]
    except (Refused, ValueError) as fault:
        return {"packets": packets, "error": {"message": str(fault)}}
    return {"packets": packets, "error": None, "pending": len(data)}


def encode(request):
    try:
        return {"hex": encode_one(request["packet"], request["version"]).hex()}
    except Refused as fault:
        return {"error": {"message": str(fault)}}


def capabilities(_request):
    return {"codec": "toy 1.0", "versions": ["3.1", "3.1.1", "5.0"], "senders": ["any"]}


for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = {"decode": decode, "encode": encode, "capabilities": capabilities}[asked["op"]](asked)
    except Unknown as reason:
        answer = {"skip": str(reason)}
    except Exception as fault:  # pylint: disable=broad-except
        answer = {"packets": [], "error": {"thrown": type(fault).__name__, "message": str(fault)}}
    print(json.dumps({"id": asked["id"], **answer}), flush=True)
