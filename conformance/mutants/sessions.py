"""What a broker remembers: messages, subscriptions, sessions; and who gets what."""
import time
from collections import deque
from types import SimpleNamespace

from wire import PUBREL, V5, acknowledgement

FOREVER = 0xFFFFFFFF
FORWARDED = ('payload_format', 'content_type', 'response_topic', 'correlation_data', 'user')


class Message:
    def __init__(self, topic, payload, qos, retain, properties, dup=False):
        self.topic, self.payload, self.qos, self.retain, self.dup = topic, payload, qos, retain, dup
        self.properties = properties.only(*FORWARDED)
        self.arrived = time.monotonic()
        self.expiry = properties.get('message_expiry')

    def age(self):
        return int(time.monotonic() - self.arrived)

    def is_expired(self):
        return self.expiry is not None and time.monotonic() - self.arrived >= self.expiry


def matches(topic_filter, topic, has):
    if topic[:1] == b'$' and topic_filter[:1] in (b'+', b'#') and not has('matches-dollar-topics-by-wildcards'):
        return False
    if has('ignores-case'):
        topic_filter, topic = topic_filter.lower(), topic.lower()
    wanted, levels = topic_filter.split(b'/'), topic.split(b'/')
    for i, level in enumerate(wanted):
        if level == b'#':
            return not (has('hash-leaves-the-parent-out') and i >= len(levels))
        if i >= len(levels) or level not in (b'+', levels[i]):
            return False
    return len(wanted) == len(levels)


class Session:
    def __init__(self, broker, client_id):
        self.broker, self.has, self.client_id = broker, broker.has, client_id
        self.connection = None
        self.expiry = 0
        self.subscriptions = {}  # as subscribed: $share/… too
        self.waiting = deque()  # QoS 1 and 2, not sent on this connection
        self.in_flight = {}  # by packet identifier, sent on this connection or released
        self.identifiers = set()
        self.last_identifier = 0
        self.received = set()  # QoS 2, not released yet
        self.will, self.timers = None, []

    def deliver(self, message, qos, retain, identifiers=()):
        if self.has('lets-messages-overtake'):
            self.overtaken = getattr(self, 'overtaken', 0) + 1
            if self.overtaken % 37 == 0:
                self.broker.loop.call_later(0.02, self.put_out, message, qos, retain, identifiers)
                return
        self.put_out(message, qos, retain, identifiers)

    def put_out(self, message, qos, retain, identifiers):
        if self.has('forwards-at-the-published-qos'):
            qos = message.qos
        out = SimpleNamespace(message=message, qos=qos, retain=retain, identifiers=identifiers, id=0, dup=False, released=False)
        if qos:
            if self.connection is None and self.has('drops-messages-for-the-absent'):
                return
            self.waiting.append(out)
            self.pump()
        elif self.connection and not message.is_expired():
            self.connection.send_message(out)

    def pump(self):
        """Sends what may be sent: no more than the client's Receive Maximum is in flight."""
        while self.waiting and self.connection and (len(self.in_flight) < self.connection.client_receive_maximum or self.has('ignores-receive-maximum')):
            out = self.waiting.popleft()
            if not out.id and out.message.is_expired() and not self.has('delivers-expired-messages'):
                continue
            if not out.id or self.has('resends-with-another-id'):
                out.id = self.new_identifier()
            self.in_flight[out.id] = out
            if not self.connection.send_message(out):
                self.complete(out.id)

    def new_identifier(self):
        if self.has('reuses-ids-in-flight'):
            return 1
        while True:
            self.last_identifier = self.last_identifier % 65535 + 1
            if self.last_identifier not in self.identifiers:
                self.identifiers.add(self.last_identifier)
                return self.last_identifier

    def complete(self, packet_id):
        self.in_flight.pop(packet_id, None)
        self.identifiers.discard(packet_id)

    def resume(self):
        """Behind CONNACK: PUBREL and PUBLISH that were not answered go out again, in their order."""
        for out in self.in_flight.values():
            self.connection.send(acknowledgement(self.connection.version, PUBREL, out.id))
        self.pump()

    def suspend(self):
        """The connection is gone: what was not answered waits for the next one."""
        unanswered = [out for out in self.in_flight.values() if not out.released]
        if self.has('resends-nothing'):
            unanswered = [out for out in unanswered if self.complete(out.id)]
        if self.has('resends-released-messages'):
            unanswered = list(self.in_flight.values())
        if self.has('resends-in-reverse'):
            unanswered.reverse()
        for out in reversed(unanswered):
            del self.in_flight[out.id]
            out.dup = not self.has('resends-without-dup')
            self.waiting.appendleft(out)
        self.connection = None

    def cancel_timers(self):
        for timer in self.timers:
            timer.cancel()
        self.timers = []


