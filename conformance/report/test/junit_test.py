"""junit_test.py FOLDER: the JUnit files are XML, count what they hold, and say what the JSON says."""
import json
import pathlib
import sys
import xml.etree.ElementTree as tree

ELEMENT = {"fail": "failure", "skip": "skipped", "inconclusive": "error", "info": "system-out", "strict-pass": "system-out", "pass": None}


def fail(why):
    sys.exit(f"FAILED: {why}")


def check_counters(element, cases):
    for name, child in (("tests", None), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        count = len(cases) if child is None else sum(case.find(child) is not None for case in cases)
        if int(element.get(name)) != count:
            fail(f"{element.tag} {element.get('name')}: {name} is {element.get(name)}, there are {count}")


def check(file):
    root = tree.parse(file).getroot()
    run = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    suites = root.findall("testsuite")
    check_counters(root, root.findall("testsuite/testcase"))
    for suite in suites:
        check_counters(suite, suite.findall("testcase"))
    if len({suite.get("name") for suite in suites}) != len(suites) or len(suites) != len({result["check"] for result in run["results"]}):
        fail(f"{file}: not one suite a check")
    cases = {case.get("name").split(" ")[0]: case for case in root.findall("testsuite/testcase")}
    if len(cases) != len(run["results"]):
        fail(f"{file}: {len(cases)} cases, {len(run['results'])} results")
    for result in run["results"]:
        case = cases[result["id"].split(" ")[0]]
        children = [child.tag for child in case]
        wanted = ELEMENT[result["verdict"]]
        if children != ([] if wanted is None else [wanted]):
            fail(f"{file}: {result['id']} is {result['verdict']} and has {children}")
    return len(cases)


files = sorted(pathlib.Path(sys.argv[1]).glob("*.xml"))
count = sum(check(file) for file in files)
if len(files) < 2:
    fail("no files")
nasty = tree.parse(pathlib.Path(sys.argv[1]) / "nasty.xml").find(".//failure")
for part in ("</script>", "&amp;", "]]>", "\\x00", "\\x1b", "\\xff", "\\xed\\xa0\\x80", "grüß 🌍\nsecond line"):
    if part not in nasty.get("message"):
        fail(f"the message lost {part!r}: {nasty.get('message')!r}")
print(f"{count} test cases in {len(files)} files")
