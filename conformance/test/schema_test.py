#!/usr/bin/env python3
"""Each file of a kind is what its JSON Schema says, and the schema says no to a file that is spoilt. Usage: schema_test.py vectors|families|stories|runs FOLDER"""
import copy
import json
import pathlib
import sys
from typing import Callable, NamedTuple

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent.parent


class Kind(NamedTuple):
    schema: str
    files: str     # pattern, below the folder
    parts: str     # the list that is counted
    good: Callable  # a file to be spoilt
    breaches: dict  # what is done to it


def test_of(file):
    return file["tests"][0]


def result_of(file, at=0):
    return file["results"][at]


def story_of(file):
    return file["stories"][0]


def expect_of(file):
    return file["sweeps"][0]["expect"]


def good_vectors(_folder):
    test = {"id": "5.0/pingreq/0001", "title": "it", "sender": "any", "bytes": "c0 00", "result": "valid", "canonical": True,
            "statements": ["U5-3.12.1-a"], "value": {"type": "pingreq"}}
    return {"format": "mqtt-vectors/1", "version": "5.0", "packet": "pingreq", "count": 1, "tests": [test]}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


KINDS = {
    "vectors": Kind("vectors/mqtt-vectors.schema.json", "[0-9]*/*.json", "tests", good_vectors, {
        "no title": lambda f: test_of(f).pop("title"),
        "bytes in upper case": lambda f: test_of(f).update(bytes="C0 00"),
        "an odd digit": lambda f: test_of(f).update(bytes="c0 0"),
        "a result that there is not": lambda f: test_of(f).update(result="broken"),
        "an unknown key": lambda f: test_of(f).update(comment="x"),
        "good, and an error": lambda f: test_of(f).update(error={"rule": "qos_3", "offset": 0}),
        "good, and no value": lambda f: test_of(f).pop("value"),
        "not canonical, and nothing to encode": lambda f: test_of(f).update(canonical=False),
        "refused, and no error": lambda f: test_of(f).update(result="malformed"),
        "no statement": lambda f: test_of(f).update(statements=[]),
        "an id of another shape": lambda f: test_of(f).update(id="5.0/pingreq/1"),
        "disputed, and no word about it": lambda f: test_of(f).update(status="disputed"),
        "a status that there is not": lambda f: test_of(f).update(status="unclear"),
    }),
    "families": Kind("vectors/mqtt-families.schema.json", "families/*.json", "sweeps", lambda folder: read(folder / "families/first_byte.json"), {
        "another format": lambda f: f.update(format="mqtt-families/2"),
        "no fingerprint": lambda f: f.pop("sha256"),
        "a fingerprint that is none": lambda f: f.update(sha256="00"),
        "a row without a result": lambda f: expect_of(f)[0].pop("result"),
        "a result that there is not": lambda f: expect_of(f)[0].update(result="broken"),
        "a status that there is not": lambda f: expect_of(f)[0].update(status="disputed"),
        "an unknown key": lambda f: expect_of(f)[0].update(comment="x"),
        "no rows": lambda f: expect_of(f).clear(),
    }),
    "stories": Kind("vectors/stories.schema.json", "stories/*.json", "stories", lambda folder: read(folder / "stories/5.0-opening.json"), {
        "another format": lambda f: f.update(format="mqtt-stories/2"),
        "an unknown key": lambda f: story_of(f).update(extra=1),
        "a story without statements": lambda f: story_of(f).update(statements=[]),
        "a statement with its version": lambda f: story_of(f).update(statements=["5.0/MQTT-3.1.0-1"]),
        "an id of another form": lambda f: story_of(f).update(id="5.0/story/1"),
        "a story without steps": lambda f: story_of(f).update(steps=[]),
        "an unknown option": lambda f: story_of(f).update(options={"fast": True}),
        "a step that does two things": lambda f: story_of(f)["steps"][0].update(time=1),
        "a step that does nothing": lambda f: story_of(f)["steps"].append({"expect": []}),
        "bytes of the user's": lambda f: story_of(f)["steps"].append({"from": "user", "bytes": "c0 00"}),
        "half a byte": lambda f: story_of(f)["steps"].append({"from": "peer", "bytes": "c0 0"}),
        "a packet without a type": lambda f: story_of(f)["steps"].append({"from": "user", "send": {}}),
        "an expectation that is none": lambda f: story_of(f)["steps"].append({"time": 1, "expect": [{"never": 1}]}),
        "an unknown question": lambda f: story_of(f)["steps"].append({"time": 1, "deadline": {"above": 1}}),
        "closes: false": lambda f: story_of(f)["steps"].append({"time": 1, "closes": False}),
    }),
    "runs": Kind("report/run.schema.json", "*.json", "results", lambda folder: read(folder / "nasty.json"), {
        "another format": lambda f: f.update(format="mqtt-conformance-run/2"),
        "no peer": lambda f: f.pop("peer"),
        "a date without a zone": lambda f: f.update(date="2026-11-22T12:00:00"),
        "a verdict of another name": lambda f: result_of(f).update(verdict="ok"),
        "a fail without a reason": lambda f: result_of(f, 2).pop("reason"),
        "half a byte": lambda f: result_of(f)["log"][0].update(hex="c"),
        "an unknown version": lambda f: result_of(f).update(version="4"),
        "an unknown key": lambda f: result_of(f).update(extra=1),
    }),
}


def deepest(error):
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return error


def faults_in(against, content, parts):
    # The largest are validated in part: it takes a minute otherwise, and what they list is all alike.
    shown = {**content, parts: content[parts][:2000] + content[parts][2000:][-500:]}
    return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in map(deepest, against.iter_errors(shown))]


def breaches_let_pass(against, good, breaches):
    if not against.is_valid(good):
        return ["nothing: even a good file is refused"]
    passed = []
    for name, spoil in breaches.items():
        bad = copy.deepcopy(good)
        spoil(bad)
        if against.is_valid(bad):
            passed.append(name)
    return passed


def main() -> int:
    kind, folder = KINDS[sys.argv[1]], pathlib.Path(sys.argv[2])
    schema = read(HERE / kind.schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    against = jsonschema.Draft202012Validator(schema)
    files = sorted(folder.glob(kind.files))
    wrong = [f"{path}: {fault}" for path in files for fault in faults_in(against, read(path), kind.parts)]
    wrong += [f"the schema lets pass: {name}" for name in breaches_let_pass(against, kind.good(folder), kind.breaches)]
    listed = sum(len(read(path)[kind.parts]) for path in files)
    if len(files) < 2 or listed == 0:
        wrong.append(f"{folder}: nothing to validate")
    print("\n".join([*wrong, ""]), end="")
    print(f"{len(files)} files, {listed} {kind.parts}, {len(kind.breaches)} ways to spoil one; {len(wrong)} faults")
    return 1 if wrong else 0


sys.exit(main())
