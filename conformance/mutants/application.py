"""The application's side of the client: what it asks for, what it is told, and the session that outlives a connection."""
import json
from types import SimpleNamespace

import wire
from wire import V5

IN_CONNECT = ('session_expiry', 'receive_maximum', 'maximum_packet_size', 'topic_alias_maximum', 'request_response_information', 'request_problem_information')


class Objection(Exception):
    """What the application asked for must not be done."""


def say(**what):
    print(json.dumps(what), flush=True)


def bytes_of(value):
    return value.encode('utf-8') if isinstance(value, str) else bytes.fromhex(value['hex'])


def text_of(value):
    try:
        return value.decode('utf-8')
    except UnicodeDecodeError:
        return {'hex': value.hex()}


def named(command, *names):
    """Properties that a command names."""
    pairs = []
    for name in names:
        if name in command:
            value = command[name]
            pairs.append((name, value if isinstance(value, int) else bytes_of(value)))
    return pairs + [('user', (bytes_of(key), bytes_of(value))) for key, value in command.get('user_properties', [])]


class Session:
    """What outlives a connection."""

    def __init__(self):
        self.in_flight = {}  # packet identifier -> message of QoS 1 or 2, or of QoS 2 that has been released
        self.received = set()  # QoS 2, not released
        self.last_identifier = 0
        self.was_there = False

    def new_identifier(self, has):
        if has('reuses-ids-in-flight'):
            return 1
        while True:
            self.last_identifier = self.last_identifier % 65535 + 1
            if self.last_identifier not in self.in_flight:
                return self.last_identifier


class Requests:
    def ask(self, kind, command, rest, pairs=()):
        self.must_not_authenticate()
        if kind == wire.SUBSCRIBE and not self.has('asks-for-what-the-server-lacks'):
            self.look_whether_possible(bytes_of(command['topic']), pairs)
        packet_id = self.session.new_identifier(self.has)
        self.requests[packet_id] = 1
        if self.has('asks-with-packet-id-0'):
            packet_id = 0
        flags = 0 if self.has('clears-reserved-flags') else None
        self.write(wire.packet(kind, wire.u16(packet_id) + wire.properties(self.version, pairs) + wire.text(bytes_of(command['topic'])) + rest, flags))

    def must_not_authenticate(self):
        if not self.is_accepted and 'authentication_method' in self.command:
            raise Objection('nothing but AUTH goes out before CONNACK')

    def look_whether_possible(self, topic, pairs):
        wanted = {'wildcard_subscription_available': wire.has_wildcard(topic), 'subscription_identifiers_available': bool(pairs),
                  'shared_subscription_available': topic.startswith(b'$share/')}
        for name, is_wanted in wanted.items():
            if is_wanted and not self.limits[name]:
                raise Objection('the server said no: ' + name)

    def has_place(self):
        return len(self.session.in_flight) - len(self.again) < self.limits['receive_maximum'] or self.has('ignores-receive-maximum')

    def publish(self, command):
        self.must_not_authenticate()
        qos, retain = command.get('qos', 0), bool(command.get('retain'))
        if qos > self.limits['maximum_qos'] and not self.has('ignores-maximum-qos'):
            raise Objection('the server does not take this QoS')
        if retain and not self.limits['retain_available'] and not self.has('ignores-retain-available'):
            raise Objection('the server does not take retained messages')
        topic, pairs = bytes_of(command['topic']), named(command, 'message_expiry', 'topic_alias', 'content_type', 'response_topic', 'correlation_data')
        alias = command.get('topic_alias', 0)
        if alias > self.limits['topic_alias_maximum'] and not self.has('sends-aliases-above-the-maximum'):
            raise Objection('the server does not take this topic alias')
        if wire.has_wildcard(topic) or not topic and not alias:
            raise Objection('that is no topic name')
        if qos and not self.has_place():
            return self.waiting.append(command)
        m = SimpleNamespace(topic=topic, payload=bytes_of(command['payload']), qos=qos, retain=retain, pairs=pairs, id=0, is_released=False)
        m.id = self.session.new_identifier(self.has) if qos else 0
        self.send_message(m, dup=bool(qos) and self.has('sends-dup-first'))
        if qos:
            self.session.in_flight[m.id] = m

    def send_message(self, m, dup=False):
        if self.has('sends-dup-with-qos-0') and not m.qos:
            dup = True
        self.write(wire.publish(self.version, m.topic, m.payload, m.qos, m.id, m.retain, dup, m.pairs))

    def leave(self, command):
        if self.version == V5 and len(command) > 1:
            self.write(self.fitting(wire.DISCONNECT, bytes([command.get('reason_code', 0)]), named(command, 'session_expiry', 'reason_string')))
        else:
            self.write(wire.packet(wire.DISCONNECT))
        if self.has('talks-after-disconnect'):
            self.write(wire.packet(wire.PINGREQ))
        if not self.has('stays-open-after-disconnect'):
            self.end('disconnected')
