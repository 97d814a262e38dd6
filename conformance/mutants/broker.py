#!/usr/bin/env python3
"""A small MQTT 3.1, 3.1.1 and 5.0 broker that keeps to the texts, unless --defect NAME makes it break them in one way.

usage: broker.py [--defect NAME] [--port N] | --list
Listens on loopback, and prints the port.
"""
import argparse
import asyncio
import sys

import defects
import packets
import wire
from greeting import Greeting
from sessions import Broker, Message, Session
from wire import PROTOCOL_ERROR, V5, Properties, Refused


class Connection(Greeting, asyncio.Protocol):
    def __init__(self, broker):
        self.broker, self.has = broker, broker.has
        self.buffer = bytearray()
        self.version = self.session = self.transport = None
        self.is_graceful = self.has_ended = self.has_gone = False
        self.keep_alive, self.silence, self.last_type = 0, None, 0
        self.aliases, self.client_aliases = {}, {}  # theirs by number, ours by topic
        self.unreleased = set()  # QoS 2 on this connection
        self.client_receive_maximum, self.client_packet_maximum, self.client_alias_maximum = 65535, None, 0
        self.receive_maximum, self.alias_maximum = 65535, 0
        self.wants_problems = True

    # --- the transport ---

    def connection_made(self, transport):
        self.transport = transport
        self.wait_for_connect = self.broker.loop.call_later(10, self.end)

    def data_received(self, data):
        self.buffer += data
        try:
            while not self.has_ended:
                frame = wire.first_frame(self.buffer, self.version, 'client', self.has)
                if frame is None:
                    return
                first, body, size = frame
                del self.buffer[:size]
                self.handle(first, body)
        except Refused as refused:
            self.refuse(refused)

    def connection_lost(self, _reason):
        self.has_gone = True
        self.end()

    def send(self, data):
        if self.has_gone or self.transport.is_closing():
            return
        if self.client_packet_maximum and len(data) > self.client_packet_maximum and not self.has('ignores-maximum-packet-size'):
            return self.end()
        self.transport.write(data)

    def end(self):
        """Closes; the session lives on as long as it may."""
        if self.has_ended:
            return
        self.has_ended = True
        self.wait_for_connect.cancel()
        if self.silence:
            self.silence.cancel()
        if self.session and self.session.connection is self:
            self.broker.leave(self.session, self.is_graceful)
        self.transport.close()

    def refuse(self, refused):
        if self.has('stays-open-after-errors') and self.session:
            return
        if self.has('stays-open-after-bad-disconnects') and self.last_type == wire.DISCONNECT:
            return
        if self.has('acts-for-the-refused') and self.session is None and getattr(refused, 'version', None):
            self.act_for_the_refused(refused)
        if self.session and self.version == V5:
            self.send_disconnect(refused.code)
        elif self.session is None:
            self.refuse_connect(refused)
        self.end()

    def act_for_the_refused(self, refused):
        self.version = refused.version
        self.session = Session(self.broker, b'refused')
        self.session.connection = self
        self.data_received(b'')

    def refuse_connect(self, refused):
        """Only a CONNECT is answered, with the CONNACK of its version."""
        version = getattr(refused, 'version', None)
        if self.has('disconnects-before-connack'):
            self.transport.write(wire.packet(wire.DISCONNECT, bytes([PROTOCOL_ERROR, 0])))
        elif version == V5:
            self.transport.write(wire.packet(wire.CONNACK, bytes([0, refused.code, 0])))
        elif refused.answer:
            self.transport.write(wire.packet(wire.CONNACK, bytes([0, refused.answer])))

    def send_disconnect(self, code):
        self.send(wire.packet(wire.DISCONNECT, bytes([code])))
        if self.has('talks-after-disconnect'):
            self.send(wire.packet(wire.PINGRESP))

    def taken_over(self):
        if self.version == V5:
            self.send_disconnect(0x8E)
        self.end()

    # --- packets ---

    def handle(self, first, body):
        self.last_type = first >> 4
        if first >> 4 not in wire.FROM_CLIENT:
            return  # only a defect lets it come here
        if self.session is None and first >> 4 != wire.CONNECT:
            if first >> 4 == wire.PINGREQ and self.has('serves-before-connect'):
                return self.transport.write(wire.packet(wire.PINGRESP))
            raise Refused(PROTOCOL_ERROR, 'the first packet is no CONNECT')
        if self.session and first >> 4 == wire.CONNECT:
            if self.has('ignores-a-second-connect'):
                return
            raise Refused(PROTOCOL_ERROR, 'a second CONNECT')
        p = packets.parse(first, body, self.version, 'client', self.has)
        self.hear()
        getattr(self, 'on_' + p.name)(p)

    def hear(self):
        """One and a half times Keep Alive begin anew."""
        if self.silence:
            self.silence.cancel()
        if self.keep_alive and not self.has('ignores-keep-alive'):
            self.silence = self.broker.loop.call_later(1.5 * self.keep_alive, self.fall_silent)

    def fall_silent(self):
        if self.version == V5:
            self.send_disconnect(0x8D)
        self.end()

    # --- messages from the client ---

    def on_publish(self, p):
        topic = self.topic_of(p)
        if self.has('strips-byte-order-marks'):
            topic = topic.replace(b'\xef\xbb\xbf', b'')
        properties = self.bad_forwarding(p.properties)
        message = Message(topic, p.payload, p.qos, p.retain, properties, p.dup)
        in_flight = self.unreleased | ({p.id} if p.qos else set())
        if len(in_flight) > self.receive_maximum and not self.has('takes-more-than-its-receive-maximum'):
            raise Refused(0x93, 'more messages in flight than Receive Maximum')
        if p.qos < 2:
            self.broker.publish(message, self.session)
            if p.qos == 1 and not self.has('acknowledges-no-qos-1'):
                self.acknowledge(wire.PUBACK, p.id)
            return
        self.unreleased = in_flight
        if p.id not in self.session.received or self.has('delivers-qos-2-twice'):
            self.broker.publish(message, self.session)
        self.session.received.add(p.id)
        self.acknowledge(wire.PUBREC, p.id)

    def bad_forwarding(self, properties):
        if self.has('drops-user-properties'):
            return Properties(pair for pair in properties if pair[0] != 'user')
        if self.has('drops-correlation-data'):
            return Properties(pair for pair in properties if pair[0] != 'correlation_data')
        if self.has('reverses-user-properties'):
            return Properties(reversed(properties))
        return properties

    def topic_of(self, p):
        alias = p.properties.get('topic_alias')
        if alias is None:
            return p.topic
        if alias > self.alias_maximum and not self.has('takes-any-alias'):
            raise Refused(wire.BAD_ALIAS, 'topic alias is above the maximum')
        if p.topic and not (alias in self.aliases and self.has('keeps-the-first-alias')):
            self.aliases[alias] = p.topic
        if not p.topic and alias not in self.aliases and not self.has('takes-any-alias'):
            raise Refused(PROTOCOL_ERROR, 'topic alias is unknown')
        return p.topic or self.aliases.get(alias, b'unknown')

    def acknowledge(self, kind, packet_id, code=0):
        if self.has('acknowledges-another-id'):
            packet_id = packet_id % 65535 + 1
        if self.has('acknowledges-with-foreign-codes') and self.version == V5:
            code = 0x04
        if self.has('always-gives-reasons') and self.version == V5:
            return self.send(wire.packet(kind, wire.u16(packet_id) + bytes([code]) + wire.properties(V5, [('reason_string', b'because')])))
        self.send(wire.acknowledgement(self.version, kind, packet_id, code))

    def on_pubrel(self, p):
        self.unreleased.discard(p.id)
        is_known = p.id in self.session.received
        if not self.has('never-forgets-qos-2-ids'):
            self.session.received.discard(p.id)
        self.acknowledge(wire.PUBCOMP, p.id, 0 if is_known else 0x92)

    # --- messages to the client ---

    def send_message(self, out):
        """False where the client does not take packets so large: as if it had been delivered."""
        message, topic, pairs = out.message, out.message.topic, list(out.message.properties)
        if message.expiry is not None and not self.has('tells-no-expiry'):
            pairs.append(('message_expiry', message.expiry if self.has('does-not-count-expiry-down') else max(message.expiry - message.age(), 0)))
        pairs += [('subscription_identifier', identifier) for identifier in out.identifiers]
        if self.has('invents-subscription-identifiers'):
            pairs.append(('subscription_identifier', 4711))
        dup = out.dup or (message.dup and out.qos > 0 and self.has('copies-dup')) or (out.qos and self.has('sends-dup-first'))
        if self.has('sends-dup-with-qos-0') and not out.qos:
            dup = True
        whole = wire.publish(self.version, topic, message.payload, out.qos, out.id, bool(out.retain), bool(dup), pairs)
        if self.client_packet_maximum and len(whole) + 3 > self.client_packet_maximum and not self.has('ignores-maximum-packet-size'):
            return False if len(whole) > self.client_packet_maximum else self.send(whole) or True
        topic, pairs = self.shortened(topic, pairs)
        self.send(wire.publish(self.version, topic, message.payload, out.qos, out.id, bool(out.retain), bool(dup), pairs))
        return True

    def shortened(self, topic, pairs):
        """With a topic alias, where the client takes them."""
        if self.has('sends-aliases-unasked') and self.version == V5:
            return topic, pairs + [('topic_alias', self.client_alias_maximum + 1)]
        if topic in self.client_aliases:
            return b'', pairs + [('topic_alias', self.client_aliases[topic])]
        if len(self.client_aliases) >= self.client_alias_maximum:
            return topic, pairs
        self.client_aliases[topic] = len(self.client_aliases) + 1
        return topic, pairs + [('topic_alias', self.client_aliases[topic])]

    def on_puback(self, p):
        self.finish(p)

    def on_pubcomp(self, p):
        self.finish(p)

    def finish(self, p):
        if p.code >= 0x80 and self.has('resends-refused-messages'):
            return
        if self.has('sends-acknowledged-messages-again') and p.id in self.session.in_flight and p.name == 'puback':
            self.send_message(self.session.in_flight[p.id])
        self.session.complete(p.id)
        self.session.pump()

    def on_pubrec(self, p):
        out = self.session.in_flight.get(p.id)
        if p.code >= 0x80 and not self.has('releases-refused-messages'):
            return self.finish(p)
        if out:
            out.released = True
        if not self.has('never-releases'):
            self.acknowledge(wire.PUBREL, p.id, 0 if out else 0x92)

    # --- subscriptions ---

    def on_subscribe(self, p):
        identifier = p.properties.get('subscription_identifier')
        self.answer_subscribe(p, [options & 3 for _, options in p.filters])
        if self.has_ended:  # SUBACK was too large for the client
            return
        for text, options in p.filters:
            self.broker.subscribe(self.session, text, options, identifier)

    def answer_subscribe(self, p, codes):
        if self.has('answers-subscriptions-in-reverse'):
            codes.reverse()
        if self.has('answers-one-subscription-of-many'):
            del codes[1:]
        if self.has('grants-qos-0'):
            codes = [0] * len(codes)
        packet_id = p.id
        if self.has('answers-subscribe-with-another-id'):
            packet_id = p.id % 65535 + 1
        if self.has('grants-codes-that-are-none'):
            codes = [0x7F] * len(codes)
        self.send(wire.packet(wire.SUBACK, wire.u16(packet_id) + wire.properties(self.version, self.reasons()) + bytes(codes)))

    def reasons(self):
        return [('reason_string', b'because')] if self.has('always-gives-reasons') else []

    def on_unsubscribe(self, p):
        found = [self.broker.unsubscribe(self.session, text) for text in p.filters] if not self.has('goes-on-after-unsubscribe') else [True] * len(p.filters)
        if self.has('unsubscribes-by-match'):
            for text in list(self.session.subscriptions):
                if text.startswith(p.filters[0][:1]):
                    self.broker.unsubscribe(self.session, text)
        codes = bytes(0 if was_there else 0x11 for was_there in found) if self.version == V5 else b''
        if not all(found) and self.has('answers-only-what-was-subscribed'):
            return
        if self.has('answers-unsubscriptions-in-reverse'):
            codes = codes[::-1]
        self.send(wire.packet(wire.UNSUBACK, wire.u16(p.id) + wire.properties(self.version, self.reasons()) + codes))

    # --- the rest ---

    def on_pingreq(self, _p):
        if not (self.has('answers-no-ping-while-it-waits') and self.session.in_flight):
            self.send(wire.packet(wire.PINGRESP))

    def on_disconnect(self, p):
        expiry = p.properties.get('session_expiry')
        if expiry and self.session.expiry == 0 and not self.has('lets-disconnect-raise-the-expiry'):
            raise Refused(PROTOCOL_ERROR, 'DISCONNECT makes a session outlive its connection that was not to')
        if expiry is not None:
            self.session.expiry = expiry
        self.is_graceful = p.code == 0 or self.has('drops-the-will-on-every-disconnect')
        self.end()

    def on_auth(self, _p):
        if not self.has('takes-bad-auth'):
            raise Refused(PROTOCOL_ERROR, 'AUTH without a method in CONNECT')


async def serve(defect, port):
    loop = asyncio.get_running_loop()
    broker = Broker(loop, lambda name: name == defect)
    server = await loop.create_server(lambda: Connection(broker), '127.0.0.1', port, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    defects.add_options(parser, 'broker')
    parser.add_argument('--port', type=int, default=0, help='a free one, if not told')
    args = parser.parse_args()
    try:
        asyncio.run(serve(args.defect, args.port))
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == '__main__':
    sys.exit(main())
