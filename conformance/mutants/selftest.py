#!/usr/bin/env python3
"""Shows that the live harness finds what it is there to find, and nothing else: peers that keep to the texts get no fail,
and each mutant of mutants.tsv gets one by the recipe that is meant for it.

usage: selftest.py PROGRAM FOLDER [--peer broker|client] [--jobs N] [--only NAME,…]
PROGRAM is mqttspan-conformance; results are left in FOLDER. --only plays these mutants (`clean` is the peer without a defect).
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

import defects

HERE = pathlib.Path(__file__).resolve().parent
LONGEST = 500  # seconds for one run of the harness
# A clean peer: what was not tried, or came to nothing. More than that, and probes have stopped to work.
AT_MOST = {'broker': {'skip': 70, 'inconclusive': 1}, 'client': {'skip': 4, 'inconclusive': 4}}


def peer_program(peer, defect):
    return [sys.executable, '-S', '-B', str(HERE / f'{peer}.py')] + (['--defect', defect] if defect else [])


def play(program, folder, peer, defect, only):
    """The results of one run, as the harness wrote them; or why there are none."""
    out = folder / f'{peer}-{defect or "clean"}.json'
    out.unlink(missing_ok=True)
    options = ['--json', str(out), '--quiet', '--peer', str(HERE / 'peer.json')] + (['--only', ','.join(only)] if only else [])
    if peer == 'client':
        return run([program, 'client', '--driver', 'exec ' + shlex.join(peer_program(peer, defect))] + options, out)
    with subprocess.Popen(peer_program(peer, defect), stdout=subprocess.PIPE, text=True) as broker:
        try:
            port = broker.stdout.readline().strip()
            if not port:
                return None, 'the broker does not start'
            return run([program, 'broker', '--target', f'127.0.0.1:{port}'] + options, out)
        finally:
            broker.kill()


def run(command, out):
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return None, f'the harness does not end within {LONGEST} s'
    if done.returncode not in (0, 1) or not out.exists():
        return None, f'the harness ended with {done.returncode}: ' + done.stderr.decode(errors='replace').strip()
    return json.loads(out.read_text(encoding='utf-8'))['results'], ''


def judge_clean(peer, results, problem):
    if results is None:
        return [problem]
    counts = collections.Counter(result['verdict'] for result in results)
    print(f'clean {peer}: {len(results)} cases, ' + ', '.join(f'{count} {verdict}' for verdict, count in sorted(counts.items())))
    objections = [f'{result["id"]}: {result["reason"]}' for result in results if result['verdict'] == 'fail']
    for verdict, most in AT_MOST[peer].items():
        of_it = [result['id'] for result in results if result['verdict'] == verdict]
        print(f'  {verdict}: {len(of_it)}, at most {most}' + (': ' + ', '.join(of_it) if len(of_it) <= 12 else ''))
        if len(of_it) > most:
            objections.append(f'{len(of_it)} {verdict}, at most {most} were expected')
    return objections


def judge_mutant(mutant, results, problem):
    if results is None:
        return [problem]
    if any(result['check'] == mutant['recipe'] and result['verdict'] == 'fail' for result in results):
        return []
    seen = collections.Counter(result['verdict'] for result in results if result['check'] == mutant['recipe'])
    return [f'{mutant["recipe"]} does not find that it {mutant["what"]}: ' + (', '.join(f'{n} {v}' for v, n in seen.items()) or 'no result')]


def examine(args, mutant):
    began = time.monotonic()
    only = mutant['play'].split(',') if mutant['recipe'] else []
    if only and mutant['recipe'].endswith(('-MON', '-ERRCLOSE')):  # they judge what the others do
        only.append(mutant['recipe'])
    results, problem = play(args.program, args.folder, mutant['peer'], mutant['name'], only)
    objections = judge_mutant(mutant, results, problem) if mutant['recipe'] else judge_clean(mutant['peer'], results, problem)
    return mutant, objections, time.monotonic() - began


def chosen(args):
    mutants = defects.table()
    clean = [{'name': '', 'peer': peer, 'recipe': '', 'play': '', 'what': ''} for peer in ('broker', 'client')]
    wanted = [m for m in clean + mutants if args.peer in (None, m['peer']) and (not args.names or (m['name'] or 'clean') in args.names)]
    if not wanted:
        raise SystemExit('no such mutant')
    return wanted


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('program')
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--peer', choices=['broker', 'client'])
    parser.add_argument('--jobs', type=int, default=8 * (os.cpu_count() or 1))  # they wait, mostly
    parser.add_argument('--only', dest='names', type=lambda text: text.split(','), default=[], metavar='NAME,…')
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    missed = 0
    played = chosen(args)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for mutant, objections, seconds in pool.map(lambda m: examine(args, m), played):
            missed += bool(objections)
            if objections or not mutant['recipe']:
                print(f'{"NOT AS IT SHOULD BE" if objections else "good"}: {mutant["name"] or "clean " + mutant["peer"]} ({seconds:.0f} s)')
            for objection in objections:
                print('  ' + objection)
            sys.stdout.flush()
    mutants = sum(1 for m in played if m['recipe'])
    print(f'{mutants} mutants and {len(played) - mutants} clean peers, {missed} not as they should be')
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
