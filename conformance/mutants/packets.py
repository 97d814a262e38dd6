"""The packets of MQTT 3.1, 3.1.1 and 5.0, read strictly: each becomes a namespace with its fields, or is Refused."""
from types import SimpleNamespace

from wire import (AUTH, CONNACK, CONNECT, DISCONNECT, MALFORMED, NAMES, PINGREQ, PINGRESP, PROTOCOL_ERROR, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBACK,
                  SUBSCRIBE, UNSUBACK, UNSUBSCRIBE, V3_1, V3_1_1, V5, Properties, Reader, Refused, has_wildcard, no_defect)

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
