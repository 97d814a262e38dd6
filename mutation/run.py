#!/usr/bin/python3
"""Mutation testing of codec and stream: which small changes of the source does no test notice?

All mutants are built at once; then each is run by itself, with the tests that reach it, quickest first, until one fails. Prints the score, and
the survivors. Exits with 1 where the score is below --threshold, or where the list of equivalent mutants is wrong."""
import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

from mutants import MutantList
from tests import PROGRAMS, TestSuite

ROOT = Path(__file__).resolve().parent.parent


def main():
    options = arguments()
    mutants = MutantList(ROOT, options.build, options.jobs)
    equivalents = read_equivalents(options.equivalents)
    chosen = choose(mutants, equivalents, options)
    print(f"{len(mutants.all)} mutants in {len(mutants.files)} files, {len(equivalents)} listed as equivalent; {len(chosen)} to run", flush=True)
    judges = [name for name in PROGRAMS if name.startswith(tuple(options.judges))]
    suite = TestSuite(options.build / "mutation" / "tree", options.build / "mutation" / "build", options.jobs, judges, options.patience)
    suite.build()
    suite.record()
    results = suite.run(chosen, watcher(equivalents, len(chosen)))
    return report(mutants, equivalents, results, options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="the project's build folder; the mutated tree is built in its folder mutation")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants at random, none that is listed as equivalent")
    parser.add_argument("--seed", type=int, help="for --sample; random where it is missing, printed in any case")
    parser.add_argument("--file", action="append", default=[], metavar="F", help="only mutants in files whose name has F")
    parser.add_argument("--mutant", action="append", default=[], metavar="ID", help="only this one: a number or a key as they are printed")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only those that survived according to an earlier run's --json")
    parser.add_argument("--judges", action="append", metavar="PROGRAM", help="only tests of programs whose names begin like that")
    parser.add_argument("--threshold", type=float, default=95, metavar="PERCENT", help="the least score (95)")
    parser.add_argument("--patience", type=float, default=10, metavar="S", help="how many seconds of tests a mutant must survive (10)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes side by side (2)")
    parser.add_argument("--equivalents", type=Path, default=Path(__file__).with_name("equivalents.json"))
    parser.add_argument("--json", type=Path, metavar="FILE", help="what became of each mutant, for programs")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.judges = options.judges or [""]
    return options


def read_equivalents(path):
    """Key to reason."""
    reasons = {}
    for group in json.loads(path.read_text()) if path.exists() else []:
        for key in group["mutants"]:
            if key in reasons:
                sys.exit(f"mutation: {path.name} names {key} twice")
            reasons[key] = group["reason"]
    return reasons


def choose(mutants, equivalents, options):
    missing = [key for key in equivalents if key not in mutants.by_key]
    if missing:
        sys.exit("mutation: these equivalents are no mutants (any more):\n  " + "\n  ".join(missing))
    chosen = [m for m in mutants.all if not options.file or any(f in m.file for f in options.file)]
    if options.mutant:
        chosen = [m for m in chosen if str(m.number) in options.mutant or m.key in options.mutant]
    if options.again:
        survivors = {x["key"] for x in json.loads(options.again.read_text()) if x["result"] in ("survived", "unreached")}
        chosen = [m for m in chosen if m.key in survivors]
    if options.sample:
        seed = options.seed if options.seed is not None else random.randrange(1 << 32)
        print(f"seed {seed}")
        chosen = [m for m in chosen if m.key not in equivalents]
        chosen = random.Random(seed).sample(chosen, min(options.sample, len(chosen)))
    return chosen


def watcher(equivalents, count):
    """Tells each survivor at once, and how far we are."""
    def watch(mutant, result, done):
        if result.is_alive and mutant.key not in equivalents:
            print(f"\n#{mutant.number} {mutant.file}:{mutant.line} in {mutant.function}: {result}\n  {mutant.key}\n  - {mutant.before}\n  + {mutant.after}", flush=True)
        if sys.stderr.isatty() or done % 100 == 0:
            print(f"\r{done} of {count}", end="" if done < count else "\n", file=sys.stderr, flush=True)
    return watch


def report(mutants, equivalents, results, options):
    """Results are pairs of mutant and what became of it; see TestSuite.run."""
    judged = [(m, r) for m, r in results if m.key not in equivalents]
    alive = [(m, r) for m, r in judged if r.is_alive]
    wrong = [(m, r) for m, r in results if m.key in equivalents and not r.is_alive]
    for m, r in wrong:
        print(f"\n#{m.number} is listed as equivalent, but {r}:\n  {m.key}")
    print_files(judged, results, equivalents)
    if options.json:
        options.json.write_text(json.dumps([{"key": m.key, "number": m.number, "line": m.line, "result": r.verdict, "by": r.by} for m, r in results], indent=1))
    score = 100 * (len(judged) - len(alive)) / max(len(judged), 1)
    same = len(results) - len(judged)
    print(f"\nmutation score {score:.2f} %: {len(judged) - len(alive)} of {len(judged)} killed; {same} of {len(results)} equivalent ({100 * same / max(len(results), 1):.2f} %)")
    return 1 if wrong or score < options.threshold else 0


def print_files(judged, results, equivalents):
    count, killed, same = Counter(), Counter(), Counter()
    for m, r in results:
        count[m.file] += 1
        same[m.file] += m.key in equivalents
    for m, r in judged:
        killed[m.file] += not r.is_alive
    print(f"\n{'killed':>7} {'of':>5} {'equivalent':>10}")
    for file in sorted(count):
        print(f"{killed[file]:7} {count[file] - same[file]:5} {same[file]:10}  {file}")


if __name__ == "__main__":
    sys.exit(main())
