"""MQTT 3.1, 3.1.1 and 5.0 on the wire, as the texts say it: read strictly, written plainly. Strings are bytes here; both mutants use it.

`has` tells which defect is switched on; each defect is one `has('its-name')` at the place where the peer goes wrong.
"""
from types import SimpleNamespace

V3_1, V3_1_1, V5 = 3, 4, 5
MALFORMED, PROTOCOL_ERROR, BAD_ALIAS = 0x81, 0x82, 0x94

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH = range(1, 16)
NAMES = ['reserved', 'connect', 'connack', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', 'suback', 'unsubscribe', 'unsuback', 'pingreq',
         'pingresp', 'disconnect', 'auth']
FROM_CLIENT = {CONNECT, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT, AUTH}
FROM_SERVER = {CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP, DISCONNECT, AUTH}
FLAGS = {PUBREL: 2, SUBSCRIBE: 2, UNSUBSCRIBE: 2}  # 0 elsewhere, but for PUBLISH

# identifier: name, type, the packets that may have it (client> and server>: only from there)
PROPERTIES = {
    0x01: ('payload_format', 'byte', 'publish will'),
    0x02: ('message_expiry', 'u32', 'publish will'),
    0x03: ('content_type', 'string', 'publish will'),
    0x08: ('response_topic', 'string', 'publish will'),
    0x09: ('correlation_data', 'binary', 'publish will'),
    0x0B: ('subscription_identifier', 'varint', 'server>publish subscribe'),
    0x11: ('session_expiry', 'u32', 'connect connack client>disconnect'),
    0x12: ('assigned_client_identifier', 'string', 'connack'),
    0x13: ('server_keep_alive', 'u16', 'connack'),
    0x15: ('authentication_method', 'string', 'connect connack auth'),
    0x16: ('authentication_data', 'binary', 'connect connack auth'),
    0x17: ('request_problem_information', 'byte', 'connect'),
    0x18: ('will_delay', 'u32', 'will'),
    0x19: ('request_response_information', 'byte', 'connect'),
    0x1A: ('response_information', 'string', 'connack'),
    0x1C: ('server_reference', 'string', 'connack server>disconnect'),
    0x1F: ('reason_string', 'string', 'connack puback pubrec pubrel pubcomp suback unsuback disconnect auth'),
    0x21: ('receive_maximum', 'u16', 'connect connack'),
    0x22: ('topic_alias_maximum', 'u16', 'connect connack'),
    0x23: ('topic_alias', 'u16', 'publish'),
    0x24: ('maximum_qos', 'byte', 'connack'),
    0x25: ('retain_available', 'byte', 'connack'),
    0x26: ('user', 'pair', 'connect connack publish will puback pubrec pubrel pubcomp subscribe suback unsubscribe unsuback disconnect auth'),
    0x27: ('maximum_packet_size', 'u32', 'connect connack'),
    0x28: ('wildcard_subscription_available', 'byte', 'connack'),
    0x29: ('subscription_identifiers_available', 'byte', 'connack'),
    0x2A: ('shared_subscription_available', 'byte', 'connack'),
}
IDENTIFIERS = {name: (number, kind) for number, (name, kind, _) in PROPERTIES.items()}
NOT_ZERO = {'receive_maximum': PROTOCOL_ERROR, 'maximum_packet_size': PROTOCOL_ERROR, 'subscription_identifier': PROTOCOL_ERROR, 'topic_alias': BAD_ALIAS}

# The reason codes of each packet of 5.0, by who may send them.
BOTH_PUB = {0, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}
CODES = {
    ('connack', 'server'): {0, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F},
    ('puback', 'client'): BOTH_PUB, ('puback', 'server'): BOTH_PUB | {0x10},
    ('pubrec', 'client'): BOTH_PUB, ('pubrec', 'server'): BOTH_PUB | {0x10},
    ('pubrel', 'client'): {0, 0x92}, ('pubrel', 'server'): {0, 0x92}, ('pubcomp', 'client'): {0, 0x92}, ('pubcomp', 'server'): {0, 0x92},
    ('suback', 'server'): {0, 1, 2, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2},
    ('unsuback', 'server'): {0, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91},
    ('disconnect', 'client'): {0, 4, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99},
    ('disconnect', 'server'): {0, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F} | set(range(0x90, 0xA3)) - {0x91, 0x92},
    ('auth', 'client'): {0x18, 0x19}, ('auth', 'server'): {0, 0x18},
}


