"""adapter.py: the codec inside paho-mqtt's Client (Debian's python3-paho-mqtt) behind the adapter protocol (../README.md).

It reads what servers send and writes what clients send; the other halves do not exist. A client of its own answers each request, over a socket that is a list of bytes.
"""
import pathlib
import sys

import paho.mqtt
from paho.mqtt import client as paho_client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from request_loop import Skip, serve  # noqa: E402  pylint: disable=wrong-import-position
from paho_decoder import REFUSED, Decoder, qualified_name  # noqa: E402  pylint: disable=wrong-import-position
from paho_encoder import encode_packet  # noqa: E402  pylint: disable=wrong-import-position

PROTOCOLS = {"3.1": paho_client.MQTTv31, "3.1.1": paho_client.MQTTv311, "5.0": paho_client.MQTTv5}
SENT_BY_CLIENTS = {1: "CONNECT", 8: "SUBSCRIBE", 10: "UNSUBSCRIBE", 12: "PINGREQ"}


def protocol(request):
    version = request["version"]
    if version == "auto":
        raise Skip("paho-mqtt is told the version of its connection")
    if version not in PROTOCOLS:
        raise ValueError("\"version\" must be 3.1, 3.1.1, 5.0 or auto")
    return PROTOCOLS[version]


def decode(request):
    decoder = Decoder(protocol(request))
    chunks = [bytes.fromhex(chunk) for chunk in request["chunks"]]
    sender = request.get("sender", "any")
    first = next((chunk[0] >> 4 for chunk in chunks if chunk), None)
    if sender == "client" or (sender == "any" and first in SENT_BY_CLIENTS):
        raise Skip("paho-mqtt is a client: it reads what servers send" + (f", and no {SENT_BY_CLIENTS[first]}" if first in SENT_BY_CLIENTS else ""))
    if first == 15 and request["version"] == "5.0":
        raise Skip("paho-mqtt 1.6 has no enhanced authentication")
    if first == 14 and request["version"] != "5.0" and sender == "any":
        raise Skip("paho-mqtt is a client: before 5.0 no server sends DISCONNECT")
    return decoder.answer(chunks)


def encode(request):
    version = request["packet"].get("version", request["version"]) if request["packet"].get("type") == "connect" else request["version"]
    try:
        return {"hex": encode_packet(request["packet"], protocol({"version": version})).hex()}
    except REFUSED as fault:
        return {"error": {"message": f"{type(fault).__name__}: {fault}"}}
    except Skip:
        raise
    except Exception as fault:  # pylint: disable=broad-except
        return {"error": {"thrown": qualified_name(fault), "message": str(fault)}}


def capabilities(_request):
    return {
        "codec": f"paho-mqtt {paho.mqtt.__version__} (Python)", "versions": list(PROTOCOLS), "senders": ["server", "any"], "ops": ["decode", "encode"], "property_order": False,
        "packets": {"decode": ["connack", "publish", "puback", "pubrec", "pubrel", "pubcomp", "suback", "unsuback", "pingreq", "pingresp", "disconnect"],
                    "encode": ["connect", "publish", "puback", "pubrec", "pubrel", "pubcomp", "subscribe", "unsubscribe", "pingreq", "disconnect"]},
        "notes": ["properties are attributes of an object: the order of different ones is lost, that of user properties is kept",
                  "acknowledgements are written without reason code and properties", "no enhanced authentication"],
    }


if __name__ == "__main__":
    serve({"decode": decode, "encode": encode, "capabilities": capabilities})
