#!/usr/bin/python3
"""reference.py XML: what Doxygen 1.9.4 does not ask: every enumerator and every namespace has a comment.

Or the enumeration is one of these, whose own comment says what all values are: names that need no further word, or numbers that the wire gives.
"""
import pathlib
import sys
import xml.etree.ElementTree as xml

NAMES_SAY_IT = {'protocol_version', 'packet_type', 'qos', 'sender', 'property_type', 'property_place', 'phase', 'retain_handling', 'tls_version', 'stray_acknowledgement'}


def is_bare(what):
    return not any(''.join(what.find(part).itertext()).strip() for part in ('briefdescription', 'detaileddescription'))


seen, bare = 0, []
for file in sorted(pathlib.Path(sys.argv[1]).glob('*.xml')):
    for compound in xml.parse(file).iter('compounddef'):
        name = compound.findtext('compoundname')
        if compound.get('kind') == 'namespace' and name.startswith('mqttspan') and 'detail' not in name and is_bare(compound):
            bare.append(name)
        for enum in compound.iter('memberdef'):
            if enum.get('kind') != 'enum' or enum.get('prot') != 'public':
                continue
            values = enum.findall('enumvalue')
            seen += len(values)
            if enum.findtext('name') not in NAMES_SAY_IT:
                bare += [f'{enum.findtext("qualifiedname")}::{value.findtext("name")}' for value in values if is_bare(value)]

for name in bare:
    print(f'no comment: {name}')
print(f'{seen} enumerators')
sys.exit(bool(bare) or seen < 250)
