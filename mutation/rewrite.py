"""Writes the mutated tree: the sources with all mutants in them, and beside them what is needed to build the tests."""
ORDER = {"statement": 0, "condition": 1}  # which of two sites that cover the same text is the outer one
BLOCK = 512


def number(sites):
    """Sites in their order in the text, each with the number of its first mutant. A file has a block of its own, so that its changes leave others as they are."""
    numbered, n, file = [], 1, None
    for s in sorted(sites, key=lambda s: (s.file, s.start, -s.end, ORDER.get(s.shape, 2))):
        if s.file != file:
            n, file = (n + BLOCK - 2) // BLOCK * BLOCK + 1, s.file
        numbered.append((n, s))
        n += len(s.changes)
    return numbered


def rewrite(source, numbered):
    """The bytes of a source with its sites rewritten; `numbered` are those of this file."""
    before, after, replaced = {}, {}, {}
    for n, s in numbered:
        opening, closing = f"mut::{s.shape}({n}, ", ")"
        if s.shape == "statement":
            opening, closing = f"(mut::is({n}) ? (void)0 : (void)(", "))"
        elif s.shape == "logic":
            position, op = s.parts[0]
            opening, closing = f"bool(mut::is({n}) ^ (mut::condition({n}, ", ")))"
            replaced[position] = (2, f") {op} mut::condition({n}, ")
        elif s.parts:
            position, op = s.parts[0]
            unary = s.shape in ("minus", "complement") or s.shape.startswith(("increment", "decrement"))
            replaced[position] = (len(op), "" if unary else ",")
        before.setdefault(s.start, []).append(opening)
        after.setdefault(s.end, []).insert(0, closing)
    out, i = [], 0
    for offset in sorted({*before, *after, *replaced}):
        out.append(source[i:offset])
        out.append("".join(after.get(offset, []) + before.get(offset, [])).encode())
        i = offset
        if offset in replaced:
            size, text = replaced[offset]
            out.append(text.encode())
            i += size
    return b"".join(out) + source[i:]


def write_tree(root, tree, support, numbered, files):
    """Nothing is written that is already so: a second build is quick."""
    wanted = set()

    def put(name, data):
        wanted.add(name)
        path = tree / name
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    by_file = {}
    for n, s in numbered:
        by_file.setdefault(s.file, []).append((n, s))
    for folder in ("codec", "stream", "cmake"):
        for path in sorted((root / folder).rglob("*")):
            name = str(path.relative_to(root))
            if path.is_file() and "node_modules" not in name and not name.startswith("cmake/test"):
                put(name, path.read_bytes() if name not in files else rewrite(path.read_bytes(), by_file.get(name, [])))
    put("conformance/statements.tsv", (root / "conformance/statements.tsv").read_bytes())
    put("sites.inc", "".join(f'{{"{s.function}", {n}}},\n' for n, s in numbered).encode())
    for path in support.iterdir():
        put(path.name, path.read_bytes())
    for path in list(tree.rglob("*")):
        if path.is_file() and str(path.relative_to(tree)) not in wanted:
            path.unlink()
