"""MQTT 3.1, 3.1.1 and 5.0 on the wire, as the texts say it: read strictly, written plainly. Strings are bytes here; both mutants use it (packets.py has the packets).

`has` tells which defect is switched on; each defect is one `has('its-name')` at the place where the peer goes wrong.
"""
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


def has_wildcard(name):
    return b'+' in name or b'#' in name


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