class Refused(Exception):
    """The packet breaks a rule; `code` is what 5.0 has for it, `answer` the return code with which CONNACK of 3.x says it."""

    def __init__(self, code, why, answer=None):
        super().__init__(why)
        self.code, self.answer = code, answer


def no_defect(_name):
    return False


class Properties(list):
    """(name, value) in the order of the wire."""

    def get(self, name, default=None):
        return next((value for each, value in self if each == name), default)

    def all(self, name):
        return [value for each, value in self if each == name]

    def only(self, *names):
        return Properties((name, value) for name, value in self if name in names)


class Reader:
    def __init__(self, data, version, has):
        self.data, self.at, self.version, self.has = data, 0, version, has

    def rest(self):
        return len(self.data) - self.at

    def take(self, count):
        if self.rest() < count:
            raise Refused(MALFORMED, 'a field runs past the end')
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.take(1)[0]

    def u16(self):
        return int.from_bytes(self.take(2), 'big')

    def u32(self):
        return int.from_bytes(self.take(4), 'big')

    def varint(self):
        value, used = length_of(self.data, self.at, self.version, self.has)
        if used is None:
            raise Refused(MALFORMED, 'a variable byte integer runs past the end')
        self.at += used
        return value

    def binary(self):
        return self.take(self.u16())

    def string(self):
        text = self.binary()
        if b'\0' in text and not self.has('takes-nul-in-strings'):
            raise Refused(MALFORMED, 'a string has U+0000')
        if self.version != V3_1 and not self.has('takes-ill-formed-utf-8'):
            try:
                text.decode('utf-8')
            except UnicodeDecodeError:
                raise Refused(MALFORMED, 'a string is not UTF-8') from None
        return text

    def pair(self):
        return self.string(), self.string()

    def packet_id(self):
        number = self.u16()
        if number == 0 and not self.has('takes-packet-id-0'):
            raise Refused(MALFORMED, 'packet identifier is 0')
        return number

    def end(self):
        if self.rest() and not self.has('ignores-surplus-bytes'):
            raise Refused(MALFORMED, 'bytes are left over')

    def properties(self, place, sender):
        if self.version != V5:
            return Properties()
        inner = Reader(self.take(self.varint()), self.version, self.has)
        found = Properties()
        while inner.rest():
            name, kind = known(inner.varint(), place, sender, self.has)
            if name not in ('user',) and not (name == 'subscription_identifier' and place == 'publish') and found.get(name) is not None:
                if not self.has('takes-duplicate-properties'):
                    raise Refused(PROTOCOL_ERROR, name + ' is there twice')
            value = getattr(inner, kind)()
            check_value(name, value, self.has)
            found.append((name, value))
        return found


def known(identifier, place, sender, has):
    name, kind, places = PROPERTIES.get(identifier, ('', '', ''))
    if place in places.split() or f'{sender}>{place}' in places.split():
        return name, kind
    if name and place in places and has('takes-properties-of-servers'):
        return name, kind
    if name and place not in places and has('takes-forbidden-properties'):
        return name, kind
    raise Refused(PROTOCOL_ERROR if name and place in places else MALFORMED, f'property {identifier} has no place in {place}')


def check_value(name, value, has):
    if has('takes-any-property-value'):
        return
    kind = IDENTIFIERS[name][1]
    if kind == 'byte' and value > 1:
        raise Refused(PROTOCOL_ERROR, name + ' is neither 0 nor 1')
    if name in NOT_ZERO and value == 0:
        raise Refused(NOT_ZERO[name], name + ' is 0')
    if name == 'response_topic' and has_wildcard(value) and not has('takes-wildcards-in-response-topics'):
        raise Refused(PROTOCOL_ERROR, 'response topic has a wildcard')


def length_of(data, at, version, has):
    """The variable byte integer there, and its size; size None where its end has not arrived."""
    value = 0
    for i in range(4):
        if at + i >= len(data):
            return 0, None
        value |= (data[at + i] & 0x7F) << 7 * i
        if data[at + i] < 0x80:
            if version == V5 and i and data[at + i] == 0:
                raise Refused(MALFORMED, 'a variable byte integer is longer than it must be')
            return value, i + 1
    if has('takes-lengths-of-five-bytes') and at + 4 < len(data):
        return value, 5
    raise Refused(MALFORMED, 'a variable byte integer has five bytes')


