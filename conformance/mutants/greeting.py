"""What a broker does with CONNECT: the first part of its connections."""
import wire
from wire import V3_1, V5

RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM = 20, 10


class Greeting:
    def on_connect(self, p):
        self.wait_for_connect.cancel()
        self.version = p.version
        client_id = p.client_id
        if self.version == V3_1 and not 1 <= len(client_id) <= 23:
            return self.turn_away(p, 2)
        if self.version == wire.V3_1_1 and not client_id and not p.clean and not self.has('takes-empty-ids-of-sessions'):
            return self.turn_away(p, 2)
        if p.properties.get('authentication_method') is not None and not self.has('takes-any-authentication-method'):
            return self.turn_away(p, 0x8C)
        if len(client_id) > 20 and self.has('refuses-ids-of-21-bytes'):
            return self.turn_away(p, 0x85 if self.version == V5 else 2)
        if not client_id:
            self.broker.assigned += 1
            client_id = b'assigned' if self.has('assigns-one-id-to-all') else b'assigned-%d' % self.broker.assigned
        self.read_limits(p)
        session, was_there = self.broker.open(self, p, client_id)
        session.will = p.will
        self.session = session
        self.keep_alive = p.keep_alive
        self.hear()
        self.welcome(p, was_there, client_id)
        session.resume()

    def turn_away(self, p, code):
        self.send(wire.packet(wire.CONNACK, bytes([0, code]) + wire.properties(self.version, [])))
        self.end()

    def read_limits(self, p):
        self.client_receive_maximum = p.properties.get('receive_maximum', 65535)
        self.client_packet_maximum = p.properties.get('maximum_packet_size')
        self.client_alias_maximum = p.properties.get('topic_alias_maximum', 0)
        self.wants_problems = p.properties.get('request_problem_information', 1)
        if self.has('carries-aliases-over'):
            self.aliases = self.broker.lost_aliases.setdefault(p.client_id, {})

    def welcome(self, p, was_there, client_id):
        if self.has('talks-before-connack') and p.will:
            self.send(wire.packet(wire.PINGRESP))
        pairs = [('receive_maximum', RECEIVE_MAXIMUM), ('topic_alias_maximum', TOPIC_ALIAS_MAXIMUM)]
        if not p.client_id and not self.has('tells-no-assigned-id'):
            pairs.append(('assigned_client_identifier', client_id))
        pairs += self.bad_connack_properties() if p.keep_alive else []
        if self.has('tells-response-information'):
            pairs.append(('response_information', b'answers/'))
        flags = 1 if was_there and self.version != V3_1 else 0
        if self.has('says-session-present-0'):
            flags = 0
        if self.has('says-session-present-1'):
            flags = 1
        if self.has('sets-reserved-connack-flags') and p.keep_alive:
            flags |= 0x80
        answer = wire.packet(wire.CONNACK, bytes([flags, 0]) + wire.properties(self.version, pairs))
        if self.client_packet_maximum and len(answer) > self.client_packet_maximum and p.client_id:
            answer = wire.packet(wire.CONNACK, bytes([flags, 0, 0]))  # without limits of ours, then
        elif self.version == V5:
            self.receive_maximum, self.alias_maximum = RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM
        self.send(answer)
        if self.has('sends-two-connacks'):
            self.send(answer)
        if self.has('sends-auth-unasked') and self.version == V5:
            self.send(wire.packet(wire.AUTH, b'\x18' + wire.properties(V5, [('authentication_method', b'x')])))

    def bad_connack_properties(self):
        table = {'repeats-a-connack-property': ('receive_maximum', RECEIVE_MAXIMUM),
                 'puts-a-foreign-property-into-connack': ('content_type', b'text'), 'tells-maximum-packet-size-0': ('maximum_packet_size', 0),
                 'tells-maximum-qos-2': ('maximum_qos', 2), 'names-a-method-unasked': ('authentication_method', b'x')}
        return [pair for name, pair in table.items() if self.has(name)]
