"""schema_test.py SCHEMA FOLDER: every file of stories is as the schema says, and the schema refuses files that are not."""
import copy
import json
import pathlib
import sys

import jsonschema

schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

files = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
stories = 0
for file in files:
    content = json.loads(file.read_text(encoding="utf-8"))
    stories += len(content["stories"])
    for fault in validator.iter_errors(content):
        sys.exit(f"FAILED: {file}: {fault.json_path}: {fault.message[:500]}")
if stories == 0:
    sys.exit("FAILED: no stories to validate")

good = json.loads((pathlib.Path(sys.argv[2]) / "5.0-opening.json").read_text(encoding="utf-8"))
breaches = {
    "another format": lambda f: f.update(format="mqtt-stories/2"),
    "an unknown key": lambda f: f["stories"][0].update(extra=1),
    "a story without statements": lambda f: f["stories"][0].update(statements=[]),
    "a statement with its version": lambda f: f["stories"][0].update(statements=["5.0/MQTT-3.1.0-1"]),
    "an id of another form": lambda f: f["stories"][0].update(id="5.0/story/1"),
    "a story without steps": lambda f: f["stories"][0].update(steps=[]),
    "an unknown option": lambda f: f["stories"][0].update(options={"fast": True}),
    "a step that does two things": lambda f: f["stories"][0]["steps"][0].update(time=1),
    "a step that does nothing": lambda f: f["stories"][0]["steps"].append({"expect": []}),
    "bytes of the user's": lambda f: f["stories"][0]["steps"].append({"from": "user", "bytes": "c0 00"}),
    "half a byte": lambda f: f["stories"][0]["steps"].append({"from": "peer", "bytes": "c0 0"}),
    "a packet without a type": lambda f: f["stories"][0]["steps"].append({"from": "user", "send": {}}),
    "an expectation that is none": lambda f: f["stories"][0]["steps"].append({"time": 1, "expect": [{"never": 1}]}),
    "an unknown question": lambda f: f["stories"][0]["steps"].append({"time": 1, "deadline": {"above": 1}}),
    "closes: false": lambda f: f["stories"][0]["steps"].append({"time": 1, "closes": False}),
}
for name, breach in breaches.items():
    content = copy.deepcopy(good)
    breach(content)
    if validator.is_valid(content):
        sys.exit(f"FAILED: the schema allows {name}")
print(f"{len(files)} files, {stories} stories are valid; {len(breaches)} breaches are refused")
