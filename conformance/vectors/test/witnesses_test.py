#!/usr/bin/env python3
"""The guard: each statement of the codec has its vectors, each of the stream its story. Usage: witnesses_test.py FOLDER-OF-CONFORMANCE

A statement that a receiver can decide needs a good vector and a refused one; one that a sender owes needs an encoder vector. vectors/witnesses.tsv has those
that need less: `accept_only` no packet breaks it, `refused_only` by default none is good, `golden_bytes` no value breaks it, so that canonical bytes show it."""
import collections
import pathlib
import sys

import manifest

KINDS = {"accept_only", "refused_only", "golden_bytes"}
NOT_OURS = {"session": "stored state: the live harness", "network": "the transport", "advisory": "nobody is bound"}


class Witnesses:
    def __init__(self, conformance: pathlib.Path):
        vectors = conformance / "vectors"
        self.statements = manifest.statements(conformance)
        self.exceptions = manifest.exceptions(vectors)
        self.found = {kind: collections.Counter() for kind in ("good", "refused", "unencodable", "golden", "story", "family")}
        self.faults: list = []
        for path, content in manifest.vector_files(vectors):
            for test in content["tests"]:
                self.vector(test, content["version"])
        for where, versions, ids in manifest.stories(vectors):
            self.cite("story", where, versions, ids)
        for path, content in manifest.family_files(vectors):
            for sweep in content["sweeps"]:
                self.family(path.name, sweep)

    def vector(self, test: dict, version: str):
        refused = test["result"] in manifest.REFUSED or "error" in test
        kind = "unencodable" if test.get("op") == "encode" else "refused" if refused else "good"
        self.cite(kind, test["id"], [version], test["statements"])
        if kind == "good" and test.get("canonical"):
            self.cite("golden", test["id"], [version], test["statements"])

    def family(self, where: str, sweep: dict):
        versions = {template["version"] for template in sweep.get("templates", [])}
        for row in sweep["expect"]:
            ids = row.get("statements", [])
            for version in versions:
                self.cite("family", where, [version], ids.get(version, []) if isinstance(ids, dict) else ids, len(versions) > 1)

    def cite(self, kind: str, where: str, versions: list, ids: list, shared: bool = False):
        for id_ in ids:
            known = [v for v in versions if (v, id_) in self.statements]
            if not known and not shared:
                self.faults.append(f"{where}: no such statement: {'/'.join(versions)} {id_}")
            for version in known:
                self.found[kind][version, id_] += 1

    def missing_of_codec(self, key: tuple, row: dict) -> list:
        less = self.exceptions.get(key, set())
        out = []
        if row["vectors"] in ("decode", "both"):
            if not self.found["good"][key] and "refused_only" not in less:
                out.append("a good vector")
            if not self.found["refused"][key] and "accept_only" not in less:
                out.append("a refused vector")
        if row["vectors"] in ("encode", "both"):
            golden = "golden_bytes" in less
            if golden and not self.found["golden"][key]:
                out.append("a canonical vector")
            if not golden and not self.found["unencodable"][key]:
                out.append("an encoder vector")
        return out

    def check(self):
        for key, kinds in self.exceptions.items():
            if key not in self.statements or not kinds <= KINDS:
                self.faults.append(f"witnesses.tsv: {' '.join(key)}: no such statement or kind")
            elif "accept_only" in kinds and self.found["refused"][key] > 0 and self.statements[key]["vectors"] == "decode":
                self.faults.append(f"witnesses.tsv: {' '.join(key)} is accept_only, yet has a refused vector")
        for key, row in self.statements.items():
            missing = self.missing_of_codec(key, row) if row["scope"] == "codec" else []
            if row["scope"] == "stream" and not self.found["story"][key]:
                missing = ["a story"]
            if missing:
                self.faults.append(f"{' '.join(key)} lacks {' and '.join(missing)}: {row['summary']}")

    def report(self):
        numbered = {key for key in self.statements if key[1].startswith("MQTT-")}
        print(f"{len(numbered)} numbered and {len(self.statements) - len(numbered)} unnumbered statements")
        for name, of in (("numbered", numbered), ("unnumbered", set(self.statements) - numbered)):
            scopes = collections.Counter(self.statements[key]["scope"] for key in of)
            shown = {scope: sum(1 for key in of if self.statements[key]["scope"] == scope and self.is_shown(key)) for scope in ("codec", "stream")}
            print(f"  {name}: codec {shown['codec']} of {scopes['codec']} by vectors, stream {shown['stream']} of {scopes['stream']} by stories, "
                  + ", ".join(f"{scope} {scopes[scope]} n/a ({why})" for scope, why in NOT_OURS.items()))
        less = collections.Counter(kind for kinds in self.exceptions.values() for kind in kinds)
        print(f"  accepted only {less['accept_only']}, by golden bytes {less['golden_bytes']}; "
              + ", ".join(f"{kind} {sum(count.values())}" for kind, count in self.found.items()) + " citations")

    def is_shown(self, key: tuple) -> bool:
        row = self.statements[key]
        return not self.missing_of_codec(key, row) if row["scope"] == "codec" else self.found["story"][key] > 0


def main() -> int:
    witnesses = Witnesses(pathlib.Path(sys.argv[1]))
    witnesses.check()
    print("\n".join(witnesses.faults))
    witnesses.report()
    print(f"{len(witnesses.faults)} faults")
    return 1 if witnesses.faults else 0


sys.exit(main())
