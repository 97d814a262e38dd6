"""tool_test.py OUT: the tool on a toy whose mutants are known, with tests that look and with a test that asserts nothing."""
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from find import Finder
from mutants import name
from rewrite import number, rewrite
from tests import Program, TestSuite

OUT = Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else HERE
EQUIVALENT = {"toy.cpp: clamp: value < least: < -> <=", "toy.cpp: clamp: result > most: > -> >="}
KNOWN = """\
toy.cpp: clamp: value < least: < -> <=
toy.cpp: clamp: value < least: < -> >=
toy.cpp: clamp: result > most: > -> >=
toy.cpp: clamp: result > most: > -> <=
toy.cpp: clamp: statement result = most: deleted
toy.cpp: is_word: !text || size == 0: &&
toy.cpp: is_word: condition text: negated
toy.cpp: is_word: size == 0: == -> !=
toy.cpp: is_word: 0: +1
toy.cpp: is_word: condition false: negated
toy.cpp: is_word: 0: +1 (2)
toy.cpp: is_word: i < size: < -> <=
toy.cpp: is_word: i < size: < -> >=
toy.cpp: is_word: statement ++i: deleted
toy.cpp: is_word: ++i: ++ -> --
toy.cpp: is_word: text[i] == ' ': == -> !=
toy.cpp: is_word: ' ': +1
toy.cpp: is_word: condition false: negated (2)
toy.cpp: is_word: condition true: negated"""


def build(name, *definitions):
    tree = HERE.parent / "tree"
    subprocess.run(["clang++-19", "-std=c++20", "-O1", "-w", "-Wno-c++11-narrowing", *definitions, f"-I{HERE}", "-include", tree / "mutant.hpp",
                    OUT / "toy.cpp", HERE / "toy_test.cpp", tree / "main.cpp", "-lgtest", "-o", OUT / name], check=True)


class Toy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        OUT.mkdir(parents=True, exist_ok=True)
        finder = Finder(HERE, ["toy.cpp"])
        finder.read(str(HERE / "toy.cpp"), ["-std=c++20"])
        numbered = number(finder.sites.values())
        source = (HERE / "toy.cpp").read_bytes()
        cls.mutants = list(name(numbered, {"toy.cpp": source}))
        (OUT / "toy.cpp").write_bytes(rewrite(source, numbered))
        build("toy_test", "-DASSERTS")
        build("toy_blind_test")

    def survivors(self, program):
        suite = TestSuite(OUT, OUT, 2, [program])
        suite.record()
        return {m.key for m, result in suite.run(self.mutants) if result.is_alive}

    def test_finds_what_is_mutable_and_nothing_else(self):
        self.assertEqual([m.key for m in self.mutants], KNOWN.splitlines())

    def test_shows_how_a_mutant_reads(self):
        after = {m.key: m.after for m in self.mutants}
        self.assertEqual(after["toy.cpp: clamp: value < least: < -> >="], "value >= least")
        self.assertEqual(after["toy.cpp: is_word: !text || size == 0: &&"], "!text && size == 0")
        self.assertEqual(after["toy.cpp: is_word: condition text: negated"], "!(text)")

    def test_only_equivalent_mutants_survive_tests_that_look(self):
        self.assertEqual(self.survivors("toy_test"), EQUIVALENT)

    def test_a_test_that_asserts_nothing_kills_only_by_time(self):
        timeouts = {"toy.cpp: is_word: statement ++i: deleted"}
        self.assertLessEqual({m.key for m in self.mutants} - self.survivors("toy_blind_test"), timeouts | {"toy.cpp: is_word: ++i: ++ -> --"})

    def test_fails_where_a_test_fails_without_a_mutant(self):
        build("toy_wrong_test", "-DASSERTS", "-DWRONG")
        with self.assertRaises(SystemExit):
            TestSuite(OUT, OUT, 2, ["toy_wrong_test"]).record()


if __name__ == "__main__":
    unittest.main()
