#!/usr/bin/python3
# The tables of README.md, from what size.sh linked: tables.py <work folder> <README.md> [--update]
import pathlib
import re
import subprocess
import sys

work, page, update = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "--update" in sys.argv
SECTION = re.compile(r"^ (\.[a-z]+)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", re.M)
MERGED = ".ltrans"  # what link-time optimization names its object
HOLDS = {".text": "text", ".rodata": "text", ".data": "data", ".bss": "data"}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def whole(name):
    text, data, bss = (int(n) for n in run("arm-none-eabi-size", str(work / name)).split("\n")[1].split()[:3])
    return {"text": text, "data": data + bss}


# Bytes in the image by who brought them: our objects, the program, the C library.
def brought(name):
    image = (work / f"{name}.map").read_text().split("Linker script and memory map")[1]
    sizes = {(who, kind): 0 for who in ("ours", "program", "libc") for kind in ("text", "data")}
    for section, size, origin in SECTION.findall(image):
        who = "program" if origin.endswith(".program") else "ours" if MERGED in origin or (origin.endswith(".o") and str(work) in origin) else "libc"
        if section in HOLDS:
            sizes[who, HOLDS[section]] += int(size, 16)
    return sizes


def linked(name, with_lto=True):
    apart = brought(name)
    bytes_of = {"text": apart["ours", "text"], "data": apart["ours", "data"], "program": apart["program", "text"], "libc": apart["libc", "text"]}
    if with_lto:  # makes one of program and codec; the program is taken to be as large as without it
        bytes_of["lto"] = brought(f"{name}-flto")["ours", "text"] - apart["program", "text"]
    return bytes_of


KIB = 1024
ROWS = [  # what, its bytes, its budget
    ("whole objects, all versions and directions", whole("objects.o"), 17 * KIB),
    ("names, texts and statements, apart", whole("texts.o"), None),
    ("5.0 client, linked; `MQTTSPAN_VERSIONS=5.0`, `MQTTSPAN_OPTIONS=OFF`", linked("client_5-OFF"), 6 * KIB),
    ("5.0 client, linked; `MQTTSPAN_VERSIONS=5.0`", linked("client_5-ON"), 6 * KIB),
    ("3.1.1 client, linked; `MQTTSPAN_VERSIONS=3.1.1`, `MQTTSPAN_OPTIONS=OFF`", linked("client_3-OFF"), 7 * KIB // 2),
    ("3.1.1 client, linked; `MQTTSPAN_VERSIONS=3.1.1`", linked("client_3-ON"), 7 * KIB // 2),
    ("5.0 client, linked; all versions", linked("client_all", False), None),
    ("the same, reading by `stream_parser::for_each`; the stream's objects are in it", linked("client_stream", False), None),
]


def number(n):
    return "-" if n is None else f"{n:,}"


def verdict(bytes_of, budget):
    if bytes_of["text"] <= budget:
        return ", met"
    missed = f"missed by {bytes_of['text'] - budget:,}"
    return f", met with `-flto`, else {missed}" if bytes_of.get("lto", budget + 1) <= budget else f", {missed}"


def sizes():
    yield f"arm-none-eabi-g++ {run('arm-none-eabi-g++', '-dumpfullversion').strip()}, `-mcpu=cortex-m4 -mthumb -Os -fno-exceptions -fno-rtti`, newlib-nano; bytes"
    yield ""
    yield "| | code and constants | the same with `-flto` | budget | data, bss | the C library's | the program's own |"
    yield "|---|---|---|---|---|---|---|"
    for what, bytes_of, budget in ROWS:
        said = number(budget) + (verdict(bytes_of, budget) if budget else "")
        columns = (number(bytes_of["text"]), number(bytes_of.get("lto")), said, bytes_of["data"], number(bytes_of.get("libc")), number(bytes_of.get("program")))
        yield f"| {what} | {' | '.join(map(str, columns))} |"


# Our functions and tables in an image, the largest first.
def symbols(name):
    for line in run("arm-none-eabi-nm", "-S", "-C", "--size-sort", "-r", str(work / f"{name}.elf")).splitlines():
        _, size, kind, symbol = line.split(" ", 3)
        if "mqttspan::" in symbol and kind not in "bBdD":
            symbol = re.sub(r"mqttspan::(v\d+_\d+::)?|detail::|\(anonymous namespace\)::|std::|^void ", "", symbol)
            layout = re.match(r"(emit|decode)\b.*\(.*, (\w+)( const)?&\)", symbol)  # which are called the same in all packets
            yield int(size, 16), f"{layout[1]}: {layout[2]}" if layout else re.sub(r"\(.*", "", symbol).split("> ")[-1]


def functions():
    yield "| bytes | in the linked 5.0 client | bytes | in the linked 3.1.1 client |"
    yield "|---|---|---|---|"
    for left, right in zip(list(symbols("client_5-ON"))[:25], list(symbols("client_3-ON"))[:25]):
        yield f"| {left[0]} | `{left[1]}` | {right[0]} | `{right[1]}` |"


def replaced(text, name, lines):
    block = f"<!-- {name} -->\n" + "\n".join(lines) + f"\n<!-- end of {name} -->"
    text, found = re.subn(f"<!-- {name} -->.*<!-- end of {name} -->", lambda _: block, text, flags=re.S)
    assert found == 1, f"{page} has no place for {name}"
    return text


before = page.read_text()
after = replaced(replaced(before, "sizes", sizes()), "functions", functions())
print("\n".join(sizes()))
if update:
    page.write_text(after)
elif before != after:
    sys.exit(f"{page} says otherwise; size.sh WORK --update writes what is so")
if any(row["data"] for _, row, _ in ROWS[:-1]):
    sys.exit("the codec has data or bss")
