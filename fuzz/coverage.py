"""coverage.py BUILD...: what the replay programs of the builds together reached, by place in the source: lines, each condition's two branches, and MC/DC. What is missing is listed. Fails below LEAST.

A build is a folder with fuzz/*_replay and their all.profdata. Asked are the programs one by one: llvm-cov takes a function of a header from the first program that has it, which need not be one that calls it."""
import collections
import json
import pathlib
import re
import subprocess
import sys

LEAST = {"lines": 98.0, "branches": 93.0}


def ask(command, program, *options):
    profile = program.parents[1] / "all.profdata"
    return subprocess.run(["llvm-cov-19", command, program, f"-instr-profile={profile}", *options], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8").stdout


def is_counted(file):
    return any(part in file for part in ("/codec/src/", "/codec/include/", "/stream/src/", "/stream/include/"))


def add_lines(text, reached):
    file = ""
    for row in text.splitlines():
        kind, _, rest = row.partition(":")
        if kind == "SF":
            file = rest
        elif kind == "DA" and is_counted(file):
            line, count = rest.split(",")
            reached["lines"][file, int(line)] |= count != "0"


def folded(text):
    """The conditions that the compiler knew, by file, line and column: there is one branch. Only the page for people tells."""
    places = set()
    file = ""
    for row in text.splitlines():
        if row.startswith("/") and row.endswith(":"):
            file = row[:-1]
        elif "[Folded" in row:
            line, column = re.search(r"Branch \((\d+):(\d+)\)", row).groups()
            places.add((file, int(line), int(column)))
    return places


def add_conditions(exported, known, reached):
    for each in exported["files"]:
        file = each["filename"]
        if not is_counted(file):
            continue
        for *place, taken, not_taken, _, _, _ in each["branches"]:
            if taken + not_taken == 0 and (file, *place[:2]) in known:
                continue
            reached["branches"][file, *place, "true"] |= taken > 0
            reached["branches"][file, *place, "false"] |= not_taken > 0
        for *place, _, _, conditions in each["mcdc_records"]:
            for number, is_shown in enumerate(conditions):
                reached["MC/DC"][file, *place, number] |= is_shown


def main(*builds):
    reached = {kind: collections.defaultdict(bool) for kind in ("lines", "branches", "MC/DC")}
    for program in sorted(program for build in builds for program in pathlib.Path(build).glob("fuzz/*_replay")):
        add_lines(ask("export", program, "-format=lcov"), reached)
        known = folded(ask("show", program, "-show-branches=count"))
        add_conditions(json.loads(ask("export", program, "-skip-functions", "-skip-expansions"))["data"][0], known, reached)
    status = 0
    for kind, places in reached.items():
        for file, line, *rest in sorted(place for place in places if not places[place]):
            print(f"{file}:{line}: not reached: {kind}", *rest)
    for kind, places in reached.items():
        percent = 100 * sum(places.values()) / len(places)
        print(f"{kind}: {percent:.2f} % of {len(places)}")
        status |= percent < LEAST.get(kind, 0)
    return status


sys.exit(main(*sys.argv[1:]))
