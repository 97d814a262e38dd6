"""readme_test.py README TEMPLATE MQTTSPAN: the protocol's page says what happens. Each request on it is asked, each answer compared."""
import json
import pathlib
import re
import subprocess
import sys

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
commands = {"jsonl": [sys.argv[3], "adapter"], "jsonl template": [sys.executable, sys.argv[2]]}
asked = failed = 0
for language, block in re.findall(r"^```(jsonl[^\n]*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
    lines = block.splitlines()
    requests = [line[2:] for line in lines if line.startswith("→ ")]
    answers = [line[2:] for line in lines if line.startswith("← ")]
    if len(requests) != len(answers) or len(lines) != 2 * len(requests):
        sys.exit(f"FAILED: not a request and an answer each: {block}")
    got = subprocess.run(commands[language], input="\n".join(requests) + "\n", capture_output=True, text=True, check=True, encoding="utf-8").stdout.splitlines()
    for request, answer, line in zip(requests, answers, got, strict=True):
        asked += 1
        if json.loads(answer) != json.loads(line):
            failed += 1
            print(f"FAILED: {request}\n  the page {answer}\n  in fact  {line}")
print(f"{asked} requests on the page, {failed} answered otherwise")
sys.exit(1 if failed or asked < 15 else 0)
