#!/bin/sh
# register.sh [COMMIT]: writes versions/ for the port as it lies here, so that this repository is a registry for vcpkg. With COMMIT the portfile takes its source from there first.
# register.sh --check: only says whether versions/ fits; nothing is written.
# A released version keeps its git-tree for ever: after a release raise the version, or the port-version, in mqttspan/vcpkg.json.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The object id that the port's folder gets by a commit: a repository and an index of our own, so that nothing of the real one is touched, or needed.
tree_id() (
  cd ports/mqttspan
  export GIT_DIR="$scratch/objects" GIT_WORK_TREE=. GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
  git init -q
  git add -A .
  git write-tree
)

if [ "${1-}" != --check ] && [ $# = 1 ]; then
  commit=$(git rev-parse --verify "$1^{commit}")
  sed -i "s/^    REF .*/    REF $commit/" ports/mqttspan/portfile.cmake
fi

tree=$(tree_id)
TREE=$tree /usr/bin/python3 - "${1-}" <<'END'
import json, os, sys

port = json.load(open("ports/mqttspan/vcpkg.json"))
version, revision, tree = port["version-semver"], port.get("port-version", 0), os.environ["TREE"]
entry = {"version-semver": version, "port-version": revision, "git-tree": tree}
wanted = {"versions/baseline.json": {"default": {"mqttspan": {"baseline": version, "port-version": revision}}}}
history = "versions/m-/mqttspan.json"
older = json.load(open(history))["versions"] if os.path.exists(history) else []
wanted[history] = {"versions": [entry] + [v for v in older if (v["version-semver"], v["port-version"]) != (version, revision)]}
for path, content in wanted.items():
    text = json.dumps(content, indent=2) + "\n"
    if sys.argv[1] == "--check":
        if not os.path.exists(path) or open(path).read() != text:
            sys.exit(f"{path} does not fit ports/mqttspan, which is {version}#{revision} with the git-tree {tree}: run ports/register.sh")
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write(text)
END
