#!/usr/bin/env python3
"""Each file of vectors and families is what its JSON Schema says, and the schemas can say no. Usage: schema_test.py FOLDER-OF-VECTORS"""
import copy
import json
import pathlib
import sys

import jsonschema

import manifest


def validator(path: pathlib.Path) -> jsonschema.Draft202012Validator:
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def deepest(error):
    while error.context:
        error = max(error.context, key=lambda e: len(e.absolute_path))
    return error


def check(files: list, against) -> int:
    wrong = 0
    for path, content in files:
        for error in against.iter_errors(content):
            error = deepest(error)
            print(f"{path}: /{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
            wrong += 1
    return wrong


# What makes a good test a bad one: the schema has to see each.
SPOILT = {
    "no title": lambda t: t.pop("title"),
    "bytes in upper case": lambda t: t.update(bytes="C0 00"),
    "an odd digit": lambda t: t.update(bytes="c0 0"),
    "a result that there is not": lambda t: t.update(result="broken"),
    "an unknown key": lambda t: t.update(comment="x"),
    "good, and an error": lambda t: t.update(error={"rule": "qos_3", "offset": 0}),
    "good, and no value": lambda t: t.pop("value"),
    "not canonical, and nothing to encode": lambda t: t.update(canonical=False),
    "refused, and no error": lambda t: t.update(result="malformed"),
    "no statement": lambda t: t.update(statements=[]),
    "an id of another shape": lambda t: t.update(id="5.0/pingreq/1"),
    "disputed, and no word about it": lambda t: t.update(status="disputed"),
}


def check_that_it_refuses(against) -> int:
    good = {"id": "5.0/pingreq/0001", "title": "it", "sender": "any", "bytes": "c0 00", "result": "valid", "canonical": True,
            "statements": ["U5-3.12.1-a"], "value": {"type": "pingreq"}}
    file = {"format": "mqtt-vectors/1", "version": "5.0", "packet": "pingreq", "count": 1, "tests": [good]}
    wrong = 0 if against.is_valid(file) else 1
    for name, spoil in SPOILT.items():
        bad = copy.deepcopy(file)
        spoil(bad["tests"][0])
        if against.is_valid(bad):
            print(f"the schema lets pass: {name}")
            wrong += 1
    return wrong


def main() -> int:
    vectors = pathlib.Path(sys.argv[1])
    of_vectors = validator(vectors / "mqtt-vectors.schema.json")
    files, families = manifest.vector_files(vectors), manifest.family_files(vectors)
    wrong = check_that_it_refuses(of_vectors)
    wrong += check(files, of_vectors)
    wrong += check(families, validator(vectors / "mqtt-families.schema.json"))
    print(f"{len(files)} files of vectors, {len(families)} of families, {wrong} faults")
    return 1 if wrong or not families else 0


sys.exit(main())
