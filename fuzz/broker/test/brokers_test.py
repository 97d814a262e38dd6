"""Real brokers: many cases, and neither a crash nor a hang nor a leak is claimed, nor a deviation that their peer files do not know.

usage: brokers_test.py FUZZER PEER-FILES OUR-PEER-FILES mosquitto|aedes CASES [NODE-MODULES AEDES-SCRIPT]
"""
import getpass
import sys

from ports import Checks, Fuzzer

PROGRAM, PEERS, KNOWN, BROKER, CASES = sys.argv[1:6]
checks = Checks()
fuzzer = Fuzzer(PROGRAM, None)
if BROKER == "mosquitto":
    conf = fuzzer.folder / "mosquitto.conf"
    conf.write_text(f"persistence false\nlog_type error\nuser {getpass.getuser()}\nallow_anonymous true\n")
    # A port on the command line would make it ignore the rest of the file: each start writes its own.
    start = f"PATH=$PATH:/usr/sbin; {{ cat '{conf}'; echo listener {{port}} 127.0.0.1; }} > '{conf}.{{port}}'; exec mosquitto -c '{conf}.{{port}}'"
else:
    start = f"NODE_MODULES='{sys.argv[6]}' exec node '{sys.argv[7]}' {{port}}"
code, run, text = fuzzer.run("--max-cases", CASES, "--max-time", 300, "--peer", f"{PEERS}/{BROKER}.json", "--known", f"{KNOWN}/{BROKER}.json", start=start)
print(text)
checks.expect(run and run["cases"] >= int(CASES), "all cases are played")
for f in (run or {"findings": []})["findings"]:
    checks.expect(f["severity"] != "error", f"{f['id']}: {f['title']}")
    checks.expect("known" in f, f"{f['id']} is not known: {f['title']}")
checks.expect(code == 0, f"exit {code}")
checks.exit()