class Broker:
    def __init__(self, loop, has):
        self.loop, self.has = loop, has
        self.sessions, self.retained = {}, {}
        self.by_filter, self.wild = {}, set()  # filter -> {session: subscription}
        self.shared = {}  # (share name, filter) -> {session: subscription}
        self.assigned = 0
        self.lost_aliases = {}

    # --- sessions ---

    def open(self, connection, connect, client_id):
        """The session of a CONNECT, and whether it was there."""
        old = self.sessions.get(client_id)
        if old and old.connection and not self.has('leaves-the-old-connection'):
            old.connection.taken_over()
            old = self.sessions.get(client_id)
        if old and connect.clean and not self.has('keeps-state-on-clean-start'):
            self.discard(old)
            old = None
        if old and self.has('forgets-sessions'):
            self.discard(old)
            old = None
        session = old or Session(self, client_id)
        session.cancel_timers()
        session.will = None
        if old and self.has('publishes-the-will-despite-a-return') and connect.will is None and hasattr(old, 'last_will'):
            self.route(old.last_will, None)
        self.sessions[client_id] = session
        session.connection = connection
        session.expiry = connect.properties.get('session_expiry', 0) if connect.version == V5 else 0 if connect.clean else FOREVER
        return session, old is not None

    def leave(self, session, is_graceful):
        """Its connection has ended."""
        session.suspend()
        will, session.will = session.will, None
        if is_graceful and not self.has('publishes-the-will-on-disconnect'):
            will = None
        if self.has('publishes-no-will'):
            will = None
        delay = will.properties.get('will_delay', 0) if will else 0
        if self.has('ignores-the-will-delay'):
            delay = 0
        session.will = will
        if session.expiry == 0 and not self.has('keeps-sessions-of-expiry-0'):
            return self.discard(session)
        if will:
            if self.has('publishes-the-will-despite-a-return'):
                session.last_will = self.will_message(will)
            self.later(session, min(delay, session.expiry), lambda: self.publish_will(session))
        if session.expiry != FOREVER and session.expiry and not self.has('never-ends-sessions'):
            self.later(session, session.expiry, lambda: self.discard(session))

    def later(self, session, seconds, what):
        if seconds == 0:
            what()
        else:
            session.timers.append(self.loop.call_later(seconds, what))

    def discard(self, session):
        session.cancel_timers()
        self.publish_will(session)
        for topic_filter in list(session.subscriptions):
            self.unsubscribe(session, topic_filter)
        self.sessions.pop(session.client_id, None)
        if self.has('forgets-retained-with-their-session'):
            for topic in getattr(session, 'retained_here', ()):
                self.retained.pop(topic, None)

    def will_message(self, will):
        qos, retain = will.qos, will.retain
        if self.has('publishes-the-will-at-qos-0'):
            qos = 0
        if self.has('does-not-retain-the-will'):
            retain = False
        if self.has('reverses-user-properties-of-the-will'):
            will.properties.reverse()
        return Message(will.topic, will.payload, qos, retain, will.properties)

    def publish_will(self, session):
        will, session.will = session.will, None
        if not will:
            return
        for _ in range(2 if self.has('publishes-the-will-twice') else 1):
            self.publish(self.will_message(will), session)

    # --- messages ---

    def publish(self, message, sender):
        if message.retain and not self.has('retains-nothing'):
            if message.payload or self.has('keeps-retained-on-empty-payload'):
                if not (self.has('keeps-the-first-retained') and message.topic in self.retained):
                    self.retained[message.topic] = message
                if sender:
                    sender.__dict__.setdefault('retained_here', set()).add(message.topic)
            else:
                self.retained.pop(message.topic, None)
        elif self.has('retains-everything'):
            self.retained[message.topic] = message
        self.route(message, sender)

    def route(self, message, sender):
        hits = {}
        for topic_filter in [message.topic, *self.wild]:
            holders = self.by_filter.get(topic_filter)
            if not holders or not matches(topic_filter, message.topic, self.has):
                continue
            for session, subscription in holders.items():
                if not (subscription.no_local and session is sender) or self.has('ignores-no-local'):
                    hits.setdefault(session, []).append(subscription)
        if self.has('ignores-case'):
            for topic_filter, holders in self.by_filter.items():
                if topic_filter != message.topic and topic_filter.lower() == message.topic.lower():
                    for session, subscription in holders.items():
                        hits.setdefault(session, []).append(subscription)
        for session, subscriptions in hits.items():
            self.hand_over(session, subscriptions, message)
        for (_, topic_filter), holders in list(self.shared.items()):
            if holders and matches(topic_filter, message.topic, self.has):
                self.share(holders, message)

    def hand_over(self, session, subscriptions, message):
        best = min if self.has('forwards-at-the-lowest-qos') else max
        qos = min(message.qos, best(s.qos for s in subscriptions))
        retain = message.retain and any(s.as_published for s in subscriptions) and not self.has('ignores-retain-as-published')
        if message.retain and self.has('forwards-with-retain'):
            retain = True
        identifiers = [s.identifier for s in subscriptions if s.identifier]
        if self.has('tells-one-subscription-identifier'):
            identifiers = identifiers[:1]
        session.deliver(message, qos, retain, identifiers)
        if getattr(session, 'doubled', None) in subscriptions:
            session.deliver(message, qos, retain, identifiers)

    def share(self, holders, message):
        """One of the group, in turn; one that is there rather than one that is not."""
        present = [session for session in holders if session.connection] or list(holders)
        for session in list(holders) if self.has('shares-with-all') else present[:1]:
            subscription = holders.pop(session)
            holders[session] = subscription
            self.hand_over(session, [subscription], message)

    # --- subscriptions ---

    def subscribe(self, session, text, options, identifier):
        is_5 = session.connection.version == V5
        share, topic_filter = split_share(text, is_5)
        is_new = text not in session.subscriptions
        subscription = SimpleNamespace(qos=options & 3, no_local=is_5 and options & 4, as_published=is_5 and options & 8, identifier=identifier, share=share)
        if not is_new and self.has('keeps-the-first-options'):
            subscription = session.subscriptions[text]
        session.subscriptions[text] = subscription
        if self.has('subscribes-twice-to-the-same') and not is_new:
            session.doubled = subscription
        if share:
            self.shared.setdefault((share, topic_filter), {})[session] = subscription
        else:
            self.by_filter.setdefault(topic_filter, {})[session] = subscription
            if b'+' in topic_filter or b'#' in topic_filter:
                self.wild.add(topic_filter)
        handling = options >> 4 & 3 if is_5 else 0
        if self.has('ignores-retain-handling'):
            handling = 0
        if not is_new and self.has('sends-retained-once'):
            handling = 2
        if not share and (handling == 0 or handling == 1 and is_new):
            self.send_retained(session, topic_filter, subscription)

    def send_retained(self, session, topic_filter, subscription):
        for topic, message in list(self.retained.items()):
            if message.is_expired() and not self.has('delivers-expired-messages'):
                del self.retained[topic]
            elif matches(topic_filter, topic, self.has):
                retain = not self.has('sends-retained-without-retain')
                session.deliver(message, min(message.qos, subscription.qos), retain, [subscription.identifier] if subscription.identifier else [])

    def unsubscribe(self, session, text):
        """Says whether it was there."""
        subscription = session.subscriptions.pop(text, None)
        if subscription is None:
            return False
        share, topic_filter = split_share(text, subscription.share is not None)
        holders = self.shared[(share, topic_filter)] if share else self.by_filter[topic_filter]
        holders.pop(session, None)
        if not holders:
            (self.shared if share else self.by_filter).pop((share, topic_filter) if share else topic_filter)
            if not share:
                self.wild.discard(topic_filter)
        return True


def split_share(text, is_5):
    if not is_5 or not text.startswith(b'$share/'):
        return None, text
    _, share, topic_filter = text.split(b'/', 2) if text.count(b'/') > 1 else (b'', b'x', text)
    return share, topic_filter

