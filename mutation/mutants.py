"""The mutants of the project's sources: found, numbered, named, and written as a tree that can be built."""
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

from find import Finder
from rewrite import number, write_tree

SOURCES = ["codec/src/*.cpp", "codec/src/*.hpp", "codec/include/mqttspan/codec/*.hpp", "stream/src/*.cpp", "stream/src/*.hpp",
           "stream/include/mqttspan/stream/*.hpp"]
INCLUDED = ["codec/include", "stream/include", "codec/src", "stream/src"]


@dataclass
class Mutant:
    number: int
    site: int    # the number of the first mutant of its expression: what a test reaches
    key: str     # stays as it is while the expression does, wherever it moves in its function
    file: str
    line: int
    function: str
    before: str
    after: str


class MutantList:
    """All mutants. Writes the mutated tree to `build`/mutation/tree."""

    def __init__(self, root, build, jobs):
        self.files = sorted(str(p.relative_to(root)) for pattern in SOURCES for p in root.glob(pattern))
        sources = {f: (root / f).read_bytes() for f in self.files}
        sites = find_sites(root, build, self.files, jobs)
        numbered = number(sites.values())
        write_tree(root, build / "mutation" / "tree", root / "mutation" / "tree", numbered, self.files)
        self.all = list(name(numbered, sources))
        self.by_key = {m.key: m for m in self.all}


def find_sites(root, build, files, jobs):
    units = [f for f in files if f.endswith(".cpp")]
    everything = build / "mutation" / "headers.cpp"  # those, too, that no source needs
    everything.parent.mkdir(parents=True, exist_ok=True)
    everything.write_text("".join(f"#include <{f.split('/include/')[1]}>\n" for f in files if "/include/" in f))
    with ProcessPoolExecutor(jobs) as pool:
        parts = pool.map(partial(read_units, root, build, files), [units[i::jobs] + ([str(everything)] if i == 0 else []) for i in range(jobs)])
        return {key: site for part in parts for key, site in part.items()}


def read_units(root, build, files, units):
    finder = Finder(root, files)
    include = [f"-I{root / folder}" for folder in INCLUDED] + [f"-I{build / 'codec/include'}"]
    for unit in units:
        finder.read(str(root / unit), ["-std=c++20", *include])
    return finder.sites


def name(numbered, sources):
    seen = {}
    for first, s in numbered:
        source = sources[s.file]
        text = " ".join(source[s.start : s.end].decode().split())
        if len(text) > 100:
            text = text[:60] + " … " + text[-37:]
        line = source.count(b"\n", 0, s.start) + 1
        for i, change in enumerate(s.changes):
            stem = f"{s.file}: {s.function}: {s.shape if s.shape in ('statement', 'condition') else ''} {text}: {change}".replace(":  ", ": ")
            seen[stem] = seen.get(stem, 0) + 1
            key = stem if seen[stem] == 1 else f"{stem} ({seen[stem]})"
            yield Mutant(first + i, first, key, s.file, line, s.function, text, after(s, source, change))


def after(site, source, change):
    """How the expression reads when it is mutated."""
    text = source[site.start : site.end].decode()
    if site.shape in ("statement", "condition"):
        changed = {"statement": "(deleted)", "condition": f"!({text})"}[site.shape]
    elif site.shape == "number":
        changed = f"{text} {change[0]} {change[1:]}"
    else:
        position, op = site.parts[0]
        at = position - site.start
        replacement = {"&&": "||", "||": "&&"}.get(change) or (change.split(" -> ")[1] if "->" in change else "")
        if site.shape == "logic":
            replacement = change
        changed = source[site.start : position].decode() + replacement + source[position + len(op) : site.end].decode()
    return " ".join(changed.split())
