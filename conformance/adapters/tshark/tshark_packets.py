"""tshark's PDML, read as it comes, as packets. All values are taken from the bytes that tshark assigns to a field, not from how it shows them."""
import html
import os
import pathlib
import re
import sys
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from property_table import BY_NUMBER, REASON_OF_RETURN_CODE, binary_json, text_json  # noqa: E402  pylint: disable=wrong-import-position

TYPES = ["reserved", "connect", "connack", "publish", "puback", "pubrec", "pubrel", "pubcomp", "subscribe", "suback", "unsubscribe", "unsuback", "pingreq", "pingresp", "disconnect", "auth"]
VERSIONS = {3: "3.1", 4: "3.1.1", 5: "5.0"}
ERROR = 0x800000  # a severity of Wireshark's expert information

# A line of PDML each. Not an XML parser: what peers send may end up in attributes as characters that XML does not know.
ELEMENT = re.compile(r'^( *)<(field|proto) name="([^"]*)"(.*)')
ATTRIBUTE = re.compile(r' (show|value|showname)="([^"]*)"')


class Field(NamedTuple):
    depth: int
    name: str
    show: str
    value: str

    def number(self):
        return int(self.show, 0)

    def data(self):
        return bytes.fromhex(self.value)


class Output:
    """What tshark prints, in frames."""

    def __init__(self, stream):
        self.stream = stream
        self.rest = b""
        self.frames = []
        self.fields = []

    def until(self, number):
        """The frames printed since the last call, (number, fields) each, up to that number; which is left out."""
        while not self.frames or self.frames[-1][0] < number:
            self.take()
        frames, self.frames = self.frames[:-1], []
        return frames

    def take(self):
        data = os.read(self.stream.fileno(), 1 << 16)
        if not data:
            raise EOFError("no more output")
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            self._line(line.decode("utf-8", "replace"))

    def _line(self, line):
        if line == "</packet>":
            number = next(field.number() for field in self.fields if field.name == "num")
            self.frames.append((number, self.fields))
            self.fields = []
            return
        element = ELEMENT.match(line)
        if element:
            attributes = dict(ATTRIBUTE.findall(element[4]))
            show = attributes.get("show") or (attributes.get("showname", "") if element[2] == "proto" else "")
            self.fields.append(Field(len(element[1]), element[3], html.unescape(show), attributes.get("value", "")))


def packets_of(frames, level):
    """The answer to a decode request."""
    packets, complaints = [], []
    for fields in frames:
        for at, field in enumerate(fields):
            if field.name == "_ws.malformed":
                complaints.append(field.show or "malformed")
            if field.name == "_ws.expert.severity" and field.number() >= ERROR:
                complaints.append(fields[at - 1].show)
        if complaints:
            break
        for message in messages_of(fields):
            packet = Message(message, level).packet()
            if packet["type"] == "connect":
                level = next((number for number, name in VERSIONS.items() if name == packet["version"]), level)
            packets.append(packet)
    return {"packets": packets, "error": {"message": "; ".join(complaints)} if complaints else None}


def messages_of(fields):
    """The fields of each MQTT message in a frame."""
    starts = [at for at, field in enumerate(fields) if field.name == "mqtt"]
    return [fields[start + 1:end] for start, end in zip(starts, starts[1:] + [len(fields)])]


