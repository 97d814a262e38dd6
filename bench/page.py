#!/usr/bin/env python3
"""page.py RESULTS.JSON [PAGE]: the results of one run as tables for bench/README.md; with PAGE, puts them between its marks `results begin` and `results end`.

One run: every figure of ours and of the peers is from the same results.json, so that none is older than another.
"""
import csv
import json
import pathlib
import sys

from results import by_row, compilers_of

HERE = pathlib.Path(__file__).resolve().parent
BEGIN, END = '<!-- results begin: written by page.py -->', '<!-- results end -->'


def goals():
    with open(HERE / 'goals.tsv', encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file, delimiter='\t'))


def table(head, rows):
    return '\n'.join(['| ' + ' | '.join(head) + ' |', '|---' * len(head) + '|', *('| ' + ' | '.join(row) + ' |' for row in rows)]) + '\n'


class Run:
    def __init__(self, results):
        self.results = results
        self.compilers = compilers_of(results)
        self.times = {name: by_row(c['ratios']) for name, c in results['compilers'].items()}
        self.counts = {name: {row: r['instructions'] for row, r in by_row(c['instructions']).items()} for name, c in results['compilers'].items()}

    def ns(self, compiler, *row):
        return self.times[compiler][row]['ns a packet']

    def cell(self, compiler, row, goal=None):
        """Ratio and count, bold where a goal is not reached. A clang's count has 30 % more room."""
        ratio, count = self.times[compiler][row]['ratio'], self.counts[compiler][row]
        room = 1.0 if compiler == self.compilers[0] else 1.3
        ratio_text, count_text = f'{ratio:.2f}', f'{count:,.0f}'
        if goal and ratio > number(goal['goal ratio']) * room:
            ratio_text = f'**{ratio_text}**'
        if goal and count > number(goal['goal instructions']) * room:
            count_text = f'**{count_text}**'
        return f'{ratio_text} [{count_text}]'


def number(text):
    return float('inf') if text == '-' else float(text)


def goals_table(run):
    rows = []
    for goal in goals():
        row = goal['workload'], goal['version'], goal['operation']
        as_text = [goal[f'{who} ratio'] + ('' if goal[f'{who} instructions'] == '-' else f' [{goal[f"{who} instructions"]}]') for who in ('goal', 'prototype')]
        rows.append([f'{row[0]} {row[1]} `{row[2].split(" ")[0]}`' + (f' in chunks of {row[2].split(" ")[1]}' if ' ' in row[2] else ''),
                     *(run.cell(compiler, row, goal) for compiler in run.compilers), *as_text])
    return table(['', *run.compilers, 'goal', 'prototype'], rows)


def other_goals_table(run):
    w8 = 'W8', '3.1.1'
    mixed = run.times[run.compilers[0]][(*w8, 'for_each')]
    bytes_a_packet = mixed['GB/s'] * mixed['ns a packet']
    figures = [  # what, of which compiler, how to print it, the most that it should be
        ['W3 `parse_as` takes longer than W2, ns', lambda c: run.ns(c, 'W3', '3.1.1', 'parse_as') - run.ns(c, 'W2', '3.1.1', 'parse_as'), '.1f', 2],
        ['W3 `for_each` takes longer than W2, ns', lambda c: run.ns(c, 'W3', '3.1.1', 'for_each') - run.ns(c, 'W2', '3.1.1', 'for_each'), '.1f', 2],
        ['W8 3.1.1 `for_each`, ns a byte (0.111: 9 GB/s)', lambda c: run.ns(c, *w8, 'for_each') / bytes_a_packet, '.3f', 1 / 9],
        ['W8 3.1.1 in chunks of one byte, ns a byte', lambda c: run.ns(c, *w8, 'for_each 1') / bytes_a_packet, '.1f', 4.5],
        ['W1 `generate_head`, ns', lambda c: run.ns(c, 'W1', '3.1.1', 'generate_head'), '.1f', 8],
        ['`for_each` beside `parse`, W8 3.1.1, time', lambda c: run.ns(c, *w8, 'for_each') / run.ns(c, *w8, 'parse'), '.2f', 1.15],
        ['`connection` beside `for_each`, W1 3.1.1, instructions', lambda c: run.counts[c]['W1', '3.1.1', 'connection'] / run.counts[c]['W1', '3.1.1', 'for_each'], '.2f', 2],
    ]
    rows = []
    for what, figure, form, most in figures:
        cells = [f'**{figure(c):{form}}**' if figure(c) > most else f'{figure(c):{form}}' for c in run.compilers]
        rows.append([what, *cells, f'≤ {most:{form}}'])
    return table(['', *run.compilers, 'goal'], rows)


