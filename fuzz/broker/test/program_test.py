"""What the program promises around a run: exit codes, the same cases for the same seed, its files, what is known, reproducers.

usage: program_test.py FUZZER TOY-BROKER SARIF-SCHEMA NO-CONNECT
"""
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import jsonschema

from ports import Checks, Fuzzer, free_port

PROGRAM, TOY, SCHEMA, NO_CONNECT = sys.argv[1:5]
checks = Checks()
fuzzer = Fuzzer(PROGRAM, f"exec '{TOY}' {{port}}")


def usage():
    def said(code, text, *args):
        done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60)
        checks.expect(done.returncode == code and text in done.stdout + done.stderr, f"{args}: exit {done.returncode}, {done.stderr}")

    said(2, "not on loopback", "broker", "--target", "192.0.2.1:1883")
    said(2, "not on loopback", "broker", "--target", "broker.example:1883")
    said(2, "--the-target-is-mine", "broker", "--target", "[2001:db8::1]:1883")
    said(2, "not on loopback", "client", "--listen", "0.0.0.0:0")
    said(2, "is missing", "broker")
    said(2, "is missing", "client")
    said(2, "no host:port", "broker", "--target", "127.0.0.1")
    said(2, "no family", "broker", "--target", "127.0.0.1:1", "--profile", "nothing")
    said(2, "cannot read", "broker", "--target", "127.0.0.1:1", "--known", "nowhere.json")
    said(2, "cannot read", "broker", "--target", "127.0.0.1:1", "--replay", "nowhere.json")
    said(2, "--max-time", "broker", "--target", "127.0.0.1:1", "--max-time", "0")
    said(3, "nobody answers", "broker", "--target", f"127.0.0.1:{free_port()}", "--max-cases", "1")
    said(3, "nobody answers", "broker", "--target", f"127.0.0.1:{free_port()}", "--start", "exit 1")
    said(0, "--minimize", "broker", "--help")


def standard_output_is_full():
    with open("/dev/full", "w") as full:
        done = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    checks.expect(done.returncode == 3 and "standard output" in done.stderr, f"what cannot be printed is told: exit {done.returncode}, {done.stderr}")


def refuses_before_it_connects():
    def end(*args):
        return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60, env=os.environ | {"LD_PRELOAD": NO_CONNECT}).returncode

    # Addresses of documentation: nobody has them.
    for target in ("192.0.2.1:1883", "[2001:db8::1]:1883", "broker.example:1883", "0.0.0.0:1883"):
        checks.expect(end("broker", "--target", target) == 2, f"{target} is refused, and nothing goes there")
        checks.expect(end("broker", "--target", "127.0.0.1:1", "--against", target) in (2, 99), f"--against {target} is refused")
    checks.expect(end("broker", "--target", "127.0.0.1:1") == 99, "that would have been seen")
    checks.expect(end("broker", "--target", "192.0.2.1:1883", "--the-target-is-mine") == 99, "whose target it is may have it")


def tells_how_far_it_is():
    port = free_port()
    args = [PROGRAM, "broker", "--target", f"127.0.0.1:{port}", "--start", f"exec '{TOY}' {port}", "--max-cases", "500"]
    said = subprocess.run(args, capture_output=True, text=True, timeout=120).stderr
    checks.expect("500 cases" in said and "0 findings" in said, f"the line: {said}")
    checks.expect(subprocess.run([*args, "--quiet"], capture_output=True, text=True, timeout=120).stderr == "", "--quiet")


def same_seed_same_cases():
    hashes = [fuzzer.run("--seed", seed, "--max-cases", 3000)[1]["case_hash"] for seed in (7, 7, 8)]
    checks.expect(hashes[0] == hashes[1], f"seed 7 twice: {hashes}")
    checks.expect(hashes[0] != hashes[2], f"seeds 7 and 8: {hashes}")
    checks.expect(fuzzer.run("--max-cases", 200, "--window", 1)[1]["case_hash"] == fuzzer.run("--max-cases", 200, "--window", 50)[1]["case_hash"], "the window does not change the cases")


