"""The fuzzer as the server of clients: the toy's bugs are found and shown again, a toy without bugs has nothing; and a driver of the conformance harness.

usage: client_test.py FUZZER TOY-CLIENT DRIVER
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from ports import Checks, free_port

PROGRAM, TOY, DRIVER = sys.argv[1:4]
folder = pathlib.Path(tempfile.mkdtemp(prefix="mqttspan-fuzz-"))
checks = Checks()
BUGS = {"crash-retained": "F-CRASH/3.1.1/PUBLISH", "hang-empty": "F-HANG/3.1.1/PUBLISH", "assert-long": "F-SANITIZER/3.1.1/PUBLISH",
        "takes-bad-utf8": "F-CLOSE/3.1.1/PUBLISH/utf8_ill_formed"}


def run(*args):
    file = folder / "run.json"
    file.unlink(missing_ok=True)
    done = subprocess.run([PROGRAM, "client", "--quiet", "--patience", "400", "--minimize-time", "5", *map(str, args), *([] if "--replay" in args else ["--json", str(file)])],
                          capture_output=True, text=True, timeout=300)
    return done.returncode, json.loads(file.read_text()) if file.exists() else {"findings": [], "cases": 0, "case_hash": ""}, done.stdout + done.stderr


for bug, id_ in BUGS.items():
    start = f"exec '{TOY}' --bug {bug}"
    code, record, text = run("--start", start, "--max-time", 30, "--max-findings", 1, "--reproducers", folder / bug)
    found = [f for f in record["findings"] if f["id"] == id_]
    if not checks.expect(code == 1 and found, f"{bug}: exit {code}\n{text}"):
        continue
    print(bug, found[0]["found_after"], found[0]["packets"], flush=True)
    checks.expect(found[0]["packets"] <= 3 and found[0]["replays"] == 3, f"{bug}: {text}")
    file = folder / bug / (id_.replace("/", "_") + ".json")
    code, _, text = run("--start", start, "--replay", file)
    checks.expect(code == 1 and "shown 3 of 3" in text, f"{bug}: replay: exit {code}\n{text}")

def listens(bug, *args):
    """A client that somebody else starts, and nobody starts again."""
    port = free_port()
    toy = subprocess.Popen([TOY, "--bug", bug], env=os.environ | {"MQTT_HOST": "127.0.0.1", "MQTT_PORT": str(port)})
    try:
        return run("--listen", port, *args)
    finally:
        toy.kill()
        toy.wait()


code, record, text = listens("none", "--max-cases", 50)
checks.expect(code == 0 and record["cases"] == 50, f"a client that comes by itself: exit {code}\n{text}")
code, record, text = listens("leaves", "--max-cases", 50)
checks.expect(code == 1 and "gone" in record and [f["oracle"] for f in record["findings"]] == ["F-CRASH"] and record["cases"] >= 5, f"a client that leaves for good is told: exit {code}\n{text}")

code, record, text = run("--start", f"exec '{TOY}'", "--max-cases", 300)
checks.expect(code == 0 and record["cases"] == 300, f"clean toy: exit {code}\n{text}")
checks.expect(record["case_hash"] == run("--start", f"exec '{TOY}'", "--max-cases", 300)[1]["case_hash"], "the same seed, the same cases")

for version in ("3.1.1", "5.0"):
    code, record, text = run("--driver", f"exec '{DRIVER}'", "--version", version, "--max-cases", 40)
    checks.expect(code == 0 and record["cases"] == 40, f"our driver, {version}: exit {code}\n{text}")
checks.exit()
