#!/usr/bin/python3
"""man.py PAGE PROGRAM: the page is sound mdoc(7), and has the options that the program's help has, subcommand by subcommand; no more and no less.

A list of options belongs to the subcommands that its heading names; with none of them, to the program itself.
"""
import pathlib
import re
import subprocess
import sys

page, program = pathlib.Path(sys.argv[1]), sys.argv[2]


def help_of(*command):
    return subprocess.run([program, *command, '--help'], capture_output=True, text=True, timeout=60, check=True).stdout


def options_in(text):
    """The first words of CLI11's lines of options: -h,--help, --families,--no-families{false}."""
    words = re.findall(r'^ {2,4}(-[^\s{]+)', text, re.M)
    return {option for word in words for option in word.split(',')}


def options_on_page(commands):
    named, options = [''], {command: set() for command in ['', *commands]}
    for line in page.read_text().splitlines():
        if re.match(r'\.S[hs] ', line):
            named = [command for command in commands if re.search(rf'\b{command}\b', line)] or ['']
        elif line.startswith('.It Fl '):
            for command in named:
                options[command] |= {'-' + option for option in re.findall(r'\bFl (\S+)', line)}
    return options


overview = help_of()
listed = re.search(r'^Subcommands:\n((?:  .*\n)+)', overview, re.M)
commands = re.findall(r'^  (\w+)', listed[1], re.M) if listed else []
on_page = options_on_page(commands)
bad = []
for command in ['', *commands]:
    in_help = options_in(help_of(command)) if command else options_in(overview)
    if not in_help:
        bad.append(f'no options in the help of {command}')
    bad += [f'{command} {option}: not on the page'.strip() for option in sorted(in_help - on_page[command])]
    bad += [f'{command} {option}: not in the help'.strip() for option in sorted(on_page[command] - in_help)]

lint = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', str(page)], capture_output=True, text=True, timeout=60, check=False)
bad += lint.stdout.splitlines()
for section in ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS', 'EXAMPLES', 'SEE ALSO'):
    if f'\n.Sh {section}\n' not in page.read_text():
        bad.append(f'no section {section}')

for each in bad:
    print(f'{page.name}: {each}')
print(f'{page.name}: {sum(map(len, on_page.values()))} options of {len(commands)} subcommands')
sys.exit(bool(bad) or lint.returncode != 0)
