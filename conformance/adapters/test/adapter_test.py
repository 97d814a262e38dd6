"""adapter_test.py REQUESTS COMMAND…: asks the adapter what the file says, one request after the other as a harness does, and compares the answers.

Of an answer the keys in "want" are compared: "*" is anything but null, "-" is nothing at all.
"""
import json
import pathlib
import subprocess
import sys


def differs(want, got, key):
    if want == "*":
        return got.get(key) is None
    if want == "-":
        return key in got
    return key not in got or got[key] != want


lines = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
failed = 0
with subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as adapter:
    for line in lines:
        case = json.loads(line)
        adapter.stdin.write(json.dumps(case["ask"]) + "\n")
        adapter.stdin.flush()
        answer = adapter.stdout.readline()
        if not answer:
            sys.exit(f"FAILED: the adapter ended instead of answering {line}")
        got = json.loads(answer)
        wrong = [key for key, want in {"id": case["ask"]["id"], **case["want"]}.items() if differs(want, got, key)]
        if wrong:
            failed += 1
            print(f"FAILED: {', '.join(wrong)}\n  asked  {json.dumps(case['ask'])}\n  wanted {json.dumps(case['want'])}\n  got    {answer.strip()}")
    adapter.stdin.close()
    rest = adapter.stdout.read()
    if rest or adapter.wait() != 0:
        failed += 1
        print(f"FAILED: the adapter ended with {adapter.returncode} and said {rest!r}")
print(f"{len(lines)} requests, {failed} answered otherwise")
sys.exit(1 if failed or len(lines) < 5 else 0)
