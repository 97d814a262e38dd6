"""`mqttspan-conformance client` without a driver: clients connect by themselves, as often as they like, or not at all.

usage: waiting_test.py PROGRAM DRIVER FOLDER
DRIVER (`mqttspan-driver`) is such a client here: it is told to connect, and to nothing else.
"""
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

LONGEST = 60  # seconds for one run


class Harness:
    """One run, and what it says."""

    def __init__(self, *options, at_most=LONGEST):
        self.out = FOLDER / "run.json"
        self.out.unlink(missing_ok=True)
        command = [PROGRAM, "client", "--listen", "0", "--at-most", str(at_most), "--json", str(self.out), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.said = [self.process.stderr.readline()]
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", self.said[0]).group(1))

    def is_over(self):
        return self.process.poll() is not None

    def end(self):
        """The exit code, what was said, and the results by id."""
        try:
            self.said += self.process.stderr.read().splitlines()
            code = self.process.wait(LONGEST)
        finally:
            self.process.kill()
        results = json.loads(self.out.read_text(encoding="utf-8"))["results"] if self.out.exists() else []
        return code, "\n".join(self.said), {each["id"]: each for each in results}


def connects_once(port, version):
    """Connects, and lives until it is cut off."""
    with subprocess.Popen([DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        client.stdin.write(json.dumps({"do": "connect", "host": "127.0.0.1", "port": port, "version": version, "client_id": "by-itself", "clean": True, "keep_alive": 0}) + "\n")
        client.stdin.flush()
        for line in client.stdout:
            if "closed" in line:
                break
        client.kill()


def reason_of(results, name):
    return results[name]["verdict"], results[name].get("reason", "")


def test_each_version_that_comes_is_played():
    run = Harness("--wait", "5", "--only", "C-FIRST,C-QOSIN/*/qos-1,C-NOCONNACK/*/code-*")
    while not run.is_over():
        for version in ("3.1.1", "5.0"):
            connects_once(run.port, version)
    code, said, results = run.end()
    assert code == 0, said
    assert "all is played that needs no driver" in said, said
    for version in ("3.1.1", "5.0"):
        assert results[f"C-QOSIN/{version}/qos-1"]["verdict"] == "pass", results[f"C-QOSIN/{version}/qos-1"]
        assert reason_of(results, f"C-FIRST/{version}/full") == ("skip", "nobody drives the client (--driver)")
    assert results["C-NOCONNACK/5.0/code-ff"]["verdict"] == "pass", results["C-NOCONNACK/5.0/code-ff"]
    assert reason_of(results, "C-QOSIN/3.1/qos-1") == ("skip", "no client came with this version")


def test_who_stays_away_is_told():
    run = Harness("--wait", "1", "--only", "C-FIRST/5.0/connect,C-QOSIN/5.0/qos-1")
    connects_once(run.port, "5.0")
    code, said, results = run.end()
    assert code == 0, said
    assert reason_of(results, "C-FIRST/5.0/connect") == ("inconclusive", "behind this probe the client did not come again within 1 s"), results
    assert reason_of(results, "C-QOSIN/5.0/qos-1") == ("skip", "the client did not come again within 1 s"), results


def test_who_was_sent_away_may_stay_away():
    run = Harness("--wait", "1", "--only", "C-FIRST/5.0/connect,C-DISC/5.0/server,C-DISC/5.0/server-normal")
    connects_once(run.port, "5.0")
    connects_once(run.port, "5.0")
    code, said, results = run.end()
    assert code == 0, said
    assert results["C-FIRST/5.0/connect"]["verdict"] == "pass", results
    assert results["C-DISC/5.0/server"]["verdict"] == "strict-pass", results


def test_nobody_comes():
    code, said, results = Harness("--wait", "1", "--only", "C-FIRST/5.0/connect").end()
    assert code == 3 and "nobody came with a CONNECT" in said, (code, said)
    assert results["C-FIRST/5.0/connect"]["verdict"] == "skip", results


def test_no_mqtt():
    run = Harness("--wait", "1", "--only", "C-FIRST/5.0/connect")
    with socket.create_connection(("127.0.0.1", run.port)) as other:
        other.sendall(b"GET / HTTP/1.1\r\n\r\n")
        code, said, _ = run.end()
    assert code == 3 and "dropped: a connection that begins with 474554" in said, (code, said)


def test_ctrl_c_keeps_what_was_found():
    run = Harness("--wait", "30", "--only", "C-FIRST/5.0/connect,C-QOSIN/5.0/qos-1")
    connects_once(run.port, "5.0")
    time.sleep(0.5)
    run.process.send_signal(signal.SIGINT)
    code, said, results = run.end()
    assert code == 0, said
    assert results["C-FIRST/5.0/connect"]["verdict"] == "pass", results
    assert reason_of(results, "C-QOSIN/5.0/qos-1") == ("skip", "interrupted"), results


def test_all_ends_in_time():
    run = Harness("--wait", "30", "--only", "C-FIRST/5.0/connect", at_most=1)
    code, _, results = run.end()
    assert code == 3, code
    assert results["C-FIRST/5.0/connect"]["verdict"] == "skip", results


PROGRAM, DRIVER, FOLDER = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
FOLDER.mkdir(parents=True, exist_ok=True)
for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()
        print("good:", name)
