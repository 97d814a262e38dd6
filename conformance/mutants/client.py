#!/usr/bin/env python3
"""A small MQTT 3.1, 3.1.1 and 5.0 client for the live harness to drive (../live/README.md, "Drivers"). It keeps to the texts,
unless --defect NAME makes it break them in one way.

usage: client.py [--defect NAME] | --list
Lines of JSON on standard input say what to do, lines of JSON on standard output what has happened.
"""
import argparse
import asyncio
import json
import os
import sys

import defects
import packets
import websocket
import wire
from application import IN_CONNECT, Objection, Requests, Session, bytes_of, named, say, text_of
from wire import BAD_ALIAS, PROTOCOL_ERROR, V3_1, V3_1_1, V5, Refused

VERSIONS = {'3.1': (b'MQIsdp', V3_1), '3.1.1': (b'MQTT', V3_1_1), '5.0': (b'MQTT', V5)}
ACKNOWLEDGEMENTS = {'puback': wire.PUBACK, 'pubrec': wire.PUBREC, 'pubrel': wire.PUBREL, 'pubcomp': wire.PUBCOMP}


class Connection(Requests, asyncio.Protocol):
    def __init__(self, client, command):
        self.client, self.has, self.session = client, client.has, client.session
        self.loop = asyncio.get_running_loop()
        self.name, self.version = VERSIONS[command['version']]
        self.command = command
        self.buffer = bytearray()
        self.transport = self.timer = self.deadline = None
        self.is_accepted = self.has_ended = self.waits_for_ping = False
        self.keep_alive = command.get('keep_alive', 0)
        self.aliases, self.own_aliases = {}, {}
        self.unanswered = set()  # theirs that we have not answered to the end
        self.requests = {}  # SUBSCRIBE and UNSUBSCRIBE: packet identifier -> number of filters
        self.again = []  # the session's messages that are still to be sent on this connection
        self.waiting = []  # new messages for which Receive Maximum leaves no place
        self.limits = {'receive_maximum': 65535, 'topic_alias_maximum': 0, 'maximum_qos': 2, 'retain_available': 1, 'maximum_packet_size': None,
                       'wildcard_subscription_available': 1, 'subscription_identifiers_available': 1, 'shared_subscription_available': 1}

    # --- the transport ---

    def connection_made(self, transport):
        if self.command.get('transport') == 'websocket':
            self.transport = websocket.Transport(transport, self.command['path'], self.has)
        else:
            self.transport = transport
            self.begin()

    def begin(self):
        if self.has('begins-with-ping'):
            self.write(wire.packet(wire.PINGREQ))
        if self.has('begins-with-a-message'):
            self.write(wire.publish(self.version, b'too/early', b'x'))
        self.write(self.connect_packet(self.command))
        self.deadline = self.loop.call_later(self.command.get('connect_timeout', 10), self.end, 'no CONNACK')

    def connect_packet(self, c):
        if self.has('forgets-the-will'):
            c = {key: value for key, value in c.items() if key != 'will'}
        will = c.get('will')
        flags = (2 if c.get('clean', True) else 0) | (0x80 if 'user_name' in c else 0) | (0x40 if 'password' in c else 0)
        if will:
            flags |= 4 | will.get('qos', 0) << 3 | (0x20 if will.get('retain') else 0)
        if self.has('sets-the-reserved-connect-flag'):
            flags |= 1
        pairs = named(c, *IN_CONNECT, 'authentication_method', 'authentication_data')
        if self.has('repeats-a-connect-property'):
            pairs += [('session_expiry', 1), ('session_expiry', 1)]
        body = wire.text(self.name) + bytes([self.version, flags]) + wire.u16(self.keep_alive) + wire.properties(self.version, pairs)
        body += wire.text(bytes_of(c['client_id']))
        if will:
            body += wire.properties(self.version, []) + wire.text(bytes_of(will['topic'])) + wire.text(bytes_of(will['payload']))
        for field in ('user_name', 'password'):
            body += wire.text(bytes_of(c[field])) if field in c else b''
        return wire.packet(wire.CONNECT, body)

    def data_received(self, data):
        try:
            if not isinstance(self.transport, websocket.Transport):
                return self.take(data)
            was_open = self.transport.is_open
            pieces = self.transport.unwrap(data)
            if self.transport.is_open and not was_open:
                self.begin()
            for piece in pieces:
                self.take(piece)
        except Refused as refused:
            self.refuse(refused)

    def take(self, data):
        if self.has('takes-frames-for-packets'):
            self.buffer.clear()
        self.buffer += data
        while not self.has_ended:
            frame = wire.first_frame(self.buffer, self.version, 'server', self.has)
            if frame is None:
                return
            first, body, size = frame
            del self.buffer[:size]
            self.handle(first, body, size)

    def connection_lost(self, _reason):
        if self.has('dies-when-cut') and not self.has_ended:
            os.abort()
        self.end('closed by the server')

    def write(self, data):
        maximum = self.limits['maximum_packet_size']
        if maximum and len(data) > maximum and not self.has('ignores-maximum-packet-size'):
            raise Objection('larger than the server\'s Maximum Packet Size')
        self.transport.write(data)
        self.rest()

    def rest(self):
        """Keep Alive begins anew with each packet that is sent."""
        if self.timer:
            self.timer.cancel()
        if self.keep_alive and self.is_accepted and not self.waits_for_ping and not self.has('sends-no-pings'):
            self.timer = self.loop.call_later(0.75 * self.keep_alive, self.ping)

    def ping(self):
        self.write(wire.packet(wire.PINGREQ))
        self.waits_for_ping = True
        self.timer.cancel()
        self.timer = self.loop.call_later(max(self.keep_alive, 1), self.end, 'no PINGRESP')

    def end(self, why):
        if self.has_ended:
            return
        self.has_ended = True
        for timer in (self.timer, self.deadline):
            if timer:
                timer.cancel()
        self.transport.close()
        say(closed=why)

    def refuse(self, refused):
        if self.has('stays-open-after-errors'):
            return
        if self.is_accepted and self.version == V5:
            self.transport.write(wire.packet(wire.DISCONNECT, bytes([refused.code])))
        self.end(str(refused))

    # --- packets ---

    def handle(self, first, body, size):
        kind = first >> 4
        if self.command.get('maximum_packet_size', size) < size:
            raise Refused(0x95, 'larger than our Maximum Packet Size')
        if not self.is_accepted and kind not in (wire.CONNACK, wire.AUTH) and not self.has('takes-packets-before-connack'):
            raise Refused(PROTOCOL_ERROR, 'no CONNACK came first')
        if self.is_accepted and kind == wire.CONNACK:
            raise Refused(PROTOCOL_ERROR, 'a second CONNACK')
        try:
            p = packets.parse(first, body, self.version, 'server', self.has)
        except Refused:
            self.die_of(kind)
            raise
        getattr(self, 'on_' + p.name)(p)

    def die_of(self, kind):
        if kind == wire.CONNACK and self.has('dies-of-bad-connack'):
            os.abort()
        if kind == wire.PUBLISH and self.has('dies-of-bad-publish'):
            os.abort()

    def on_connack(self, p):
        self.deadline.cancel()
        if p.code:
            say(connected=False, reason_code=p.code, session_present=bool(p.flags & 1))
            if self.has('takes-any-connack-code'):
                self.is_accepted = True
                return
            return self.end('refused')
        is_present = bool(p.flags & 1) and self.version != V3_1
        expected = not self.command.get('clean', True) and self.session.was_there
        if is_present and not expected and self.version == V5 and not self.has('goes-on-with-an-unknown-session'):
            raise Refused(PROTOCOL_ERROR, 'Session Present, but we have no session')
        if not is_present and self.version != V3_1 and not self.has('keeps-state-of-a-lost-session'):
            self.session.in_flight.clear()
            self.session.received.clear()
        self.session.was_there = True
        for name in self.limits:
            self.limits[name] = p.properties.get(name, self.limits[name])
        if not self.has('ignores-server-keep-alive'):
            self.keep_alive = p.properties.get('server_keep_alive', self.keep_alive)
        self.is_accepted = True
        say(connected=True, reason_code=0, session_present=is_present)
        self.resume()
        self.rest()

    def resume(self):
        """What was not answered goes out again, in its order."""
        messages = list(self.session.in_flight.values())
        if self.has('resends-nothing'):
            return self.session.in_flight.clear()
        if self.has('resends-in-reverse'):
            messages.reverse()
        self.again = messages
        self.go_on()

    def go_on(self):
        while self.again and self.has_place():
            self.resend(self.again.pop(0))
        while self.waiting and self.has_place():
            self.publish(self.waiting.pop(0))

    def resend(self, m):
        if self.has('resends-with-another-id'):
            m.id = m.id + 100
        if m.is_released and not self.has('resends-released-messages'):
            self.write(wire.acknowledgement(self.version, wire.PUBREL, m.id))
        else:
            self.send_message(m, dup=not self.has('resends-without-dup'))

    def on_publish(self, p):
        topic = self.topic_of(p)
        if p.qos:
            self.unanswered.add(p.id)
            if len(self.unanswered) > self.command.get('receive_maximum', 65535):
                raise Refused(0x93, 'more in flight than our Receive Maximum')
        if self.has('strips-byte-order-marks'):
            topic = topic.replace(b'\xef\xbb\xbf', b'')
        is_known = p.qos == 2 and p.id in self.session.received
        if not is_known or self.has('delivers-qos-2-twice'):
            say(message={'topic': text_of(topic), 'payload': text_of(p.payload), 'qos': p.qos, 'retain': p.retain, 'packet_id': p.id})
        if p.qos == 2:
            self.session.received.add(p.id)
        if p.qos and not self.command.get('manual') and not (p.qos == 1 and self.has('acknowledges-no-qos-1')):
            self.acknowledge(wire.PUBACK if p.qos == 1 else wire.PUBREC, p.id)

    def topic_of(self, p):
        alias = p.properties.get('topic_alias')
        if alias is None:
            return p.topic
        if alias > self.command.get('topic_alias_maximum', 0):
            self.die_of(wire.PUBLISH)
            raise Refused(BAD_ALIAS, 'topic alias above our maximum')
        if p.topic and not (alias in self.aliases and self.has('keeps-the-first-alias')):
            self.aliases[alias] = p.topic
        if alias not in self.aliases:
            raise Refused(PROTOCOL_ERROR, 'topic alias is unknown')
        return p.topic or self.aliases[alias]

    def acknowledge(self, kind, packet_id, code=0, pairs=()):
        if kind in (wire.PUBACK, wire.PUBCOMP) or code >= 0x80:
            self.unanswered.discard(packet_id)
        if code >= 0x80:
            self.session.received.discard(packet_id)
        if self.has('acknowledges-another-id'):
            packet_id = packet_id % 65535 + 1
        if pairs:
            return self.write(self.fitting(kind, wire.u16(packet_id) + bytes([code]), pairs))
        return self.write(wire.acknowledgement(self.version, kind, packet_id, code))

    def fitting(self, kind, head, pairs):
        """Reason String and User Properties stay away where they would make the packet larger than the server takes."""
        whole = wire.packet(kind, head + wire.properties(V5, pairs))
        maximum = self.limits['maximum_packet_size']
        if not maximum or len(whole) <= maximum or self.has('ignores-maximum-packet-size'):
            return whole
        return wire.packet(kind, head + wire.properties(V5, [pair for pair in pairs if pair[0] not in ('reason_string', 'user')]))

    def on_pubrel(self, p):
        is_known = p.id in self.session.received
        if not self.has('never-forgets-qos-2-ids'):
            self.session.received.discard(p.id)
        if not self.command.get('manual') and not self.has('completes-nothing'):
            self.acknowledge(wire.PUBCOMP, p.id, 0 if is_known else 0x92)

    def on_puback(self, p):
        self.minds_reasons(p)
        self.finish(p)

    def on_pubcomp(self, p):
        self.minds_reasons(p)
        self.finish(p)

    def finish(self, p):
        m = self.session.in_flight.pop(p.id, None)
        if m and p.code >= 0x80 and self.has('resends-refused-messages'):
            self.session.in_flight[m.id] = m
            return self.send_message(m, dup=True)
        self.go_on()

    def on_pubrec(self, p):
        self.minds_reasons(p)
        m = self.session.in_flight.get(p.id)
        if p.code >= 0x80 and not self.has('releases-refused-messages'):
            return self.finish(p)
        if m:
            m.is_released = True
        if not self.has('never-releases'):
            self.write(wire.acknowledgement(self.version, wire.PUBREL, p.id, 0 if m else 0x92))

    def minds_reasons(self, p):
        if self.command.get('request_problem_information', 1) == 0 and p.properties:
            if self.has('dies-of-unwanted-reasons'):
                os.abort()
            raise Refused(PROTOCOL_ERROR, 'problem information that we did not want')

    def on_suback(self, p):
        self.minds_reasons(p)
        self.check_count(p)
        say(subscribed=p.codes)

    def on_unsuback(self, p):
        self.minds_reasons(p)
        if self.version == V5:
            self.check_count(p)
        say(unsubscribed=True)

    def check_count(self, p):
        count = self.requests.pop(p.id, None)
        if count is not None and count != len(p.codes):
            raise Refused(PROTOCOL_ERROR, 'not as many codes as topic filters')

    def on_pingresp(self, _p):
        self.waits_for_ping = False
        self.rest()

    def on_disconnect(self, p):
        self.end(f'DISCONNECT {p.code:#04x}')

    def on_auth(self, p):
        method = self.command.get('authentication_method')
        if method is None or p.properties.get('authentication_method') != bytes_of(method):
            if self.has('dies-of-unasked-auth'):
                os.abort()
            raise Refused(PROTOCOL_ERROR, 'AUTH with a method that is not ours')
        return say(authentication=p.code)


