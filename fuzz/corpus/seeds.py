"""First inputs for each target, a folder each, files named by their hash."""
import argparse
import hashlib
import itertools
import json
import pathlib
import random
import re
import sys

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("vectors", help="what `mqttspan-conformance expand` prints; - for stdin")
arguments.add_argument("folder", type=pathlib.Path, help="conformance/vectors")
arguments.add_argument("out", type=pathlib.Path)
arguments.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth vector and value: all of them are 240,000 files")
options = arguments.parse_args()
LARGEST = 2000
VERSIONS = {"3.1": 0, "3.1.1": 1, "5.0": 2}
SENDERS = {"any": 0, "client": 1, "server": 2}


def put(target, data):
    path = options.out / target
    path.mkdir(parents=True, exist_ok=True)
    (path / hashlib.sha1(data).hexdigest()).write_bytes(data)


def settings(version, sender):
    return bytes([VERSIONS[version] | SENDERS[sender] << 2])


def values(node):
    """Every packet value in a file of vectors."""
    if isinstance(node, dict):
        if "type" in node and "id" not in node:
            yield node
        for child in node.values():
            yield from values(child)
    elif isinstance(node, list):
        for child in node:
            yield from values(child)


def rows():
    """Version, sender and packet of the vectors: the columns of `expand` are id, version, sender, ..., hex."""
    with (sys.stdin if options.vectors == "-" else open(options.vectors, encoding="utf-8")) as lines:
        for line in itertools.islice(lines, 0, None, options.every):
            _, version, sender, *_, digits = line.rstrip("\n").split("\t")
            if version in VERSIONS and len(digits) <= 2 * LARGEST:
                yield version, sender, bytes.fromhex(digits)


by_version = {}
for version, sender, packet in rows():
    by_version.setdefault(version, []).append(packet)
    seed = settings(version, sender) + packet
    put(f"parse_{version.replace('.', '_')}", seed)
    put("round_trip", seed)
    put("differential", seed)
    put("entrances", seed)

# Streams: a few packets in a row, in any of the ways to take them.
dice = random.Random(20261122)
for version, packets in by_version.items():
    for _ in range(400):
        stream = b"".join(dice.choice(packets) for _ in range(dice.randint(1, 6)))[:LARGEST]
        put("chunks", settings(version, "any") + bytes(dice.randrange(256) for _ in range(5)) + stream)

# Choices for what is made of choices.
for target in ("generate", "one_defect", "containers", "borrowed", "connection_pair", "connection_hostile", "misuse"):
    for size in [0, 1, 2, 8] + [24, 60, 150, 400] * 40:
        put(target, bytes(dice.choice((0, 1, 2, 3, dice.randrange(256))) for _ in range(size)))

# Property blocks, by place; texts.
for packet in by_version["5.0"]:
    for at in range(len(packet)):
        if packet[at:at + 1] in (b"\x01", b"\x11", b"\x15", b"\x1f", b"\x21", b"\x26", b"\x27") and dice.random() < 0.02:
            put("properties", bytes([dice.randrange(14)]) + packet[at:at + 60])
    if dice.random() < 0.1:
        put("utf8", bytes([dice.randrange(256)]) + packet[4:64])
for text in ("", "mqtt", "\u00e9\u20ac\U0001f600", "\ud7ff\ue000\uffff\U0010ffff", "a\0b"):
    put("utf8", bytes([dice.randrange(256)]) + text.encode())
for filter_, name in (("a/#", "a"), ("+/+", "a/b"), ("#", "$SYS/a"), ("$share/g/a/+", "a/b"), ("$share//a", "a"), ("a/+b", "a/b"), ("a/b#", "a"), ("/", "/"), ("", ""), ("+", "/a"), ("a\0", "b\0")):
    for version in range(3):
        put("topic", bytes([version]) + f"{filter_}\n{name}".encode())

# Names, behind four bytes of any value.
for path in (options.folder.parent.parent / "codec/include/mqttspan/codec").glob("*.inc"):
    for name in re.findall(r"^MQTTSPAN_[A-Z_]+\(([a-z0-9_]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
        put("names", bytes(dice.choice((0, 1, 0x7F, 0x80, dice.randrange(256))) for _ in range(4)) + name.encode()[:60])
for version in VERSIONS:
    put("names", bytes(4) + version.encode())

# What people and programs write.
for path in sorted(options.folder.glob("[0-9]*/*.json")):
    for value in itertools.islice(values(json.loads(path.read_text(encoding="utf-8"))), 0, None, options.every):
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if len(text) > LARGEST:
            continue
        put("json_input", text)
        put("adapter_protocol", b'{"id":1,"op":"encode","version":"%s","packet":%s}' % (path.parent.name.encode(), text))
for packet in by_version["5.0"][::len(by_version["5.0"]) // 500 + 1]:
    put("hex_input", packet.hex().encode())
    put("hex_input", b"# a packet\n" + packet.hex(" ").encode() + b"\n")
    put("adapter_protocol", b'{"id":2,"op":"decode","version":"5.0","sender":"any","chunks":["%s"]}' % packet.hex().encode())
put("adapter_protocol", b'{"id":3,"op":"capabilities"}')


def frame(opcode, payload, masked, fin=True):
    size = len(payload)
    head = bytes([(0x80 if fin else 0) | opcode])
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    if masked:
        length = bytes([length[0] | 0x80]) + length[1:]
        mask = b"\1\2\3\4"
        return head + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
    return head + length + payload


for masked in (0, 1):
    for chunk in (0, 3, 200):
        for frames in ([(2, b"\xc0\x00", True)], [(2, b"\xc0", False), (0, b"\x00", True)], [(9, b"ping", True), (2, b"\xd0\x00", True), (8, b"\x03\xe8bye", True)], [(1, b"text", True)],
                       [(2, b"x" * 130, True)], [(8, b"", True)], [(8, b"\x03", True)], [(10, b"", True)], [(3, b"", True)], [(9, b"x", False)]):
            put("websocket_frames", bytes([masked, chunk]) + b"".join(frame(opcode, payload, masked, fin) for opcode, payload, fin in frames))

REQUEST = ("GET /mqtt HTTP/1.1\r\nHost: localhost:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt, mqttv3.1\r\n\r\n")
RESPONSE = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "Sec-WebSocket-Protocol: mqtt\r\n\r\n")
for head in (REQUEST, RESPONSE):
    put("http_head", head.encode())
    lines = head.split("\r\n")
    for i in range(len(lines) - 2):
        put("http_head", "\r\n".join(lines[:i] + lines[i + 1:]).encode())
        put("http_head", "\r\n".join(lines[:i] + [lines[i], lines[i]] + lines[i + 1:]).encode())
        put("http_head", head.replace(lines[i], lines[i].upper()).encode())