def files():
    folder = fuzzer.folder / "found"
    junit, sarif = fuzzer.folder / "run.xml", fuzzer.folder / "run.sarif"
    start = f"exec '{TOY}' --bug takes-qos-3 {{port}}"
    code, run, text = fuzzer.run("--max-cases", 6000, "--junit", junit, "--sarif", sarif, "--reproducers", folder, start=start)
    checks.expect(code == 1, f"a deviation is a finding: exit {code}\n{text}")
    ids = {f["id"] for f in run["findings"]}
    checks.expect(all(f["severity"] == "warning" and f["statement"] for f in run["findings"]), "deviations are warnings, with their statement")
    suites = ET.parse(junit).getroot()
    checks.expect({c.get("name") for s in suites for c in s.findall("testcase") if c.find("failure") is not None} == ids or int(suites.get("failures")) == len(ids), "JUnit has the findings as failures")
    log = json.loads(sarif.read_text())
    jsonschema.validate(log, json.load(open(SCHEMA)))
    results = log["runs"][0]["results"]
    checks.expect({r["partialFingerprints"]["mqttspanFinding/v1"] for r in results} == ids, "SARIF has the findings")
    for r in results:
        file = r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        checks.expect((fuzzer.folder / file).exists(), f"{file} is there")
        checks.expect(log["runs"][0]["tool"]["driver"]["rules"][r["ruleIndex"]]["id"] == r["ruleId"], "ruleIndex is the rule's")

    known = fuzzer.folder / "known.json"
    known.write_text(json.dumps({"format": "mqttspan-peer/1", "deviations": [{"id": "F-CLOSE/*/PUBLISH/qos_3", "reason": "the toy's"}]}))
    code, run, text = fuzzer.run("--max-cases", 6000, "--known", known, "--sarif", sarif, start=start)
    checks.expect(code == 0 and all(f["known"] == "the toy's" for f in run["findings"]) and run["findings"], f"what is known does not count: exit {code}\n{text}")
    checks.expect(all(r["suppressions"] for r in json.loads(sarif.read_text())["runs"][0]["results"]), "SARIF says that it is known")


def minimizes():
    # PINGREQ, a message, UNSUBSCRIBE, the CONNECT that is one too many, and more behind it
    connect = "101000044d5154540402000000046d6f7265"
    steps = [{"party": 0, "send": s} for s in (connect, "c000", "30050001746869", "a2050001000174", connect, "c000")]
    large = fuzzer.folder / "large.json"
    large.write_text(json.dumps({"format": "mqttspan-fuzz-case/1", "id": "F-CRASH/3.1.1/CONNECT", "parties": ["3.1.1"], "steps": steps}))
    start = f"exec '{TOY}' --bug second-connect {{port}}"
    code, _, text = fuzzer.run("--minimize", large, start=start)
    small = json.loads(text)
    checks.expect(code == 1 and len(small["steps"]) == 2, f"exit {code}\n{text}")
    checks.expect(all(len(s["send"]) < len(connect) for s in small["steps"]), f"and their bytes are fewer\n{text}")
    code, _, _ = fuzzer.run("--minimize", large)
    checks.expect(code == 0, f"nothing to see: exit {code}")


def gone_for_good():
    port = free_port()
    toy = subprocess.Popen([TOY, "--bug", "stray-pubrel", str(port)], stdout=subprocess.PIPE)
    toy.stdout.readline()
    file = fuzzer.folder / "gone.json"
    done = subprocess.run([PROGRAM, "broker", "--target", f"127.0.0.1:{port}", "--quiet", "--json", file, "--max-time", "20"], capture_output=True, text=True, timeout=120)
    toy.wait(10)
    run = json.loads(file.read_text())
    checks.expect(done.returncode == 1 and run["gone"] and run["findings"][0]["oracle"] == "F-CRASH", f"a crash that cannot be repeated is told: exit {done.returncode}\n{done.stdout}")


def differs():
    port = free_port()
    toy = subprocess.Popen([TOY, "--bug", "takes-qos-3", str(port)], stdout=subprocess.PIPE)
    toy.stdout.readline()
    code, run, text = fuzzer.run("--against", f"127.0.0.1:{port}", "--max-cases", 400, "--profile", "malformed")
    checks.expect(code == 1 and any(f["id"].startswith("F-DIFFERS/") and f["id"].endswith("closed | CONNACK ok, PUBREC ok") for f in run["findings"]), f"exit {code}\n{text}")
    toy.terminate()
    toy.wait(10)


for test in (usage, standard_output_is_full, refuses_before_it_connects, tells_how_far_it_is, same_seed_same_cases, files, minimizes, gone_for_good, differs):
    print(test.__name__, flush=True)
    test()
checks.exit()
