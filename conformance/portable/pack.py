#!/usr/bin/python3
"""Packs the vectors for programs that have no files: pack.py <mqttspan-conformance> <folder of the vectors> <output>

The curated ones come from their JSON, with rule, offset and the bytes an encoder owes; the families, which JSON does not spell out, from the line form of `mqttspan-conformance expand`.
Numbers are big-endian:

  packed    vectors<4> left_out<4> largest<4> vector...
  vector    shared<1> size<1> id<size>  the id, behind the characters that it shares with the one before
            version<1> sender<1>        protocol level; 0 any, 1 client, 2 server
            expected<1>                 place in EXPECTED
            facts<1>                    bits: 1 rule and offset follow, 2 bytes are what an encoder writes, 4 what it writes follows
            bytes
            size<1> rule<size> offset<4>?
            bytes?
  bytes     parts<1> part...
  part      times<3> size<2> unit<size>
"""
import json
import re
import subprocess
import sys
from pathlib import Path

VERSION = {"3.1": 3, "3.1.1": 4, "5.0": 5}
SENDER = {"any": 0, "client": 1, "server": 2}
EXPECTED = ["valid", "incomplete", "malformed", "protocol_error", "unsupported", "either", "refused"]  # either: malformed or protocol_error; refused: of any class

RUN = re.compile(rb"(.{1,8}?)\1{31,}", re.DOTALL)  # worth a part of its own


def number(value, size):
    return value.to_bytes(size, "big")


def counted(data):
    return number(len(data), 1) + data


def parts_of(data):
    at = 0
    for run in RUN.finditer(data):
        yield 1, data[at:run.start()]
        yield len(run[0]) // len(run[1]), run[1]
        at = run.end()
    yield 1, data[at:]


def packed_bytes(data):
    parts = [number(times, 3) + number(len(unit), 2) + unit for times, unit in parts_of(data) if unit]
    return number(len(parts), 1) + b"".join(parts)


def from_segments(bytes_key):
    """The bytes of a `bytes` key: hex with spaces, or a list of such and of repetitions."""
    segments = bytes_key if isinstance(bytes_key, list) else [bytes_key]
    return b"".join(bytes.fromhex(s) if isinstance(s, str) else bytes.fromhex(s["rep"]) * s["n"] for s in segments)


class Packer:
    def __init__(self):
        self.vectors, self.largest, self.last_id, self.out = 0, 0, b"", bytearray()

    def add(self, name, version, sender, expected, data, error=None, canonical=False, reencode=None):
        name = name.encode()
        shared = next((i for i, (a, b) in enumerate(zip(name, self.last_id)) if a != b), min(len(name), len(self.last_id)))
        facts = (error is not None) | canonical << 1 | (reencode is not None) << 2
        self.out += number(shared, 1) + counted(name[shared:]) + bytes([VERSION[version], SENDER[sender], EXPECTED.index(expected), facts]) + packed_bytes(data)
        if error is not None:
            self.out += counted(error["rule"].encode()) + number(error["offset"], 4)
        if reencode is not None:
            self.out += packed_bytes(from_segments(reencode))
        self.vectors, self.largest, self.last_id = self.vectors + 1, max(self.largest, len(data)), name


def add_curated(packer, folder):
    """Returns how many were left out: those for encoders, which have a value and no bytes."""
    left_out = declared = 0
    for file in sorted(folder.glob("[0-9]*/*.json")):
        content = json.loads(file.read_text())
        declared += content["count"]
        for test in content["tests"]:
            if test.get("op") == "encode":
                left_out += 1
                continue
            expected = test["result"] if test["result"] != "policy" else "refused" if "error" in test else "valid"
            packer.add(test["id"], content["version"], test["sender"], expected, from_segments(test["bytes"]), test.get("error"), test.get("canonical", False), test.get("reencode"))
    assert packer.vectors + left_out == declared, "a curated vector has gone"
    return left_out


def expected_of_line(version, result, kind, codes):
    """3.x knows no difference between malformed and protocol error; 5.0 leaves it open where both codes count."""
    if result == "policy":
        return "valid" if kind == "-" else "refused"
    either = version != "5.0" or {"129", "130"} <= set(codes.split(","))
    return "either" if either and result in ("malformed", "protocol_error") else result


def add_families(packer, program, folder):
    declared = packer.vectors + sum(json.loads(file.read_text())["count"] for file in folder.glob("families/*.json"))
    for line in subprocess.run([program, "expand", "--no-curated", "--vectors", folder], check=True, capture_output=True, text=True).stdout.splitlines():
        name, version, sender, result, kind, codes, _, data = line.split("\t")
        packer.add(name, version, sender, expected_of_line(version, result, kind, codes), bytes.fromhex(data))
    assert packer.vectors == declared, "a case of a family has gone"


def main(program, folder, output):
    packer = Packer()
    left_out = add_curated(packer, Path(folder))
    add_families(packer, program, Path(folder))
    Path(output).write_bytes(number(packer.vectors, 4) + number(left_out, 4) + number(packer.largest, 4) + packer.out)
    print(f"{packer.vectors} vectors in {len(packer.out)} bytes; {left_out} left out, which are for encoders and have no bytes")


main(*sys.argv[1:])
