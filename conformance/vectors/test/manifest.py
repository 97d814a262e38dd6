"""The manifest, the vectors and the stories, as the tests of the data need them."""
import csv
import json
import pathlib

VERSIONS = ("3.1", "3.1.1", "5.0")
REFUSED = {"malformed", "protocol_error", "unsupported", "limit"}


def statements(conformance: pathlib.Path) -> dict:
    """Rows of statements.tsv by (version, id)."""
    with open(conformance / "statements.tsv", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["version"], row["id"]): row for row in rows}


def exceptions(vectors: pathlib.Path) -> dict:
    """Kinds of exceptions in witnesses.tsv by (version, id)."""
    out: dict = {}
    with open(vectors / "witnesses.tsv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            out.setdefault((row["version"], row["id"]), set()).add(row["kind"])
    return out


def vector_files(vectors: pathlib.Path) -> list:
    return [(path, json.loads(path.read_text(encoding="utf-8"))) for version in VERSIONS for path in sorted((vectors / version).glob("*.json"))]


def family_files(vectors: pathlib.Path) -> list:
    return [(path, json.loads(path.read_text(encoding="utf-8"))) for path in sorted((vectors / "families").glob("*.json"))]


def stories(vectors: pathlib.Path) -> list:
    """(where, versions, statement ids) of each story, whatever its file looks like around it."""
    out = []
    for path in sorted((vectors / "stories").rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for story in content.get("stories", content.get("tests", [])):
            versions = story.get("versions") or [story.get("version") or content.get("version")]
            out.append((f"{path.name}: {story.get('id')}", versions, story.get("statements", [])))
    return out
