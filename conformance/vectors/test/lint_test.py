#!/usr/bin/env python3
"""What no schema can say of the vectors: ids, order, counts, titles, statements, offsets, and that silences of the text fail nobody. Usage: lint_test.py FOLDER-OF-CONFORMANCE [--rules rules.inc]"""
import pathlib
import re
import sys

import manifest


def size_of(data) -> int:
    if isinstance(data, str):
        return len(data.replace(" ", "")) // 2
    return sum(size_of(s) if isinstance(s, str) else len(s["rep"]) // 2 * s["n"] for s in data)


def cut_ends(cuts: list) -> list:
    return [end for cut in cuts for end in ([cut] if isinstance(cut, int) else [cut["from"], cut["to"]])]


class Linter:
    def __init__(self, conformance: pathlib.Path, rules: set):
        self.statements = manifest.statements(conformance)
        self.rules = rules
        self.faults: list = []
        self.tests = 0

    def fault(self, where, what: str):
        self.faults.append(f"{where}: {what}")

    def file(self, path: pathlib.Path, content: dict):
        tests, folder = content["tests"], f"{content['version']}/{content['packet']}"
        if f"{path.parent.name}/{path.stem}" != folder:
            self.fault(path, f"says that it is {folder}")
        if content["count"] != len(tests):
            self.fault(path, f"has {len(tests)} tests, and says {content['count']}")
        ids = [test["id"] for test in tests]
        if ids != sorted(set(ids)):
            self.fault(path, "the ids are not sorted, or not unique")
        titles = [test["title"] for test in tests]
        for title in sorted({t for t in titles if titles.count(t) > 1}):
            self.fault(path, f"title twice: {title}")
        for test in tests:
            self.tests += 1
            self.test(test, content, folder)

    def test(self, test: dict, content: dict, folder: str):
        where = test["id"]
        if not where.startswith(folder + "/"):
            self.fault(where, f"is not of {folder}")
        for id_ in test["statements"]:
            if (content["version"], id_) not in self.statements:
                self.fault(where, f"no such statement in {content['version']}: {id_}")
        for flag in test.get("flags", []):
            if flag not in content.get("notes", {}):
                self.fault(where, f"flag without a note: {flag}")
        error = test.get("error", {})
        if self.rules and error and error["rule"] not in self.rules:
            self.fault(where, f"no such rule: {error['rule']}")
        if "bytes" in test:
            self.bytes(test, error, where)
        if test.get("op") != "encode":
            self.silence(test, content["version"], test["statements"], where)
        if content["version"] == "5.0" and test["result"] in ("malformed", "protocol_error") and not error.get("codes"):
            self.fault(where, "5.0 names a reason code for it: \"codes\" is missing")

    # 3.1 obliges no receiver to refuse, so there it is always open.
    def silence(self, test: dict, version: str, ids: list, where):
        refused = test["result"] in ("malformed", "protocol_error")
        gaps = [self.statements[version, id_]["summary"].startswith("GAP") for id_ in ids if (version, id_) in self.statements]
        if refused and version != "3.1" and gaps and all(gaps) and "status" not in test:
            self.fault(where, "the text says nothing of it: \"status\" must be \"open\"")

    def family(self, path, content: dict):
        if content["family"] != path.stem:
            self.fault(path, f"says that it is {content['family']}")
        for sweep in content["sweeps"]:
            for row in sweep["expect"]:
                ids = row.get("statements", sweep.get("statements"))
                if ids is None and row["result"] != "none":
                    self.fault(path, f"a row without statements: {row}")
                for version in manifest.VERSIONS if isinstance(ids, dict) else {template["version"] for template in sweep.get("templates", [])}:
                    self.silence(row, version, ids.get(version, []) if isinstance(ids, dict) else ids or [], f"{path}: {row}")

    def bytes(self, test: dict, error: dict, where: str):
        size = size_of(test["bytes"])
        if error.get("offset", 0) > size:
            self.fault(where, f"offset {error['offset']} in {size} bytes")
        for end in cut_ends(test.get("cuts", [])):
            if not 2 <= end < size:
                self.fault(where, f"cut at {end} of {size} bytes")
        if test.get("canonical") is False and test.get("reencode") == test["bytes"]:
            self.fault(where, "is not canonical, and re-encoded as itself")


def rules_in(path: str) -> set:
    return set(re.findall(r"^MQTTSPAN_RULE\((\w+)", pathlib.Path(path).read_text(encoding="utf-8"), re.M))


def main() -> int:
    conformance = pathlib.Path(sys.argv[1])
    rules = rules_in(sys.argv[sys.argv.index("--rules") + 1]) if "--rules" in sys.argv else set()
    linter = Linter(conformance, rules)
    files = manifest.vector_files(conformance / "vectors")
    for path, content in files:
        linter.file(path, content)
    for path, content in manifest.family_files(conformance / "vectors"):
        linter.family(path, content)
    print("\n".join(linter.faults[:100]))
    print(f"{linter.tests} tests in {len(files)} files, {len(linter.faults)} faults")
    return 1 if linter.faults else 0


sys.exit(main())