class Client:
    def __init__(self, defect):
        self.has = lambda name: name == defect
        self.session, self.connection = Session(), None

    async def obey(self, command):
        verb = getattr(self, 'do_' + command['do'], None)
        if verb is None:
            return say(unsupported=command['do'])
        try:
            if command['do'] != 'connect' and (self.connection is None or self.connection.has_ended):
                raise Objection('there is no connection')
            await verb(command)
        except (Objection, OSError) as e:
            return say(error=str(e))
        return say(done=command['do'])

    async def do_connect(self, command):
        if command.get('clean', True):
            self.session = Session()
        _, self.connection = await asyncio.get_running_loop().create_connection(lambda: Connection(self, command), command['host'], command['port'])

    async def do_subscribe(self, command):
        self.connection.ask(wire.SUBSCRIBE, command, bytes([command.get('qos', 0)]), named(command, 'subscription_identifier'))

    async def do_unsubscribe(self, command):
        self.connection.ask(wire.UNSUBSCRIBE, command, b'')

    async def do_publish(self, command):
        self.connection.publish(command)

    async def do_disconnect(self, command):
        self.connection.leave(command)

    async def do_authenticate(self, command):
        pairs = named(command, 'authentication_method', 'authentication_data', 'reason_string')
        self.connection.write(self.connection.fitting(wire.AUTH, bytes([command.get('reason_code', 0x18)]), pairs))

    async def do_acknowledge(self, command):
        pairs = named(command, 'reason_string')
        self.connection.acknowledge(ACKNOWLEDGEMENTS[command['packet']], command['packet_id'], command.get('reason_code', 0), pairs)


async def serve(defect):
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    client = Client(defect)
    while line := await lines.readline():
        await client.obey(json.loads(line))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    defects.add_options(parser, 'client')
    asyncio.run(serve(parser.parse_args().defect))
    return 0


if __name__ == '__main__':
    sys.exit(main())