def scaling_tables(run):
    """That time grows with the bytes and the packets, and with nothing else."""
    series = {}
    for row in run.results['scaling']:
        series.setdefault(row['series'], {})[int(row['x'])] = row
    payloads = series['parse_as by payload']
    several = [x for i, x in enumerate(sorted(payloads)) if i % 3 == 0 or x == max(payloads)]
    sizes = table(['payload, bytes', '`parse_as`, ns', '`generate`, ns a byte', '`for_each` in pieces of 4 KiB, ns a byte'],
                  [[f'{x:,}', f'{payloads[x]["ns a packet"]:.1f}', *(f'{series[name][x]["ns a byte"]:.4f}' for name in ('generate by payload', 'for_each in 4 KiB by payload'))] for x in several])
    packets = series['for_each by packets in the buffer']
    return sizes + '\n' + table(['packets in the buffer', *(f'{x:,}' for x in sorted(packets))], [['`for_each`, ns a packet', *(f'{packets[x]["ns a packet"]:.1f}' for x in sorted(packets))]])


def floors_table(run):
    rows = [[f'{w} {v}', *(f'{run.times[run.compilers[0]][w, v, floor_of]["floor, ns a packet"]:.2f} [{run.counts[run.compilers[0]][w, v, floor]:.0f}]'
                           for floor_of, floor in (('parse_as', 'decode floor'), ('generate', 'generate floor')))]
            for w, v in (('W1', '3.1.1'), ('W1', '5.0'), ('W4', '5.0'), ('W5', '3.1.1'), ('W5', '5.0'), ('W6', '3.1.1'), ('W8', '3.1.1'), ('W8', '5.0'))]
    return table(['', 'decode floor', 'generate floor'], rows)


def peers_table(run, way):
    own, peers = run.times[run.compilers[0]], [r for r in run.results['peers'] if r['operation'].split(' ')[1] == way]
    names = sorted({r['operation'].split(' ')[0] for r in peers})
    cells = {(r['workload'], r['version'], r['operation'].split(' ')[0]): r['ns a packet'] for r in peers}
    rows = []
    for w, v in dict.fromkeys((r['workload'], r['version']) for r in peers):
        ours = own[w, v, way]['ns a packet']
        rows.append([f'{w} {v}', f'{ours:,.1f}', *(f'{cells[w, v, name]:,.0f} ({cells[w, v, name] / ours:,.0f} ×)' if (w, v, name) in cells else '–' for name in names)])
    return table([f'`{way}`, ns a packet', 'ours', *names], rows)


def cited_table(run):
    counts = run.counts[run.compilers[0]]
    columns = {'instructions parse W1': ('W1', '3.1.1', 'for_each'), 'instructions parse W8': ('W8', '3.1.1', 'for_each')}
    rows = [[r['codec'], *(f'{r[c]:,.0f} ({counts[own] / r[c]:.2f})' for c, own in columns.items()), str(r['allocations W1 / W4'] or 0), r['validates']] for r in run.results['cited']]
    rows.append(['ours, `for_each`', *(f'{counts[own]:,.0f}' for own in columns.values()), '0 / 0', 'all'])
    return table(['', 'W1', 'W8', 'allocations a packet, W1 / W4', 'validates'], rows)


def page(results):
    run = Run(results)
    versions = '; '.join(results['compilers'][name]['version'] for name in run.compilers)
    return f'''{results['date']}, {results['processor']}, {versions}; -O3 -DNDEBUG. One run of `./run bench`; `results/results.json` has all of it.

![Throughput by workload](results/throughput.svg)
![Ratio to the floor by workload](results/ratio.svg)
![Instructions by workload](results/instructions.svg)
![Time by size of the payload](results/payload.svg)
![Time by size of the chunks](results/chunks.svg)

Ratio to the floor, and instructions a packet in brackets; **bold** where the goal is not reached (for clang: by more than 30 %).

{goals_table(run)}
{other_goals_table(run)}
Time grows with the bytes and the packets, and with nothing else:

{scaling_tables(run)}
The floors, {run.compilers[0]}, in nanoseconds a packet [instructions]:

{floors_table(run)}
Beside codecs in other languages, on the same bytes in the same run, as multiples of ours with {run.compilers[0]}:

{peers_table(run, 'parse')}
{peers_table(run, 'generate')}
Other codecs, **cited**: instructions a packet as they were counted elsewhere (Zen 4, g++ 12.2, their decoder and a sum over all fields, 3.1.1), and in brackets ours (this run's) as a part of theirs.

{cited_table(run)}'''


def main():
    text = page(json.loads(pathlib.Path(sys.argv[1]).read_text(encoding='utf-8')))
    if len(sys.argv) < 3:
        sys.stdout.write(text)
        return
    readme = pathlib.Path(sys.argv[2])
    before, _, rest = readme.read_text(encoding='utf-8').partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest or not after:
        sys.exit(f'{readme}: no marks for the results')
    readme.write_text(f'{before}{BEGIN}\n{text}{END}{after}', encoding='utf-8')


if __name__ == '__main__':
    main()
