#!/usr/bin/env python3
"""`mqttspan-conformance codec` against adapters that behave and misbehave. Usage: codec_command_test.py PROGRAM"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
FAKE = pathlib.Path(__file__).with_name("fake_adapter.py")


def test(id_, title, data, result, **more):
    return {"id": id_, "title": title, "sender": "any", "bytes": data, "result": result, "statements": ["U5-3.12.1-a"], **more}


def publish(**more):
    return {"type": "publish", "dup": False, "qos": 0, "retain": False, "topic": "a", "payload": {"hex": "68"}, "properties": [], **more}


VECTORS = {
    "5.0": [
        test("5.0/publish/0001", "plain", "30 05 0001 61 00 68", "valid", canonical=True, value=publish()),
        test("5.0/publish/0002", "two properties", "30 0e 0001 61 08 03 0001 74 09 0001 75 6869", "valid", canonical=True,
             value=publish(payload={"hex": "6869"}, properties=[["content_type", "t"], ["correlation_data", {"hex": "75"}]])),
        test("5.0/publish/0003", "cut off", "30 05 00", "incomplete"),
        test("5.0/publish/0501", "QoS 3", "36 07 0001 61 0007 00 68", "malformed", error={"rule": "qos_3", "offset": 0, "codes": [129], "also": [130]}),
        {"id": "5.0/publish/0801", "op": "encode", "title": "identifier", "sender": "any", "result": "refused", "value": publish(packet_id=7),
         "error": {"rule": "packet_id_with_qos_0"}, "statements": ["MQTT-2.2.1-2"]},
    ],
    "3.1": [
        {**test("3.1/puback/0501", "message id 0", "40 02 0000", "malformed", error={"rule": "packet_id_is_zero", "offset": 2}), "statements": ["U31-2.4-a"]},
    ],
    "3.1.1": [
        {**test("3.1.1/pingreq/0001", "it", "c0 00", "valid", canonical=True, value={"type": "pingreq"}), "statements": ["U311-3.12-a"]},
        {**test("3.1.1/pingreq/0502", "open", "c2 00", "malformed", status="open", error={"rule": "fixed_header_flags", "offset": 0}), "statements": ["MQTT-2.2.2-2"]},
        {**test("3.1.1/pingreq/0501", "flags", "c1 00", "malformed", error={"rule": "fixed_header_flags", "offset": 0}), "statements": ["MQTT-2.2.2-2"]},
    ],
}


def write_vectors(folder: pathlib.Path):
    for version, tests in VECTORS.items():
        packet = tests[0]["id"].split("/")[1]
        (folder / version).mkdir()
        file = {"format": "mqtt-vectors/1", "version": version, "packet": packet, "count": len(tests), "tests": tests}
        (folder / version / f"{packet}.json").write_text(json.dumps(file))


FOLDER = tempfile.TemporaryDirectory()
write_vectors(pathlib.Path(FOLDER.name))
faults = 0


def check(how, exit_code, *parts, options=(), absent=()):
    global faults
    report = pathlib.Path(FOLDER.name) / "run.json"
    report.unlink(missing_ok=True)
    command = [PROGRAM, "codec", "--vectors", FOLDER.name, "--adapter", f"exec python3 {FAKE} {how} {FOLDER.name}", "--verbose", "--json", str(report), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    wrong = [f"exit code {done.returncode}"] if done.returncode != exit_code else []
    wrong += [f"without {part!r}" for part in parts if part not in said] + [f"with {part!r}" for part in absent if part in said]
    if report.exists() and how == "good" and len(json.loads(report.read_text())["results"]) != 9:
        wrong.append("not nine results in the file")
    if wrong:
        faults += 1
        print(f"FAILED {how} {options}: {', '.join(wrong)}\n{said}")


def peer_file(*deviations):
    path = pathlib.Path(FOLDER.name) / "peer.txt"
    path.write_text(json.dumps({"format": "mqttspan-peer/1", "name": "fake", "deviations": deviations}))
    return str(path)


check("good", 0, " 9        7        7        7        0        2        0", absent=["FAIL"])
check("good", 0, options=["--grade", "3"], absent=["FAIL"])
check("good", 1, "FAIL 5.0/publish/0501", options=["--own"])  # names no rule
check("accepts", 1, "FAIL 5.0/publish/0501", "FAIL 3.1.1/pingreq/0501", "open 3.1/puback/0501", "open 3.1.1/pingreq/0502", absent=["FAIL 5.0/publish/0001"])
check("accepts", 1, "FAIL 3.1/puback/0501", "FAIL 3.1.1/pingreq/0502", options=["--own"])
check("server", 0, "fake 1")
check("strict", 0, "no properties", absent=["FAIL", "open 5.0/publish/0002"], options=["--filter", "5.0/publish/000"])
check("strict", 1, "FAIL 5.0/publish/0002", options=["--filter", "5.0/publish/000", "--own"])
check("dies:360700016100070068", 1, "FAIL 5.0/publish/0501", "exit code 7", absent=["FAIL 5.0/publish/0003", "FAIL 3.1.1"])
check("hangs:30050001610068", 1, "FAIL 5.0/publish/0001", "no answer for 2 s", options=["--patience", "2", "--filter", "publish/0001"])
check("accepts", 0, "open 5.0/publish/0801", options=["--filter", "0801"])
check("accepts", 1, "FAIL 5.0/publish/0801", options=["--filter", "0801", "--own"])
check("misnames", 1, "instead of packet_id_with_qos_0", options=["--filter", "0801", "--own"])
check("torn", 1, "FAIL 5.0/publish/0001", "byte by byte")
check("skips", 0, " 9        0        0        0        0        0        9", "nothing to test")
check("skips", 1, options=["--own"])
check("swapped", 0, "note 5.0/publish/0002", "the same packet", absent=["FAIL"])
check("swapped", 1, "FAIL 5.0/publish/0002", options=["--grade", "3"])
check("of:3.1.1", 0, "the adapter does not speak 5.0", " 5        0        0        0        0        0        5")
check("mute", 3, "does not answer", options=["--patience", "3"])
check("prose", 1, "FAIL 5.0/publish/0001")
check("good", 2, options=["--filter", "no such id"])
check("good", 2, options=["--grade", "4"])

# Fails that are known, and the reason beside each.
flags = {"id": "3.1.1/*", "seen": "*(fixed_header_flags)*", "reason": "flags are not looked at"}
check("accepts", 1, "1 of 2 fails are known", "known 3.1.1/pingreq/0501: flags are not looked at", options=["--peer", peer_file(flags)])
everything = [flags, {"id": "5.0/publish/0501", "reason": "QoS 3 is taken"}, {"id": "5.0/publish/0003", "reason": "once it was so"}]
check("accepts", 0, "2 of 2 fails are known", "gone: the known deviation 5.0/publish/0003: once it was so", absent=["gone: the known deviation 3.1.1"], options=["--peer", peer_file(*everything)])
check("accepts", 0, absent=["gone"], options=["--peer", peer_file(*everything), "--filter", "5.0"])
check("accepts", 2, "unknown key", options=["--peer", peer_file({"id": "x", "reason": "y", "why": "z"})])
check("accepts", 2, "cannot read", options=["--peer", "/no/such/file"])

# Standard output and standard error are one pipe, as below `2>&1 |`: an adapter whose runtime makes its standard error non-blocking does it to itself alone.
reader, writer = os.pipe()
subprocess.run([PROGRAM, "codec", "--vectors", FOLDER.name, "--adapter", f"exec python3 {FAKE} unblocks {FOLDER.name}"], stdout=writer, stderr=writer, timeout=120, check=True)
if not os.get_blocking(writer):
    faults += 1
    print("FAILED an adapter changes our pipes")
os.close(reader)
os.close(writer)

gone = subprocess.run([PROGRAM, "codec", "--vectors", FOLDER.name, "--adapter", "/no/such/program"], capture_output=True, text=True, timeout=60)
if gone.returncode != 3 or "127" not in gone.stderr:
    faults += 1
    print(f"FAILED no such program: {gone}")
print(f"{faults} faults")
sys.exit(1 if faults else 0)
