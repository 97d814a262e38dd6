"""The tests that judge mutants: builds them, records which test reaches which mutant, and runs them against one mutant after the other."""
import os
import re
import resource
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ["roads_test", "codec/test/codec_header_tests", "codec/test/codec_spec_test", "codec/test/codec_law_tests", "codec/test/codec_scan_test", "codec/test/codec_guarded_test",
            "codec/test/codec_allocation_test",
            "stream/test/stream_header_tests", "stream/test/stream_quick_test", "stream/test/connection_header_tests", "stream/test/connection_statement_tests",
            "stream/test/connection_memory_test", "stream/test/stream_chunks_test", "stream/test/connection_model_test",
            "stream/test/connection_pair_test", "stream/test/connection_hostile_test", "stream/test/connection_allocation_test",
            "stream/test/stream_allocation_test"]
# The same program once more, in another way.
VARIANTS = {"stream/test/connection_statement_tests": [{"MQTTSPAN_STORY_CHUNK": "1"}, {"MQTTSPAN_RESTS": "1"}],
            "stream/test/connection_pair_test": [{"MQTTSPAN_RESTS": "1"}], "stream/test/connection_model_test": [{"MQTTSPAN_RESTS": "1"}]}
LONGEST_TEST = 10  # seconds; a test that takes longer, mutants not active, judges none
STEPS = [0.005, 0.1, LONGEST_TEST]  # quick tests judge together, and before slower ones
MEMORY = 8 << 30  # bytes of address space: a mutant may ask for any


@dataclass(frozen=True)
class Program:
    path: Path
    environment: tuple


@dataclass(frozen=True)
class Test:
    program: Program
    name: str
    seconds: float
    reached: frozenset


@dataclass
class Result:
    verdict: str  # killed, timeout, survived, unreached
    by: str = ""

    @property
    def is_alive(self):
        return self.verdict in ("survived", "unreached")

    def __str__(self):
        return {"killed": f"killed by {self.by}", "timeout": f"killed by the time that {self.by} took", "survived": "no test noticed",
                "unreached": "no test reaches it"}[self.verdict]


class TestSuite:
    def __init__(self, tree, out, jobs, programs, patience=10):
        self.patience = patience  # seconds
        self.tree, self.out, self.jobs, self.programs, self.tests = tree, out, jobs, programs, []

    def build(self):
        if not (self.out / "build.ninja").exists():
            quietly(["cmake", "-G", "Ninja", "-S", self.tree, "-B", self.out, "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_CXX_COMPILER=clang++-19"])
        quietly(["ninja", "-C", self.out, f"-j{self.jobs}", *self.programs])

    def record(self):
        """Each test in a process of its own: which mutants it reaches, how long it takes, and that it passes at all."""
        names = []
        for path in self.programs:
            for environment in [{}, *VARIANTS.get(path, [])]:
                program = Program(self.out / path, tuple(environment.items()))
                names += [(program, name) for name in list_tests(program)]
        with ThreadPoolExecutor(self.jobs) as pool:
            recorded = list(pool.map(lambda x: self.record_test(*x), names))
        left_out = sorted({name for (program, name), test in zip(names, recorded) if test is None and not program.environment})
        if left_out:
            print(f"too slow to judge mutants, with more than {LONGEST_TEST} s: {', '.join(left_out)}")
        self.tests = sorted((t for t in recorded if t), key=lambda t: t.seconds)
        print(f"{len(self.tests)} tests reach {len(set().union(*(t.reached for t in self.tests)))} expressions", flush=True)

    def record_test(self, program, name):
        """A record that is newer than the program is taken as it is."""
        variant = "".join(f".{key}={value}" for key, value in program.environment)
        file = self.out / "reached" / (program.path.name + variant) / name.replace("/", "_")
        if not file.exists() or file.stat().st_mtime < program.path.stat().st_mtime:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            record_test(program, name, file)
        line = file.read_text()
        if not line:
            return None
        _, microseconds, _, numbers = line.split("\t")
        return Test(program, name, int(microseconds) / 1e6, frozenset(map(int, numbers.split())))

    def run(self, chosen, watch=lambda mutant, result, done: None):
        """Pairs of mutant and Result, in the order of `chosen`."""
        done = 0

        def one(mutant):
            nonlocal done
            result = self.judge(mutant)
            done += 1
            watch(mutant, result, done)
            return mutant, result

        with ThreadPoolExecutor(self.jobs) as pool:
            return list(pool.map(one, chosen))

    def judge(self, mutant):
        """By quick tests together, then by slower ones one by one, as long as patience lasts."""
        tests = self.patient([t for t in self.tests if mutant.site in t.reached])
        shortest = 0
        for longest in STEPS:
            step = [t for t in tests if shortest <= t.seconds < longest]
            shortest = longest
            for program in dict.fromkeys(t.program for t in step):
                batch = [t for t in step if t.program == program]
                for part in [batch] if longest < LONGEST_TEST else [[t] for t in batch]:
                    result = run_tests(program, part, mutant.number)
                    if result:
                        return result
        return Result("survived" if tests else "unreached")

    def patient(self, tests):
        seconds = 0
        for count, test in enumerate(tests):
            seconds += test.seconds
            if seconds > self.patience and count > 0:
                return tests[:count]
        return tests


def list_tests(program):
    listing = subprocess.run([program.path, "--gtest_list_tests"], capture_output=True, text=True, check=True).stdout
    suite = ""
    for line in listing.splitlines():
        word = line.split("#")[0].strip()
        if line.startswith(" "):
            yield suite + word
        elif word.endswith("."):
            suite = word


def environment_of(program, **more):
    # A fixed seed, so that a mutant meets the packets that reached it; what fails need not be made small.
    return {**os.environ, "RC_PARAMS": "seed=1 noshrink=1", **dict(program.environment), **more}


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def record_test(program, name, file):
    """The file stays empty where the test cannot judge: it takes too long, or needs others around it for its variant of the program."""
    command = [program.path, f"--gtest_filter={name}"]
    try:
        run = subprocess.run(command, env=environment_of(program, MQTTSPAN_REACHED=str(file)), timeout=LONGEST_TEST, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, cwd=program.path.parent)
    except subprocess.TimeoutExpired:
        return file.write_text("")
    if run.returncode != 0 and program.environment:
        return file.write_text("")
    if run.returncode != 0 or not file.exists() or file.read_text().count("\n") != 1:
        file.unlink(missing_ok=True)
        raise SystemExit(f"mutation: {program.path.name} fails without a mutant in {name}:\n{run.stdout.decode(errors='replace')}")


def run_tests(program, tests, number):
    """None where all pass."""
    names = ":".join(t.name for t in tests)
    seconds = 2 + 10 * sum(t.seconds for t in tests)
    environment = environment_of(program, MQTTSPAN_MUTANT=str(number), GTEST_FILTER=names, GTEST_FAIL_FAST="1", GTEST_CATCH_EXCEPTIONS="0")
    process = subprocess.Popen([program.path], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limit, cwd=program.path.parent)
    try:
        out = process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Result("timeout", tests[0].name if len(tests) == 1 else program.path.name)
    if process.returncode == 0:
        return None
    begun = re.findall(rb"^\[ RUN      \] (\S+)", out, re.M)
    return Result("killed", begun[-1].decode() if begun else program.path.name)


def quietly(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if run.returncode != 0:
        raise SystemExit(run.stdout.decode(errors="replace"))
