"""What OSS-Fuzz asks of a build before it takes it, and what its machines can run: every fuzz target of a folder starts, is instrumented for coverage and by one sanitizer alone, needs no
library that the base image lacks, and has seeds that it bears and a dictionary that it can read. The folder is moved first, so that nothing depends on where it was built.

usage: bad_build_check.py OUT EXPECTED-NUMBER-OF-TARGETS      exit: 0 good, 1 bad
environment: SANITIZER, address if not set
"""
import configparser
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile

LEAST_EDGES = 100
# Calls of each runtime, which its own count among: the least and the most.
CALLS = {
    "address": {"__asan": (1000, None), "__msan": (0, 3), "__ubsan": (0, 200)},
    "memory": {"__asan": (0, 0), "__msan": (1000, None), "__ubsan": (0, 200)},
    "undefined": {"__asan": (0, 0), "__msan": (0, 3), "__ubsan": (168, None)},
}
X86_64 = 62
# The base builder links libc++, its ABI and its unwinder statically. Debian has them shared, and its libFuzzer needs libstdc++.
LIBRARIES = re.compile(r"(linux-vdso|ld-linux-x86-64|libc|libm|libdl|librt|libpthread|libresolv|libgcc_s|libc\+\+|libc\+\+abi|libunwind|libstdc\+\+)\.so\.\d+")
OPTIONS_OF_CLUSTERFUZZ = ["-rss_limit_mb=2560", "-timeout=25"]


def run(fuzzer, *args):
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run([fuzzer, "-seed=1337", *OPTIONS_OF_CLUSTERFUZZ, *args], cwd=elsewhere, capture_output=True, text=True, errors="replace", timeout=300)
    return done.returncode, done.stdout + done.stderr


def targets_in(out):
    for path in sorted(out.iterdir()):
        if path.is_file() and path.stat().st_mode & stat.S_IXUSR and path.read_bytes()[:4] == b"\x7fELF" and b"LLVMFuzzerTestOneInput" in path.read_bytes():
            yield path


def starts(fuzzer):
    code, said = run(fuzzer, "-runs=4")
    if code != 0 or "Done 4 runs" not in said:
        return f"does not start: exit {code}\n{said[-2000:]}"
    return None


def is_instrumented(fuzzer):
    _, said = run(fuzzer, "-runs=4")
    edges = re.search(r"INFO: Loaded \d+ modules? .*\(.*(?:counters|guards)\): *(\d+)", said)
    if edges is None or "ERROR: no interesting inputs were found" in said:
        return "is not instrumented for coverage"
    if int(edges.group(1)) < LEAST_EDGES:
        return f"has {edges.group(1)} instrumented edges, {LEAST_EDGES} is the least"
    return None


def is_of_one_sanitizer(fuzzer):
    sanitizer = os.environ.get("SANITIZER", "address")
    calls = dict.fromkeys(CALLS[sanitizer], 0)
    with subprocess.Popen(["objdump", "-dC", "--no-show-raw-insn", fuzzer], stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            at = line.find(b"call")
            if at < 0:
                continue
            found = re.search(rb"callq?\s+[0-9a-f]+\s+<(__asan|__msan|__ubsan)", line)
            if found:
                calls[found.group(1).decode()] += 1
    for runtime, (least, most) in CALLS[sanitizer].items():
        if calls[runtime] < least:
            return f"is not built with the sanitizer {sanitizer}: {calls}"
        if most is not None and calls[runtime] > most:
            return f"is built with another sanitizer than {sanitizer}: {calls}"
    return None


def is_of_this_architecture(fuzzer):
    machine = int.from_bytes(fuzzer.read_bytes()[18:20], "little")
    return None if machine == X86_64 else f"is for machine {machine}, not x86_64"


def needs_nothing(fuzzer):
    said = subprocess.run(["ldd", fuzzer], capture_output=True, text=True).stdout
    names = [line.split()[0].split("/")[-1] for line in said.splitlines() if line.strip()]
    strange = [name for name in names if not LIBRARIES.fullmatch(name)]
    return f"needs {', '.join(strange)}" if strange or "not found" in said else None


def has_seeds(fuzzer):
    archive = fuzzer.with_name(fuzzer.name + "_seed_corpus.zip")
    if not archive.exists():
        return f"has no {archive.name}"
    with tempfile.TemporaryDirectory() as seeds:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(seeds)
        count = sum(1 for path in pathlib.Path(seeds).rglob("*") if path.is_file() and path.stat().st_size)
        if count == 0:
            return "has an empty seed corpus"
        code, said = run(fuzzer, "-runs=0", seeds)
    return None if code == 0 else f"does not bear its seeds: exit {code}\n{said[-2000:]}"


def has_options(fuzzer):
    options = configparser.ConfigParser()
    if not options.read(fuzzer.with_name(fuzzer.name + ".options")):
        return "has no options"
    if options.sections() != ["libfuzzer"]:
        return f"has options of {options.sections()}"
    arguments = [f"-{key}={fuzzer.with_name(value) if key == 'dict' else value}" for key, value in options["libfuzzer"].items()]
    code, said = run(fuzzer, "-runs=4", *arguments)
    if code != 0 or "WARNING: unrecognized flag" in said or ("dict" in options["libfuzzer"] and not re.search(r"Dictionary: [1-9]", said)):
        return f"cannot read its options or its dictionary\n{said[-2000:]}"
    return None


CHECKS = (is_of_this_architecture, starts, is_instrumented, is_of_one_sanitizer, needs_nothing, has_seeds, has_options)


def faults_of(fuzzer):
    """The first fault of a target, or nothing: a target that does not start has all the others, too."""
    for check in CHECKS:
        fault = check(fuzzer)
        if fault:
            return f"{fuzzer.name} {fault}"
    return None


def main(out, expected):
    with tempfile.TemporaryDirectory() as folder:
        moved = pathlib.Path(folder) / "elsewhere"
        shutil.copytree(out, moved)
        os.environ["OUT"] = str(moved)
        targets = list(targets_in(moved))
        faults = [fault for fault in map(faults_of, targets) if fault]
    if len(targets) != expected:
        faults.append(f"{len(targets)} fuzz targets, {expected} are expected")
    for fault in faults:
        print("BAD BUILD:", fault)
    print(f"{len(targets)} fuzz targets, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), int(sys.argv[2])))