def first_frame(buffer, version, sender, has):
    """(first byte, body, size) of the first packet in there, or None. Wrong first bytes and lengths are refused before the rest is there."""
    if not buffer:
        return None
    kind, flags = buffer[0] >> 4, buffer[0] & 15
    if kind not in (FROM_CLIENT if sender == 'client' else FROM_SERVER) or (kind == AUTH and version not in (None, V5)):
        if not has('ignores-unknown-packet-types'):
            raise Refused(MALFORMED if kind == 0 else PROTOCOL_ERROR, 'that packet type has no place here')
    elif kind not in (PUBLISH, CONNECT) and version != V3_1 and flags != FLAGS.get(kind, 0) and not has('ignores-reserved-flags'):
        raise Refused(MALFORMED, 'the flags of the fixed header are wrong')
    length, used = length_of(buffer, 1, version, has)
    if used is None or len(buffer) < 1 + used + length:
        return None
    return buffer[0], bytes(buffer[1 + used:1 + used + length]), 1 + used + length


def parse(first, body, version, sender, has=no_defect):
    """The packet as a namespace with `type`; `version` None before the CONNECT."""
    kind = first >> 4
    r = Reader(body, version, has)
    p = PARSERS[kind](r, first & 15, sender)
    p.type, p.name, p.size = kind, NAMES[kind], len(body)
    return p


def parse_connect(r, flags, _sender):
    name, level = r.binary(), r.byte()
    if name not in (b'MQTT', b'MQIsdp') and not r.has('takes-any-protocol-name'):
        raise Refused(None, 'this is not MQTT')
    version = {(b'MQIsdp', 3): V3_1, (b'MQTT', 4): V3_1_1, (b'MQTT', 5): V5}.get((name, level))
    if r.has('takes-any-protocol-name'):
        version = level if level in (3, 4, 5) else None
    if version is None and r.has('takes-any-protocol-level'):
        version = V3_1_1
    if version is None:
        raise Refused(None, 'no such protocol level', answer=1)
    r.version = version
    try:
        return connect_body(r, flags)
    except Refused as e:
        e.version = version
        raise


def connect_body(r, header_flags):
    flags = r.byte()
    if r.version != V3_1 and header_flags and not r.has('ignores-reserved-flags'):
        raise Refused(MALFORMED, 'the flags of the fixed header are wrong')
    if flags & 1 and r.version != V3_1 and not r.has('ignores-reserved-connect-flag'):
        raise Refused(MALFORMED, 'the reserved flag of CONNECT is set')
    has_will, will_qos, will_retain, has_password, has_user = flags & 4, flags >> 3 & 3, flags & 0x20, flags & 0x40, flags & 0x80
    if not r.has('ignores-will-flags'):
        if (has_will or r.version != V3_1) and will_qos == 3:
            raise Refused(MALFORMED, 'Will QoS is 3')
        if not has_will and (will_qos or will_retain) and r.version != V3_1:
            raise Refused(MALFORMED, 'Will QoS or Will Retain without a will')
    if has_password and not has_user and r.version != V5 and not r.has('takes-password-without-user-name'):
        raise Refused(MALFORMED, 'a password without a user name')
    p = SimpleNamespace(version=r.version, clean=bool(flags & 2), keep_alive=r.u16(), will=None, user=None, password=None)
    p.properties = r.properties('connect', 'client')
    if p.properties.get('authentication_data') is not None and p.properties.get('authentication_method') is None and not r.has('takes-data-without-method'):
        raise Refused(PROTOCOL_ERROR, 'authentication data without a method')
    p.client_id = r.string()
    if has_will:
        p.will = SimpleNamespace(properties=r.properties('will', 'client'), topic=r.string(), payload=r.binary(), qos=will_qos, retain=bool(will_retain))
        check_name(p.will.topic, r.has)
    gone = r.version == V3_1 and not r.rest()  # 3.1: the Remaining Length wins over the flags
    if has_user and not gone and not (r.has('takes-connect-without-its-fields') and not r.rest()):
        p.user = r.string()
    gone = r.version == V3_1 and not r.rest()
    if has_password and not gone and not (r.has('takes-connect-without-its-fields') and not r.rest()):
        p.password = r.binary()
    if not r.has('takes-surplus-of-connect'):
        r.end()
    return p


