#!/usr/bin/python3
"""manifests_test.py SOURCE: the project, its manifest and the port's say the same of what they share."""
import json
import re
import sys
from pathlib import Path

source = Path(sys.argv[1])
project = json.loads((source / "vcpkg.json").read_text())
port = json.loads((source / "ports/mqttspan/vcpkg.json").read_text())
portfile = (source / "ports/mqttspan/portfile.cmake").read_text()
version, description = re.search(r'^project\(mqttspan VERSION (\S+) DESCRIPTION "([^"]*)"', (source / "CMakeLists.txt").read_text(), re.M).groups()
wslay = [line for line in port["description"] if "WebSocket" in line and "MQTTSPAN_WEBSOCKET" in line]
options = dict(re.findall(r"^ +(\w+) +(MQTTSPAN_\w+)$", portfile, re.M))

checks = [
    ("the version of CMakeLists.txt", version, port["version-semver"]),
    ("the description of CMakeLists.txt", description, port["description"][0]),
    *((f"{key} of vcpkg.json", project[key], port[key]) for key in ("name", "version-semver", "description", "license", "supports")),
    *((f"the feature {name} of vcpkg.json", project["features"].get(name), feature) for name, feature in port["features"].items()),
    ("the features that the portfile switches", options, {name: f"MQTTSPAN_{name.upper()}" for name in port["features"]}),
    ("WebSocket, which is no feature, explained", bool(wslay) and "websocket" not in port["features"], True),
    ("the helper ports", port["dependencies"], [{"name": name, "host": True} for name in ("vcpkg-cmake", "vcpkg-cmake-config")]),
]
wrong = [f"FAILED: {what}: {ours!r}, and the port has {theirs!r}" for what, ours, theirs in checks if ours != theirs]
print("\n".join(wrong) or f"{len(checks)} facts agree")
sys.exit(1 if wrong else 0)
