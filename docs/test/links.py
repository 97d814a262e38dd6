#!/usr/bin/python3
"""links.py SOURCE [SITE]: every relative link in the repository's Markdown leads to a file that is there, and to a heading of it; in the built site, to a page and an anchor of it."""
import html.parser
import pathlib
import re
import sys
import urllib.parse

source = pathlib.Path(sys.argv[1]).resolve()
sys.dont_write_bytecode = True
sys.path.insert(0, str(source / 'docs'))
from page import slug  # noqa: E402, pylint: disable=wrong-import-position

LINK = re.compile(r'\[[^\]\n]*\]\(([^)\s]+)\)')
FENCE = re.compile(r'^```.*?^```$', re.M | re.S)
bad, links = [], 0


def headings(text):
    anchors, seen = set(), []
    for heading in re.findall(r'^#+ (.*)$', FENCE.sub('', text), re.M):
        at = slug(heading)
        anchors.add(f'{at}-{seen.count(at)}' if at in seen else at)
        seen.append(at)
    return anchors


def is_ours(page):
    return not {'build', 'node_modules', '.git'} & set(page.relative_to(source).parts)


for page in sorted(filter(is_ours, source.rglob('*.md'))):
    for link in LINK.findall(re.sub(r'`[^`\n]*`', '', FENCE.sub('', page.read_text()))):
        if re.match(r'\w+:', link):
            continue
        links += 1
        path, _, anchor = urllib.parse.unquote(link).partition('#')
        target = page.parent / path if path else page
        if not target.exists() or (anchor and target.suffix == '.md' and anchor not in headings(target.read_text())):
            bad.append(f'{page.relative_to(source)}: {link}')


class Page(html.parser.HTMLParser):
    """What a page of the site links to, and what can be linked to in it."""

    def __init__(self, file):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(file.read_text())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[key] for key in ('id', 'name') if given.get(key)}
        self.links += [given[key] for key in ('href', 'src') if given.get(key)]


if len(sys.argv) > 2:
    site = pathlib.Path(sys.argv[2]).resolve()
    pages = {file.name: Page(file) for file in site.glob('*.html')}
    for name, page in sorted(pages.items()):
        for link in page.links:
            if re.match(r'\w+:', link) or link == '#nested-classes':  # Doxygen's own, where all nested classes are private
                continue
            links += 1
            path, _, anchor = link.partition('#')
            path = urllib.parse.unquote(path) or name
            if not (site / path).exists() or (anchor and path in pages and anchor not in pages[path].anchors):
                bad.append(f'{name}: {link}')

for each in bad:
    print(f'dead: {each}')
print(f'{links} links')
sys.exit(bool(bad) or links < 100)
