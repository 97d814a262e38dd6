"""A free port of loopback, and what tests of programs have in common."""
import json
import pathlib
import socket
import subprocess
import sys
import tempfile


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Checks:
    """Counts what went wrong."""

    def __init__(self):
        self.failed = 0

    def expect(self, holds, what):
        if not holds:
            self.failed += 1
            print("FAILED:", what, flush=True)
        return holds

    def exit(self):
        sys.exit(1 if self.failed else 0)


class Fuzzer:
    """The program, and how a broker is started for it."""

    def __init__(self, program, start):
        self.program, self.start = program, start
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mqttspan-fuzz-"))

    def run(self, *args, start=None):
        """Runs `broker` with these arguments; gives the exit code, the run as JSON (None if it wrote none), and what it printed."""
        port = free_port()
        file = self.folder / f"{port}.json"
        command = [self.program, "broker", "--target", f"127.0.0.1:{port}", "--quiet", *map(str, args)]
        if (start or self.start):
            command += ["--start", (start or self.start).replace("{port}", str(port))]
        if "--replay" not in args and "--minimize" not in args:
            command += ["--json", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=550)
        return done.returncode, json.loads(file.read_text()) if file.exists() else None, done.stdout + done.stderr
