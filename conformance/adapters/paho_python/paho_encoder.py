"""What paho-mqtt's client writes: through the functions that users call where there are such, so that what those refuse is refused."""
import pathlib
import sys

from paho.mqtt import client as paho_client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCodes
from paho.mqtt.subscribeoptions import SubscribeOptions

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from property_table import BY_NAME  # noqa: E402  pylint: disable=wrong-import-position
from request_loop import Skip  # noqa: E402  pylint: disable=wrong-import-position
from paho_decoder import ByteSocket  # noqa: E402  pylint: disable=wrong-import-position

PROTOCOL_OF_VERSION = {"3.1": paho_client.MQTTv31, "3.1.1": paho_client.MQTTv311, "5.0": paho_client.MQTTv5}


def text(value):
    if isinstance(value, str):
        return value
    raise Skip("paho-mqtt takes text as str, which cannot hold bytes that are not UTF-8")


def binary(value):
    return value.encode() if isinstance(value, str) else bytes.fromhex(value["hex"])


def properties(kind, pairs):
    """paho's object; none for an empty list, as its users would do."""
    if not pairs:
        return None
    out = Properties(kind)
    names = {number: name.replace(" ", "") for name, number in out.names.items()}
    seen = set()
    for name, value in pairs:
        known = BY_NAME[name]
        if name in seen and name not in ("user_property", "subscription_identifier"):
            raise Skip("paho-mqtt has properties as attributes: none can be there twice")
        seen.add(name)
        setattr(out, names[known.number], tuple(text(part) for part in value) if known.kind == "pair" else binary(value) if known.kind == "binary" else value)
    return out


class Encoder:
    def __init__(self, protocol, packet):
        self.protocol = protocol
        self.packet = packet
        self.five = protocol == paho_client.MQTTv5

    def bytes(self):
        kind = self.packet["type"]
        write = getattr(self, "write_" + kind, None)
        if write is None:
            raise Skip(f"paho-mqtt is a client: it writes no {kind.upper()}" if kind != "auth" else "paho-mqtt 1.6 has no enhanced authentication")
        client = write()
        return client._sock.written  # pylint: disable=protected-access

    def client(self, client_id="adapter", clean_session=True):
        named = {} if self.five else {"clean_session": clean_session}
        client = paho_client.Client(client_id=client_id, protocol=self.protocol, **named)
        client._sock = ByteSocket()  # pylint: disable=protected-access
        client._mid_generate = lambda: self.packet.get("packet_id", 0)  # pylint: disable=protected-access
        return client

    def properties(self, kind):
        return properties(kind, self.packet.get("properties")) if self.five else None

    def write_connect(self):
        p = self.packet
        client = self.client(text(p.get("client_id", "")), p.get("clean_start", True))
        client._clean_start = p.get("clean_start", True)  # pylint: disable=protected-access
        if "will" in p:
            will = p["will"]
            will_properties = properties(PacketTypes.WILLMESSAGE, will.get("properties")) if self.five else None
            client.will_set(text(will["topic"]), binary(will.get("payload", "")), will.get("qos", 0), will.get("retain", False), will_properties)
        if "password" in p and "user_name" not in p:
            raise Skip("paho-mqtt sends a password only beside a user name")
        if "user_name" in p:
            client.username_pw_set(text(p["user_name"]), binary(p["password"]) if "password" in p else None)
        client._connect_properties = self.properties(PacketTypes.CONNECT)  # pylint: disable=protected-access
        client._send_connect(p.get("keep_alive", 0))  # pylint: disable=protected-access
        return client

    def write_publish(self):
        p = self.packet
        client = self.client()
        rest = [p.get("qos", 0), p.get("retain", False)]
        payload = binary(p.get("payload", ""))
        if p.get("dup"):  # what it does when it sends again
            info = paho_client.MQTTMessageInfo(p.get("packet_id", 0))
            client._send_publish(p.get("packet_id", 0), text(p["topic"]).encode(), payload, *rest, True, info, self.properties(PacketTypes.PUBLISH))  # pylint: disable=protected-access
        else:
            client.publish(text(p["topic"]), payload, *rest, self.properties(PacketTypes.PUBLISH))
        return client

    def acknowledge(self, name):
        p = self.packet
        if p.get("reason_code", 0) != 0 or p.get("properties"):
            raise Skip("paho-mqtt writes acknowledgements without reason code and properties")
        if p.get("dup"):
            raise Skip("paho-mqtt sets DUP on no acknowledgement")
        client = self.client()
        getattr(client, "_send_" + name)(p["packet_id"])
        return client

    def write_puback(self):
        return self.acknowledge("puback")

    def write_pubrec(self):
        return self.acknowledge("pubrec")

    def write_pubrel(self):
        return self.acknowledge("pubrel")

    def write_pubcomp(self):
        return self.acknowledge("pubcomp")

    def options(self, subscription):
        qos = subscription.get("qos", 0)
        if not self.five:
            return qos
        return SubscribeOptions(qos, subscription.get("no_local", False), subscription.get("retain_as_published", False), subscription.get("retain_handling", 0))

    def write_subscribe(self):
        client = self.client()
        topics = [(text(s["topic_filter"]), self.options(s)) for s in self.packet["subscriptions"]]
        if self.packet.get("dup"):
            client._send_subscribe(True, [(topic.encode(), options) for topic, options in topics])  # pylint: disable=protected-access
        else:
            client.subscribe(topics, properties=self.properties(PacketTypes.SUBSCRIBE))
        return client

    def write_unsubscribe(self):
        client = self.client()
        topics = [text(topic) for topic in self.packet["topic_filters"]]
        if self.packet.get("dup"):
            client._send_unsubscribe(True, [topic.encode() for topic in topics])  # pylint: disable=protected-access
        else:
            client.unsubscribe(topics, self.properties(PacketTypes.UNSUBSCRIBE))
        return client

    def write_pingreq(self):
        client = self.client()
        client._send_pingreq()  # pylint: disable=protected-access
        return client

    def write_disconnect(self):
        client = self.client()
        code, pairs = self.packet.get("reason_code", 0), self.properties(PacketTypes.DISCONNECT)
        reason = ReasonCodes(PacketTypes.DISCONNECT, identifier=code) if self.five and (code != 0 or pairs) else None
        sock = client._sock  # pylint: disable=protected-access
        client.disconnect(reason, pairs)
        client._sock = sock  # pylint: disable=protected-access
        return client


def encode_packet(packet, protocol):
    return Encoder(protocol, packet).bytes()