def has_wildcard(name):
    return b'+' in name or b'#' in name


def check_name(topic, has):
    if has_wildcard(topic) and not has('takes-wildcards-in-topic-names'):
        raise Refused(MALFORMED, 'topic name has a wildcard')
    if not topic and not has('takes-empty-topic-names'):
        raise Refused(PROTOCOL_ERROR, 'topic name is empty')


def check_filter(text, has):
    if has('takes-ill-formed-filters'):
        return
    if not text:
        raise Refused(MALFORMED, 'topic filter is empty')
    levels = text.split(b'/')
    for i, level in enumerate(levels):
        if b'#' in level and (level != b'#' or i + 1 != len(levels)):
            raise Refused(MALFORMED, '# is not the last level, or not alone in it')
        if b'+' in level and level != b'+':
            raise Refused(MALFORMED, '+ is not alone in its level')


def check_share(text, has):
    """$share/NAME/FILTER of 5.0."""
    if not text.startswith(b'$share/') or has('takes-ill-formed-share-names'):
        return
    parts = text.split(b'/', 2)
    if len(parts) < 3 or not parts[1] or has_wildcard(parts[1]) or not parts[2]:
        raise Refused(MALFORMED, 'share name is ill-formed')


def parse_publish(r, flags, sender):
    p = SimpleNamespace(dup=bool(flags & 8), qos=flags >> 1 & 3, retain=bool(flags & 1), id=0)
    if p.qos == 3:
        if not r.has('takes-qos-3'):
            raise Refused(MALFORMED, 'QoS is 3')
        p.qos = 2
    if p.dup and not p.qos:
        raise Refused(MALFORMED, 'DUP with QoS 0')
    p.topic = r.string()
    if p.qos:
        p.id = r.packet_id()
    p.properties = r.properties('publish', sender)
    if p.topic or p.properties.get('topic_alias') is None:
        check_name(p.topic, r.has)
    p.payload = r.take(r.rest())
    return p


def parse_acknowledgement(r, _flags, sender, name):
    p = SimpleNamespace(id=r.packet_id(), code=0, properties=Properties())
    if r.version == V5 and r.rest():
        p.code = r.byte()
        if r.rest():
            p.properties = r.properties(name, sender)
        check_code(name, sender, p.code)
        if r.has('refuses-short-acknowledgements') and r.rest() == 0 and len(r.data) == 3:
            raise Refused(MALFORMED, 'no properties')
    r.end()
    return p


def check_code(name, sender, code):
    if code not in CODES[(name, sender)]:
        raise Refused(PROTOCOL_ERROR, f'{name} has a reason code that it cannot have')


def parse_subscribe(r, _flags, sender):
    p = SimpleNamespace(id=r.packet_id(), properties=r.properties('subscribe', sender), filters=[])
    while r.rest():
        text = r.string()
        check_filter(text, r.has)
        if r.version == V5:
            check_share(text, r.has)
        options = r.byte()
        if r.version == V3_1:
            options &= 3
        allowed = options & 3 != 3 and (options & 0xC0 == 0 and options >> 4 & 3 != 3 if r.version == V5 else options < 3)
        if not allowed and not r.has('takes-any-subscription-options'):
            raise Refused(MALFORMED, 'subscription options are wrong')
        if r.version == V5 and text.startswith(b'$share/') and options & 4 and not r.has('takes-no-local-on-shared'):
            raise Refused(PROTOCOL_ERROR, 'No Local on a shared subscription')
        p.filters.append((text, options))
    if not p.filters and not r.has('takes-empty-lists'):
        raise Refused(PROTOCOL_ERROR, 'no topic filter')
    return p


def parse_unsubscribe(r, _flags, sender):
    p = SimpleNamespace(id=r.packet_id(), properties=r.properties('unsubscribe', sender), filters=[])
    while r.rest():
        text = r.string()
        check_filter(text, r.has)
        if r.version == V5:
            check_share(text, r.has)
        p.filters.append(text)
    if not p.filters and not r.has('takes-empty-lists'):
        raise Refused(PROTOCOL_ERROR, 'no topic filter')
    return p


def parse_empty(r, _flags, _sender):
    r.end()
    return SimpleNamespace()


