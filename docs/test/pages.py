#!/usr/bin/python3
"""pages.py COMPILER TOOLS PAGE... -- OPTION... -- LIBRARY...: what the pages show is true.

Each ```cpp block compiles without a warning. A ```text block behind a ```cpp or ```sh block is what that prints, to the byte; `sh` finds the programs of the folder TOOLS.
All blocks are one translation unit, each in a namespace of its own: the headers are read once. With the environment's UPDATE=1 the pages are given what is printed.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

compiler, tools, *rest = sys.argv[1:]
first, second = (i for i, argument in enumerate(rest) if argument == '--')
pages = [pathlib.Path(page) for page in rest[:first]]
compile_options = ['-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Werror', *rest[first + 1:second]]
libraries = rest[second + 1:]
block = re.compile(r'^```(\w+)\n(.*?)^```$', re.M | re.S)


def unit(blocks):
    """The blocks one behind the other, each in a namespace, with all includes in front."""
    includes = sorted({line for _, _, text in blocks for line in text.splitlines() if line.startswith('#include')})
    lines = includes[:]
    for name, at, text in blocks:
        lines += [f'namespace {name} {{', f'#line {at} "{name}"']
        body = re.sub(r'\}\n\Z', 'return 0; }\n', text) if 'int main()' in text else text  # only the global main returns by itself
        lines += ['' if line.startswith('#include') else line for line in body.splitlines()] + ['}']
    return '\n'.join(lines) + '\n'


def compile_(source, *arguments):
    return subprocess.run([compiler, *compile_options, source, *arguments], check=False).returncode == 0


shown, printing, claims = [], [], []
for page in pages:
    text, before = page.read_text(), None
    for found in block.finditer(text):
        language, body = found[1], found[2]
        if language == 'cpp':
            name = f'{page.stem}_{len(shown)}'
            shown.append((name, text.count('\n', 0, found.start()) + 2, body))
        if language == 'text' and before:
            claims.append((page, before, body, shown[-1][0] if before[0] == 'cpp' else None))
            if before[0] == 'cpp':
                printing.append(shown[-1])
        before = (language, body) if language in ('cpp', 'sh') else None

failed = 0
with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    (work / 'shown.cpp').write_text(unit(shown))
    if not compile_(work / 'shown.cpp', '-fsyntax-only'):
        sys.exit('FAILED: a block does not compile; its page is in its name')
    calls = ''.join(f'  if (name == "{name}") return {name}::main();\n' for name, _, _ in printing)
    (work / 'print.cpp').write_text('#include <string_view>\n' + unit(printing) + f'int main(int, char** given) {{\n  const std::string_view name = given[1];\n{calls}  return 99;\n}}\n')
    if not compile_(work / 'print.cpp', '-o', work / 'print', *libraries):
        sys.exit('FAILED: the programs of the pages do not link')
    for page, (language, body), claim, name in claims:
        command = [work / 'print', name] if language == 'cpp' else ['sh', '-euc', body]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}'})
        if run.returncode == 0 and run.stdout == claim:
            continue
        if os.environ.get('UPDATE') and run.returncode == 0:
            page.write_text(page.read_text().replace(f'{body}```\n```text\n{claim}```', f'{body}```\n```text\n{run.stdout}```'))
            continue
        failed += 1
        print(f'FAILED: {page}: the program ended with {run.returncode} and printed\n{run.stdout}{run.stderr}where the page has\n{claim}')

print(f'{len(shown)} blocks compile, {len(claims) - failed} of {len(claims)} print what their page says')
sys.exit(failed != 0)
