#!/usr/bin/env python3
"""results.py FOLDER: what `./run bench` measured, from the tables in FOLDER: prints the codecs beside ours, writes results.json, and the tables that charts.gp draws.

FOLDER has a folder for each compiler (ratios.tsv, instructions.tsv), and peers.tsv and scaling.tsv. Codecs that cannot be had from packages are cited from cited.tsv, which was measured elsewhere.
"""
import csv
import datetime
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
WORKLOADS = [(w, v) for w in ('W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W6A', 'W7', 'W8') for v in ('3.1.1', '5.0') if (w, v) != ('W4', '3.1.1')]


def table(path):
    """Numbers as numbers, and what is not there as null. Where nothing was measured there is no row."""
    if not path.exists():
        return []
    with open(path, encoding='utf-8', newline='') as file:
        return [{key: number(value) for key, value in row.items()} for row in csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE)]


def number(text):
    if text in ('', '-', None):
        return None
    try:
        return float(text) if text not in ('3.1.1', '5.0') else text
    except ValueError:
        return text


def processor():
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        return next((line.split(':', 1)[1].strip() for line in file if line.startswith('model name')), 'unknown')


def measured(folder):
    compilers = [path.parent for path in sorted(folder.glob('*/ratios.tsv'))]
    return {'format': 'mqttspan-bench/1', 'date': datetime.datetime.now(datetime.timezone.utc).date().isoformat(), 'processor': processor(),
            'compilers': {path.name: {'version': (path / 'version').read_text(encoding='utf-8').strip(), 'ratios': table(path / 'ratios.tsv'), 'instructions': table(path / 'instructions.tsv')}
                          for path in compilers},
            'peers': table(folder / 'peers.tsv'), 'scaling': table(folder / 'scaling.tsv'), 'cited': table(HERE / 'cited.tsv')}


def by_row(rows):
    return {(row['workload'], row['version'], row['operation']): row for row in rows}


def as_text(results):
    """JSON with a row of figures a line."""
    return re.sub(r'\{\s+([^{}]*?)\s+\}', lambda row: '{' + re.sub(r'\s*\n\s*', ' ', row[1]) + '}', json.dumps(results, indent=1)) + '\n'


def compilers_of(results):
    """Their names; g++ first, where it was there: the goals are its."""
    return sorted(results['compilers'], key=lambda name: (name != 'g++', name))


def print_peers(results):
    """Each codec's nanoseconds a packet as multiples of our `parse` and `generate`, both measured in this run."""
    ours = by_row(results['compilers'][compilers_of(results)[0]]['ratios'])
    peers = [(row['operation'].split(' ')[0], row['operation'].split(' ')[-1], row) for row in results['peers']]
    for way in ('parse', 'generate'):
        names = sorted({name for name, its_way, _ in peers if its_way == way})
        if not names:
            continue
        print(f'{way}: nanoseconds a packet, and as multiples of ours')
        print(f'{"":14}{"ours":>10}' + ''.join(f'{name:>24}' for name in names))
        for workload, version in WORKLOADS:
            own = ours[workload, version, way]['ns a packet']
            cells = {name: row['ns a packet'] for name, its_way, row in peers if its_way == way and (row['workload'], row['version']) == (workload, version)}
            print(f'{workload + " " + version:14}{own:10.1f}' + ''.join(f'{cells[name]:14.0f} ({cells[name] / own:5.0f} x)' if name in cells else f'{"-":>24}' for name in names))
        print()


def print_cited(results):
    print("cited, measured on another machine (two shared vCPUs, Zen 4, gcc 12.2, -O3): ratio to that machine's floors")
    columns = [name for name in results['cited'][0] if name not in ('codec', 'validates') and not name.startswith(('instructions', 'allocations'))]
    print(f'{"":37}' + ''.join(f'{name.replace(" 3.1.1", " 3").replace(" 5.0", " 5"):>16}' for name in columns))
    for row in results['cited']:
        print(f'{row["codec"]:37}' + ''.join(f'{row[name] if row[name] is not None else "-":>16}' for name in columns))


def write_chart_tables(results, folder):
    """One line a workload, as gnuplot's histograms want it."""
    for name, compiler in results['compilers'].items():
        ratios, counts = by_row(compiler['ratios']), by_row(compiler['instructions'])
        for file, rows, column, operations in (('throughput', ratios, 'GB/s', ('for_each', 'parse_as', 'generate')), ('ratio', ratios, 'ratio', ('for_each', 'parse_as', 'generate')),
                                               ('instructions', counts, 'instructions', ('for_each', 'parse_as', 'generate'))):
            lines = ['\t'.join(['workload', *(operation.replace('_', '\\\\_') for operation in operations)])]
            for workload, version in WORKLOADS:
                if (workload, version, 'for_each') in rows:
                    lines.append('\t'.join([f'{workload} {version}', *(str(rows[workload, version, operation][column]) for operation in operations)]))
            (folder / name / f'{file}.dat').write_text('\n'.join(lines) + '\n', encoding='utf-8')
    series = {}
    for row in results['scaling']:
        series.setdefault(row['series'], []).append(row)
    for name, rows in series.items():
        (folder / (name.replace(' ', '_') + '.dat')).write_text(''.join(f'{row["x"]:.0f}\t{row["ns a packet"]}\t{row["ns a byte"]}\n' for row in rows), encoding='utf-8')


def main():
    folder = pathlib.Path(sys.argv[1])
    results = measured(folder)
    (folder / 'results.json').write_text(as_text(results), encoding='utf-8')
    print_peers(results)
    print_cited(results)
    write_chart_tables(results, folder)


if __name__ == '__main__':
    main()
