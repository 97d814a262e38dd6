"""The options of the mutants, and the table of their defects."""
import argparse
import csv
import pathlib
import sys


def table():
    with open(pathlib.Path(__file__).with_name('mutants.tsv'), encoding='utf-8', newline='') as rows:
        return list(csv.DictReader(rows, delimiter='\t', quoting=csv.QUOTE_NONE))


def add_options(parser, peer):
    known = {row['name']: row for row in table() if row['peer'] == peer}

    class List(argparse.Action):
        def __call__(self, *_):
            for name, row in known.items():
                print(f"{name:40} {row['recipe']:13} {row['what']}")
            sys.exit(0)

    def one_of_them(name):
        if name not in known:
            raise argparse.ArgumentTypeError(f'no such defect: {name}')
        return name

    parser.add_argument('--defect', type=one_of_them, help='one of --list')
    parser.add_argument('--list', action=List, nargs=0, help='shows the defects')
