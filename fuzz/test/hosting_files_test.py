"""The files for OSS-Fuzz and ClusterFuzzLite: what their engines read is there, each of the modes has a workflow, all builds come from fuzz/build.sh, and that uses no variable that they do not set.

usage: hosting_files_test.py ROOT
"""
import pathlib
import re
import subprocess
import sys

import yaml

ROOT = pathlib.Path(sys.argv[1])
VARIABLES = {"CC", "CXX", "CFLAGS", "CXXFLAGS", "LIB_FUZZING_ENGINE", "OUT", "SRC", "SANITIZER", "ARCHITECTURE"}
failed = 0


def expect(holds, what):
    global failed
    if not holds:
        failed += 1
        print("FAILED:", what)


def project_of(folder, required):
    project = yaml.safe_load((ROOT / folder / "project.yaml").read_text())
    expect(required <= set(project), f"{folder}/project.yaml: without {required - set(project)}")
    expect(project["language"] == "c++", f"{folder}/project.yaml: the language")
    docker = (ROOT / folder / "Dockerfile").read_text()
    expect(re.search(r"^ARG BASE_BUILDER=.*\nFROM \$\{BASE_BUILDER\}$", docker, re.M), f"{folder}/Dockerfile: the base builder")
    expect("build.sh $SRC/" in docker and "WORKDIR $SRC/mqttspan" in docker, f"{folder}/Dockerfile: build.sh and WORKDIR")
    expect((ROOT / folder / "build.sh").read_text().splitlines()[-1] == 'exec "$SRC/mqttspan/fuzz/build.sh"', f"{folder}/build.sh is but a call")
    expect((ROOT / folder / "build.sh").stat().st_mode & 0o111, f"{folder}/build.sh can be executed")
    return project


project = project_of("fuzz/oss-fuzz", {"homepage", "main_repo", "primary_contact", "language", "fuzzing_engines", "sanitizers", "architectures"})
expect(set(project["sanitizers"]) <= {"address", "undefined", "memory"} and set(project["fuzzing_engines"]) <= {"libfuzzer", "afl", "honggfuzz", "centipede"}, "sanitizers and engines that there are")
project_of(".clusterfuzzlite", {"language"})

script = (ROOT / "fuzz/build.sh").read_text()
used = set(re.findall(r"\$\{?([A-Za-z_]+)", "\n".join(line for line in script.splitlines() if not line.startswith("#"))))
expect({name for name in used if name.isupper()} <= VARIABLES, f"fuzz/build.sh uses {sorted(name for name in used if name.isupper())}")

modes, sanitizers = set(), set()
workflows = sorted((ROOT / ".github/workflows").glob("cflite_*.yml"))
for path in workflows:
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        uses = [step["uses"] for step in job["steps"]]
        expect(uses[0] == "google/clusterfuzzlite/actions/build_fuzzers@v1", f"{path.name}: what is run is built first")
        given = [step["with"] for step in job["steps"]]
        expect(all(each.get("sanitizer") == given[0].get("sanitizer") for each in given[1:]), f"{path.name}: it is run with the sanitizer that it is built with")
        modes |= {each["mode"] for each in given if "mode" in each}
        sanitizers |= set(job.get("strategy", {}).get("matrix", {}).get("sanitizer", []))
expect(modes == {"code-change", "batch", "prune", "coverage"}, f"modes: {modes}")
expect(sanitizers == set(project["sanitizers"]), f"sanitizers: {sanitizers}")
checked = subprocess.run([sys.executable, "-B", ROOT / "fuzz/test/workflows.py", *workflows])
expect(checked.returncode == 0, "workflows")
sys.exit(1 if failed else 0)