def parse_disconnect(r, _flags, sender):
    p = SimpleNamespace(code=0, properties=Properties())
    if r.version != V5 and sender == 'server':
        raise Refused(PROTOCOL_ERROR, 'DISCONNECT from a server')
    if r.version == V5 and r.rest():
        p.code = r.byte()
        check_code('disconnect', sender, p.code)
        if r.rest():
            p.properties = r.properties('disconnect', sender)
    r.end()
    return p


def parse_auth(r, _flags, sender):
    p = SimpleNamespace(code=0, properties=Properties())
    if r.rest():
        p.code = r.byte()
        p.properties = r.properties('auth', sender)
    r.end()
    if r.has('takes-bad-auth'):
        return p
    check_code('auth', sender, p.code)
    if p.properties.get('authentication_method') is None:
        raise Refused(PROTOCOL_ERROR, 'AUTH without a method')
    return p


def parse_connack(r, _flags, sender):
    p = SimpleNamespace(flags=r.byte(), code=r.byte())
    p.properties = r.properties('connack', sender)
    r.end()
    if r.version != V3_1 and p.flags & 0xFE and not r.has('ignores-connack-flags'):
        raise Refused(MALFORMED, 'reserved flags of CONNACK are set')
    if r.version == V5 and not r.has('takes-any-connack-code'):
        check_code('connack', sender, p.code)
    if r.version != V5 and p.code > 5 and not r.has('takes-any-connack-code'):
        raise Refused(PROTOCOL_ERROR, 'no such return code')
    return p


def parse_codes(r, _flags, sender, name):
    p = SimpleNamespace(id=r.packet_id(), properties=r.properties(name, sender), codes=[])
    if name == 'unsuback' and r.version != V5:
        r.end()
        return p
    p.codes = list(r.take(r.rest()))
    if not p.codes and not r.has('takes-empty-lists'):
        raise Refused(PROTOCOL_ERROR, 'no reason code')
    for code in p.codes:
        if r.version == V3_1 or r.has('takes-any-suback-code'):
            continue
        if code not in (CODES[(name, sender)] if r.version == V5 else {0, 1, 2, 0x80}):
            raise Refused(PROTOCOL_ERROR if r.version == V5 else MALFORMED, 'no such code')
    return p


PARSERS = {
    CONNECT: parse_connect, PUBLISH: parse_publish, SUBSCRIBE: parse_subscribe, UNSUBSCRIBE: parse_unsubscribe, PINGREQ: parse_empty, PINGRESP: parse_empty,
    DISCONNECT: parse_disconnect, AUTH: parse_auth, CONNACK: parse_connack,
    **{t: lambda r, f, s, n=NAMES[t]: parse_acknowledgement(r, f, s, n) for t in (PUBACK, PUBREC, PUBREL, PUBCOMP)},
    **{t: lambda r, f, s, n=NAMES[t]: parse_codes(r, f, s, n) for t in (SUBACK, UNSUBACK)},
}


# --- writing ---

def varint(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def u16(value):
    return value.to_bytes(2, 'big')


def text(value):
    return u16(len(value)) + value


WRITERS = {'byte': lambda v: bytes([v]), 'u16': u16, 'u32': lambda v: v.to_bytes(4, 'big'), 'varint': varint, 'string': text, 'binary': text,
           'pair': lambda v: text(v[0]) + text(v[1])}


def properties(version, pairs):
    if version != V5:
        return b''
    body = b''.join(bytes([IDENTIFIERS[name][0]]) + WRITERS[IDENTIFIERS[name][1]](value) for name, value in pairs)
    return varint(len(body)) + body


def packet(kind, body=b'', flags=None):
    return bytes([kind << 4 | (FLAGS.get(kind, 0) if flags is None else flags)]) + varint(len(body)) + body


def publish(version, topic, payload, qos=0, packet_id=0, retain=False, dup=False, pairs=()):
    body = text(topic) + (u16(packet_id) if qos else b'') + properties(version, pairs) + payload
    return packet(PUBLISH, body, dup << 3 | qos << 1 | retain)


def acknowledgement(version, kind, packet_id, code=0):
    """Short where it says nothing: the code 0 and no properties are left out."""
    return packet(kind, u16(packet_id) + (bytes([code]) if version == V5 and code else b''))
