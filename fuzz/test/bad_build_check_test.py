"""Each check of bad_build_check.py can fail: small targets, each with one fault, and one without.

usage: bad_build_check_test.py CLANG++
"""
import pathlib
import subprocess
import sys
import tempfile
import zipfile

from bad_build_check import faults_of, targets_in

COMPILER = sys.argv[1]
folder = pathlib.Path(tempfile.mkdtemp(prefix="mqttspan-hosting-"))
SMALL = "#include <cstddef>\n#include <cstdint>\n#include <cstdlib>\n%s\nextern \"C\" int LLVMFuzzerTestOneInput(const uint8_t* d, size_t n) {\n  %s\n  return 0;\n}\n"
LARGE = SMALL % ("volatile int seen;", "if (n && d[0] == 0xFF) abort();\n" + "".join(f"  if (n > {i} && d[{i}] == {i}) seen = seen + {i};\n" for i in range(200)))
BOTH = ("-fsanitize=address,fuzzer",)


def built(name, text, compile_flags=("-fsanitize=address,fuzzer-no-link",), link_flags=BOTH):
    out = folder / name
    out.mkdir()
    (folder / "target.cpp").write_text(text)
    subprocess.run([COMPILER, "-O1", "-c", *compile_flags, folder / "target.cpp", "-o", folder / "target.o"], check=True)
    subprocess.run([COMPILER, folder / "target.o", *link_flags, "-o", out / "a_fuzzer"], check=True)
    seeds(out, b"a")
    (out / "a_fuzzer.options").write_text("[libfuzzer]\nmax_len = 100\ndict = a.dict\n")
    (out / "a.dict").write_text('a="\\x00"\n')
    return out


def seeds(out, *contents):
    with zipfile.ZipFile(out / "a_fuzzer_seed_corpus.zip", "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(str(number), content)


failed = 0


def expect(out, fault):
    global failed
    targets = list(targets_in(out))
    said = faults_of(targets[0]) if targets else "is no target"
    if (said is None) != (fault is None) or (fault and fault not in said):
        failed += 1
        print(f"FAILED: {out.name}: {fault} is expected, there is: {said}")


good = built("good", LARGE)
expect(good, None)
expect(built("crashes-at-start", SMALL % ("static int now = (abort(), 0);", "(void)d, (void)n, (void)now;")), "does not start")
expect(built("ends-at-start", SMALL % ("", "(void)d; if (n == 0) exit(0);")), "does not start")
expect(built("without-coverage", LARGE, ("-fsanitize=address",)), "is not instrumented for coverage")
expect(built("small", SMALL % ("", "(void)d, (void)n;")), "instrumented edges")
expect(built("without-asan", LARGE, ("-fsanitize=fuzzer-no-link",), ("-fsanitize=fuzzer",)), "is not built with the sanitizer address")
expect(built("with-ubsan-too", LARGE, ("-fsanitize=address,undefined,fuzzer-no-link",), ("-fsanitize=address,undefined,fuzzer",)), "is built with another sanitizer than address")
(folder / "other.cpp").write_text("int other() { return 1; }\n")
subprocess.run([COMPILER, "-shared", "-fPIC", folder / "other.cpp", "-o", folder / "libother.so"], check=True)
expect(built("needs-a-library", LARGE.replace("volatile", "int other(); volatile", 1).replace("return 0;", "return other() - 1;"),
             link_flags=(*BOTH, f"-L{folder}", "-lother", f"-Wl,-rpath,{folder}")), "needs libother.so")

seeds(good)
expect(good, "has an empty seed corpus")
seeds(good, b"\xff")
expect(good, "does not bear its seeds")
(good / "a_fuzzer_seed_corpus.zip").unlink()
expect(good, "has no a_fuzzer_seed_corpus.zip")
seeds(good, b"a")
(good / "a.dict").write_text("a=\\x00\n")
expect(good, "cannot read")
(good / "a.dict").unlink()
expect(good, "cannot read")
(good / "a_fuzzer.options").write_text("[afl]\n")
expect(good, "has options of")
(good / "a_fuzzer.options").unlink()
expect(good, "has no options")
bytes_of_it = bytearray((good / "a_fuzzer").read_bytes())
bytes_of_it[18] = 3
(good / "a_fuzzer").write_bytes(bytes_of_it)
expect(good, "is for machine 3")
(good / "a_fuzzer").chmod(0o644)
expect(good, "is no target")
sys.exit(1 if failed else 0)
