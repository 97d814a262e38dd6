"""Workflows of GitHub's are well-formed: each step runs something, in shell that can be read, or uses an action of a version. Pages are read for the YAML that they show.

usage: workflows.py WORKFLOW.yml|PAGE.md...
"""
import pathlib
import re
import subprocess
import sys

import yaml

failed = 0


def expect(holds, what):
    global failed
    if not holds:
        failed += 1
        print("FAILED:", what, flush=True)


def step(where, each):
    expect(("run" in each) != ("uses" in each), f"{where}: a step either runs something or uses an action: {each}")
    expect(set(each) <= {"name", "id", "if", "run", "uses", "with", "env", "working-directory"}, f"{where}: unknown keys: {each}")
    if "uses" in each:
        expect(re.fullmatch(r"[\w.-]+/[\w./-]+@[\w.]+", each["uses"]), f"{where}: {each['uses']} is no action of a version")
    if "run" in each:
        script = re.sub(r"\$\{\{.*?\}\}", "x", each["run"])
        done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
        expect(done.returncode == 0, f"{where}: {done.stderr}")


def workflow(where, text):
    file = yaml.safe_load(text)
    expect(True in file or "on" in file, f"{where}: when does it run?")  # YAML 1.1 reads "on" as true
    expect(file.get("jobs"), f"{where}: no jobs")
    for name, job in file.get("jobs", {}).items():
        expect("runs-on" in job and job.get("steps"), f"{where}: {name} runs nowhere, or nothing")
        for each in job.get("steps", []):
            step(f"{where}: {name}", each)


for path in map(pathlib.Path, sys.argv[1:]):
    blocks = re.findall(r"```yaml\n(.*?)```", path.read_text(), re.S) if path.suffix == ".md" else [path.read_text()]
    expect(blocks, f"{path} shows no workflow")
    for block in blocks:
        workflow(path, block)
sys.exit(1 if failed else 0)
