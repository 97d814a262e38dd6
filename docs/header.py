#!/usr/bin/python3
"""header.py HEADER: the header as Doxygen is to read it.

Three things in the headers are beyond Doxygen 1.9.4. It knows no nested inline namespace: the one that carries the ABI's version is left out, as in the reader's programs.
It takes a specialisation of a standard variable for a name of ours: left out. And it reads no comments from the rows of a table: each row that declares a name is written
out, with a comment made from the row.
"""
import csv
import pathlib
import re
import sys

TABLES = pathlib.Path(__file__).resolve().parents[1] / 'codec/include/mqttspan/codec'
TABLE = re.compile(r'^[^\n]*#define (MQTTSPAN_\w+)\(([^)]*)\)((?:[^\n]*\\\n)*[^\n]*)\n#include <mqttspan/codec/(\w+\.inc)>\n#undef \1\n', re.M)


def words(packets):
    return ', '.join(packet.strip().upper() for packet in packets.split('|'))


def rule(_name, _errc, _reason, text, *statements):
    cited = [f'{version}: [{statement}]' for version, statement in zip(('3.1', '3.1.1', '5.0'), statements) if statement]
    return f'{text}. {", ".join(cited)}'


def property_(_name, number, wire, _type, places, minimum, maximum):
    is_any = minimum == '0' and maximum in ('0', '0xFFFF', '0xFFFFFFFF')
    bounds = '' if is_any else f', {minimum} to {maximum}'.replace("'", ',')
    return f'{number}, {wire.replace("_", " ")}{bounds}; in {words(places)}'


def reason(_name, value, text, by_client, by_server):
    senders = [f'{who} in {words(packets)}' for who, packets in (('clients', by_client), ('servers', by_server)) if packets.strip() != 'none']
    return f'{value}, {text}: {"; ".join(senders)}'


def packet(name):
    return f'{name.upper()} has come'


COMMENTS = {'rules.inc': rule, 'properties.inc': property_, 'reason_codes.inc': reason, 'packets.inc': packet}


def rows(table):
    lines = TABLES.joinpath(table).read_text().splitlines()
    calls = (re.fullmatch(r'MQTTSPAN_\w+\((.*)\)', line) for line in lines)
    return [next(csv.reader([call[1]], skipinitialspace=True)) for call in calls if call]


def write_out(match):
    _, parameters, body, table = match.groups()
    body = body.replace('\\\n', ' ').strip()
    if body.startswith('template <>'):  # the same function again, for one packet
        return ''
    declares = re.fullmatch(r'(name|.*\bP;|.*\bname\{\};|name = .*)[,;]?', body)
    lines = []
    for row in rows(table):
        line = body
        for parameter, value in zip(re.split(r',\s*', parameters), row):
            line = re.sub(rf'\b{re.escape(parameter)}\b', lambda _, value=value: value, line)
        lines.append(line + (f'  ///< {COMMENTS[table](*row)}' if declares else ''))
    return '\n'.join(lines) + '\n'


text = pathlib.Path(sys.argv[1]).read_text().replace('namespace mqttspan::inline MQTTSPAN_ABI', 'namespace mqttspan')
text = re.sub(r'^template <.*>\ninline constexpr bool std::.*\n', '', text, flags=re.M)
sys.stdout.write(TABLE.sub(write_out, text))