class Message:
    def __init__(self, fields, level):
        self.fields = fields
        self.level = level
        self.five = level == 5

    def packet(self):
        kind = TYPES[self.number("mqtt.msgtype")]
        out = {"type": kind}
        out.update(getattr(self, kind, lambda: {})())
        if self.five and kind not in ("pingreq", "pingresp"):
            out["properties"] = self.properties("mqtt.properties")
        return out

    def all(self, name):
        return [field for field in self.fields if field.name == name]

    def first(self, name):
        return next(iter(self.all(name)), None)

    def number(self, name, default=0):
        field = self.first(name)
        return default if field is None else field.number()

    def flag(self, name):
        return self.number(name) == 1

    def text(self, name):
        field = self.first(name)
        return "" if field is None else text_json(field.data())

    def binary(self, name):
        field = self.first(name)
        return binary_json(b"" if field is None else field.data())

    def connect(self):
        self.level = self.number("mqtt.ver")
        self.five = self.level == 5
        out = {"version": VERSIONS.get(self.level, str(self.level)), "clean_start": self.flag("mqtt.conflag.cleansess"), "keep_alive": self.number("mqtt.kalive"),
               "client_id": self.text("mqtt.clientid")}
        if self.flag("mqtt.conflag.willflag"):
            out["will"] = {"topic": self.text("mqtt.willtopic"), "payload": self.binary("mqtt.willmsg"), "qos": self.number("mqtt.conflag.qos"), "retain": self.flag("mqtt.conflag.retain")}
            if self.five:
                out["will"]["properties"] = self.properties("mqtt.will_properties")
        if self.first("mqtt.username_len"):  # 3.1 lets what the flags announce be absent
            out["user_name"] = self.text("mqtt.username")
        if self.first("mqtt.passwd_len"):
            out["password"] = self.binary("mqtt.passwd")
        return out

    def connack(self):
        out = {} if self.level == 3 else {"session_present": self.flag("mqtt.conack.flags.sp")}
        if self.five:
            return {**out, "reason_code": self.number("mqtt.connack.reason_code")}
        code = self.number("mqtt.conack.val")
        return {**out, "reason_code": REASON_OF_RETURN_CODE.get(code), "return_code": code}

    def publish(self):
        out = {"dup": self.flag("mqtt.dupflag"), "qos": self.number("mqtt.qos"), "retain": self.flag("mqtt.retain"), "topic": self.text("mqtt.topic")}
        if out["qos"]:
            out["packet_id"] = self.number("mqtt.msgid")
        return {**out, "payload": self.binary("mqtt.msg")}

    def acknowledgement(self, name):
        return {"packet_id": self.number("mqtt.msgid"), **({"reason_code": self.number(f"mqtt.{name}.reason_code")} if self.five else {})}

    def puback(self):
        return self.acknowledgement("puback")

    def pubrec(self):
        return self.acknowledgement("pubrec")

    def pubrel(self):
        return {**self.duplicate(), **self.acknowledgement("pubrel")}

    def pubcomp(self):
        return self.acknowledgement("pubcomp")

    def duplicate(self):
        return {"dup": bool(self.number("mqtt.hdrflags") & 8)} if self.level == 3 else {}

    def subscribe(self):
        return {**self.duplicate(), "packet_id": self.number("mqtt.msgid"), "subscriptions": [self.subscription(Message(part, self.level)) for part in self.filters()]}

    def filters(self):
        """The fields of each topic filter; an empty one is a length alone."""
        starts = [at for at, field in enumerate(self.fields) if field.name == "mqtt.topic_len"]
        return [self.fields[start:end] for start, end in zip(starts, starts[1:] + [len(self.fields)])]

    @staticmethod
    def subscription(part):
        out = {"topic_filter": part.text("mqtt.topic")}
        if not part.five:
            return {**out, "qos": part.number("mqtt.sub.qos")}
        return {**out, "qos": part.number("mqtt.subscription_options_qos"), "no_local": part.flag("mqtt.subscription_options_nl"),
                "retain_as_published": part.flag("mqtt.subscription_options_rap"), "retain_handling": part.number("mqtt.subscription_options_retain")}

    def suback(self):
        codes = self.all("mqtt.suback.reason_code" if self.five else "mqtt.suback.qos")
        return {"packet_id": self.number("mqtt.msgid"), "reason_codes": [code.number() for code in codes]}

    def unsubscribe(self):
        return {**self.duplicate(), "packet_id": self.number("mqtt.msgid"), "topic_filters": [Message(part, self.level).text("mqtt.topic") for part in self.filters()]}

    def unsuback(self):
        return {"packet_id": self.number("mqtt.msgid"), **({"reason_codes": [code.number() for code in self.all("mqtt.unsuback.reason_code")]} if self.five else {})}

    def disconnect(self):
        return {"reason_code": self.number("mqtt.disconnect.reason_code")} if self.five else {}

    def auth(self):
        return {"reason_code": self.number("mqtt.auth.reason_code")}

    def properties(self, container):
        """The pairs within the container: the fields behind it that are deeper."""
        start = next((at for at, field in enumerate(self.fields) if field.name == container), None)
        if start is None:
            return []
        inside = []
        for field in self.fields[start + 1:]:
            if field.depth <= self.fields[start].depth:
                break
            inside.append(field)
        ids = [at for at, field in enumerate(inside) if field.name == "mqtt.property_id"]
        return [property_of(inside[at:end]) for at, end in zip(ids, ids[1:] + [len(inside)])]


def property_of(fields):
    known = BY_NUMBER.get(fields[0].number())
    values = [field for field in fields[1:] if field.name in ("mqtt.prop_key", "mqtt.prop_value", "mqtt.prop_string", "mqtt.prop_number", "mqtt.property.content_type",
                                                              "mqtt.property.max_qos", "mqtt.property.topic_alias")]
    if known is None:
        return [fields[0].show, None]
    if known.kind == "pair":
        return [known.name, [next((text_json(v.data()) for v in values if v.name == name), "") for name in ("mqtt.prop_key", "mqtt.prop_value")]]
    if known.kind == "number":
        return [known.name, values[0].number() if values else None]
    data = values[0].data() if values else b""
    if values and values[0].name == "mqtt.property.content_type":
        data = data[2:]  # with its length in front
    return [known.name, binary_json(data) if known.kind == "binary" else text_json(data)]
