"""The fuzzer against the toy broker: each bug is found, shown by a few packets, and shown again; a toy without bugs has nothing.

usage: toy_test.py FUZZER TOY-BROKER bugs|bugs:NAME|clean|sanitized [SEED...]
"""
import subprocess
import sys

from ports import Checks, Fuzzer

# bug: the ids that tell it, and what the run is limited to so that the test of all bugs with all seeds is not an hour
BUGS = {
    "long-length": "F-CRASH/",
    "empty-subscribe": "F-CRASH/*/SUBSCRIBE",
    "second-connect": "F-CRASH/*/CONNECT",
    "stray-pubrel": "F-CRASH/*/PUBREL",
    "hang-unsubscribe": "F-HANG/*/UNSUBSCRIBE",
    "stall-slashes": "F-STALL/*/PUBLISH",
    "leak-unsubscribe": "F-MEMORY/*/UNSUBSCRIBE",
    "bad-puback": "B-MON/*/layout",
    "takes-qos-3": "F-CLOSE/*/PUBLISH/qos_3",
    "takes-bad-utf8": "F-CLOSE/*/utf8_ill_formed",
    "overflow-keep-alive": "F-SANITIZER/*/CONNECT",
    "will-takeover": "F-CRASH/*/CONNECT",
}
MOST_PACKETS = 3


def fits(id_, pattern):
    start, _, end = pattern.partition("*")
    return id_.startswith(start) and id_.endswith(end)


def bugs(fuzzer, checks, seeds):
    listed = subprocess.run([TOY, "--list"], capture_output=True, text=True).stdout.split()
    checks.expect(sorted(listed) == sorted(BUGS), f"the toy has {listed}")
    for bug, pattern in BUGS.items():
        if ONLY and bug != ONLY:
            continue
        for seed in seeds:
            folder = fuzzer.folder / f"{bug}-{seed}"
            code, run, text = fuzzer.run("--seed", seed, "--max-time", 8, "--max-cases", 10**6, "--max-findings", 1, "--patience", 250, "--stall", 600, "--minimize-time", 6, "--reproducers", folder,
                                         start=f"exec '{TOY}' --bug {bug} {{port}}")
            found = [f for f in (run or {"findings": []})["findings"] if fits(f["id"], pattern) and not f["id"].startswith("F-CLOSE/3.1/")]  # 3.1 asks for no end
            if not checks.expect(code == 1 and found, f"{bug}, seed {seed}: exit {code}, not found\n{text}"):
                continue
            best = min(found, key=lambda f: f["packets"])
            print(f"{bug:20} seed {seed}: {best['id']} after {best['found_after']:.2f} s, {best['packets']} packets", flush=True)
            checks.expect(best["replays"] == 3, f"{bug}, seed {seed}: shown {best['replays']} of 3 times")
            checks.expect(best["packets"] <= MOST_PACKETS, f"{bug}, seed {seed}: {best['packets']} packets\n{text}")
            file = folder / ("".join(c if c.isalnum() or c in ".-" else "_" for c in best["id"]) + ".json")
            code, _, text = fuzzer.run("--replay", file, "--patience", 250, "--stall", 600, start=f"exec '{TOY}' --bug {bug} {{port}}")
            checks.expect(code == 1 and "shown 3 of 3 times" in text, f"{bug}, seed {seed}: replay, exit {code}\n{text}")
            code, _, text = fuzzer.run("--replay", file)
            checks.expect(code == 0 and "shown 0 of 3 times" in text, f"{bug}, seed {seed}: the clean toy shows it too\n{text}")


def clean(fuzzer, checks, seeds, seconds=30):
    for seed in seeds:
        code, run, text = fuzzer.run("--seed", seed, "--max-time", seconds, "--max-cases", 10**7)
        checks.expect(code == 0 and run and not run["findings"], f"clean toy, seed {seed}: exit {code}\n{text}")
        checks.expect(run and run["cases"] > 0, "cases were played")
        print(text, flush=True)


def sanitized(fuzzer, checks, seeds):
    """A toy that is built with sanitizers: their words are in the finding, and their own memory is not taken for a leak."""
    clean(fuzzer, checks, seeds)
    for bug, word in {"empty-subscribe": "AddressSanitizer", "overflow-keep-alive": "signed integer overflow"}.items():
        code, run, text = fuzzer.run("--max-time", 8, "--max-findings", 1, "--minimize-time", 6, start=f"exec '{TOY}' --bug {bug} {{port}}")
        found = [f for f in (run or {"findings": []})["findings"] if word in str(f)]
        checks.expect(code == 1 and found and found[0]["packets"] <= MOST_PACKETS, f"{bug}: exit {code}, {word} is not told\n{text}")


TOY = sys.argv[2]
WHAT, _, ONLY = sys.argv[3].partition(":")
both = Fuzzer(sys.argv[1], f"exec '{TOY}' {{port}}")
result = Checks()
{"bugs": bugs, "clean": clean, "sanitized": sanitized}[WHAT](both, result, [int(a) for a in sys.argv[4:]] or [1, 2, 3])
result.exit()
