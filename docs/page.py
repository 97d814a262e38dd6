#!/usr/bin/python3
"""page.py PAGE: a Markdown page of the repository as Doxygen is to read it. page.py: the pages of the site.

Doxygen 1.9.4 knows neither GitHub's anchors nor a page by its path. So each page and each heading gets a name made from both, and links to pages of the site lead there;
links to other files, which the site has not, become plain words. Mermaid's state diagrams become tables.
"""
import html
import os
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[1]
MAIN = SOURCE / 'docs/README.md'
# Files that the reference shows as a name.
NAMES = {'rules.inc': 'rule', 'properties.inc': 'property_id', 'reason_codes.inc': 'reason_code', 'parse.hpp': 'parse_options', 'strictness.hpp': 'leniency'}
LINK = re.compile(r'(!?)\[([^\]\n]+)\]\(([^)#\s]*)(#[^)\s]*)?\)')
CODE = re.compile(r'`([^`]+)`')


def pages():
    """The main page, and those that it links to, in this order."""
    listed = [(MAIN.parent / link[3]).resolve() for link in LINK.finditer(MAIN.read_text()) if link[3].endswith('.md')]
    return list(dict.fromkeys([MAIN, *listed]))


def name_of(page):
    return 'index' if page == MAIN else re.sub(r'\W', '_', str(page.relative_to(SOURCE).with_suffix('')).lower())


def slug(heading):
    """The anchor that GitHub gives a heading."""
    return re.sub(r'[^\w\- ]', '', re.sub(r'[`*]', '', heading).lower()).replace(' ', '-')


def lead(page, match):
    is_image, text, path, anchor = match.groups()
    if is_image:
        return f'<img src="{os.path.basename(path)}" alt="{text}"/>'  # with the words that Doxygen would drop
    if re.match(r'\w+:', path):
        return match[0]
    target = (page.parent / path).resolve() if path else page
    if target.name in NAMES:
        return f'\\ref mqttspan::{NAMES[target.name]} "{text}"'
    if target not in SITE:
        return text
    name = name_of(target)
    return f'<a href="{name}.html{"#" + name + "_" + anchor[1:] if anchor else ""}">{text}</a>'


def code(match):
    if "'" not in match[1]:  # which would end the code for Doxygen
        return match[0]
    return '<code>' + re.sub(r'([\\@#%])', r'\\\1', html.escape(match[1], quote=False)) + '</code>'


def states(lines):
    """A table of a state diagram's edges."""
    edges = (re.fullmatch(r'\s*(\S+) --> (\S+?)(?:: (.*))?', line) for line in lines)
    rows = [f'| {edge[1]} | {edge[3] or ""} | {edge[2]} |'.replace('[*]', '·') for edge in edges if edge]
    return ['| from | by | to |', '|---|---|---|', *rows]


def convert(page):
    out, seen, fence, diagram = [], [], '', []
    for line in page.read_text().splitlines():
        if line.startswith('```'):
            if fence == '```mermaid':
                out += states(diagram)
            fence, was = ('' if fence else line), fence
            if '```mermaid' in (fence, was):
                diagram = []
                continue
            line = line.replace('```text', '```{.unparsed}').replace('```jsonl', '```{.unparsed}')
        elif fence == '```mermaid':
            diagram.append(line)
            continue
        elif not fence:
            heading = re.fullmatch(r'(#+) (.*)', line)
            if heading:
                at = slug(heading[2])
                seen.append(at)
                name = name_of(page) if heading[1] == '#' else f'{name_of(page)}_{at}' + (f'-{seen.count(at) - 1}' if seen.count(at) > 1 else '')
                line = f'{line} {{#{name}}}' if name != 'index' else line
            else:
                line = CODE.sub(code, LINK.sub(lambda match: lead(page, match), line))
        out.append(line)
    return '\n'.join(out) + '\n'


SITE = pages()
if __name__ == '__main__':
    sys.stdout.write(convert(pathlib.Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else ' '.join(map(str, SITE)))
