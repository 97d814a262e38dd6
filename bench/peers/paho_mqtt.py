"""paho_mqtt.py STREAMS [--quick]: the codec inside paho-mqtt's Client (Debian's python3-paho-mqtt) on our workloads, in nanoseconds a packet, as TSV.

STREAMS has the streams that mqttspan_write_streams writes and their checksums.tsv. --quick: one pass each, to see that the answers are right.
The client reads what servers send and writes what clients send; the other halves do not exist, and have no row.
"""
import pathlib
import platform
import statistics
import struct
import sys
import time

import paho.mqtt
from paho.mqtt import client as paho_client
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

# pylint: disable=protected-access

PROTOCOLS = {"3.1.1": paho_client.MQTTv311, "5.0": paho_client.MQTTv5}
WORKLOADS = ("W1", "W2", "W3", "W4", "W5", "W6", "W6A", "W7", "W8")
SENT_BY_SERVERS = ("W1", "W2", "W3", "W4", "W6A", "W7", "W8")
SENT_BY_CLIENTS = ("W1", "W2", "W3", "W4", "W5", "W6", "W7")
RUNS, RUN_NS = 5, 100_000_000

PROPERTY_IDS = {name.replace(" ", ""): number for name, number in Properties(PacketTypes.PUBLISH).names.items()}


class Mismatch(Exception):
    """What it reads or writes is not what is in the stream."""


# ---- the checksum over all fields, as in ../checksum.hpp and ../fields.hpp

def text_sum(value):
    """All text in the streams is ASCII: characters are bytes."""
    return len(value) + ord(value[0]) + ord(value[-1]) if value else 0


def bytes_sum(value):
    return len(value) + value[0] + value[-1] if value else 0


def value_sum(value):
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return text_sum(value)
    return text_sum(value[0]) + text_sum(value[1]) if isinstance(value, tuple) else bytes_sum(value)


def properties_of(properties):
    """Names and values: the attributes that are not paho's own. Those that may be there more than once have a list."""
    return {name: value for name, value in vars(properties).items() if name in PROPERTY_IDS}


def properties_sum(properties):
    total = 0
    for name, value in vars(properties).items():
        if name in PROPERTY_IDS:
            for one in value if isinstance(value, list) else (value,):
                total += PROPERTY_IDS[name] + value_sum(one)
    return total


# ---- reading

class ByteSocket:
    """As much of a socket as the client touches."""

    def __init__(self, data=b""):
        self.data = data
        self.at = 0

    def recv(self, size):
        data = self.data[self.at:self.at + size]
        self.at += len(data)
        return data

    def close(self):
        pass


class Reader(paho_client.Client):
    """A client in the middle of a connection, who adds up what it reads."""

    def __init__(self, protocol):
        super().__init__(client_id="reader", protocol=protocol)
        self.five = protocol == paho_client.MQTTv5
        self.sum = 0
        self.messages = None  # a list keeps what is read, for generate
        self.on_subscribe = self.add_suback

    def read(self, stream, count):
        self.sum = 0
        self._sock = ByteSocket(stream)
        for _ in range(count):
            code = self._packet_read()
            if code:
                raise Mismatch(paho_client.error_string(code))
        if self._sock.at != len(stream):
            raise Mismatch(f"more than {count} packets")
        return self.sum

    # Where the client says what it has read.

    def _handle_on_message(self, message):
        self.sum += text_sum(message.topic) + message.mid + message.qos + message.retain + message.dup + bytes_sum(message.payload)
        if self.five:
            self.sum += properties_sum(message.properties)
        if self.messages is not None:
            self.messages.append(message)

    def add_suback(self, _client, _userdata, mid, codes, properties=None):
        self.sum += mid
        if self.five:
            self.sum += properties_sum(properties)
            for code in codes:
                self.sum += code.value
        else:
            self.sum += sum(codes)

    def _easy_log(self, level, fmt, *args):
        # Of a PUBACK it tells nobody who has not sent the message; none in the streams has a reason code.
        if fmt == "Received %s (Mid: %d)":
            self.sum += args[1]
            if self.messages is not None:
                self.messages.append(args[1])

    # The answer to QoS 1 is no part of reading.

    def _send_puback(self, mid):
        return paho_client.MQTT_ERR_SUCCESS


# ---- writing: the functions that end in _pass prepare the packets of a stream, and return the list where they will be written and what writes them once

class Writer(paho_client.Client):
    """A client whose packets are written to a list."""

    def __init__(self, protocol, client_id="writer"):
        super().__init__(client_id=client_id, protocol=protocol)
        self._sock = ByteSocket()  # without one it does not even write
        self.written = []
        self.next_id = 0

    def _packet_queue(self, command, packet, mid, qos, info=None):
        self.written.append(packet)
        return paho_client.MQTT_ERR_SUCCESS

    def _mid_generate(self):
        return self.next_id


class Fields:
    """The fields of a CONNECT or SUBSCRIBE, one after the other: paho reads neither."""

    def __init__(self, packet, five):
        self.packet = packet
        self.five = five
        self.at = 0

    def number(self, layout):
        self.at += struct.calcsize(layout)
        return struct.unpack(layout, self.packet[self.at - struct.calcsize(layout):self.at])[0]

    def binary(self):
        size = self.number("!H")
        self.at += size
        return self.packet[self.at - size:self.at]

    def text(self):
        return self.binary().decode()

    def properties(self, kind):
        if not self.five:
            return None
        properties, size = Properties(kind).unpack(self.packet[self.at:])
        self.at += size
        return properties

    def more(self):
        return self.at < len(self.packet)


def bodies(stream):
    """The packets of a stream, each without its fixed header."""
    at = 0
    while at < len(stream):
        size, shift, more = 0, 0, True
        while more:
            at += 1
            size |= (stream[at] & 0x7F) << shift
            shift += 7
            more = stream[at] & 0x80
        at += 1 + size
        yield stream[at - size:at]


def read_connect(body, five):
    """A CONNECT of W5, which has all that one can have."""
    fields = Fields(body, five)
    return {"name": fields.text(), "level": fields.number("!B"), "flags": fields.number("!B"), "keep_alive": fields.number("!H"), "properties": fields.properties(PacketTypes.CONNECT),
            "client_id": fields.text(), "will_properties": fields.properties(PacketTypes.WILLMESSAGE), "will_topic": fields.text(), "will_payload": fields.binary(),
            "user_name": fields.text(), "password": fields.binary()}


def connect_pass(stream, protocol, _count):
    written, prepared = [], []
    for body in bodies(stream):
        p = read_connect(body, protocol == paho_client.MQTTv5)
        client = Writer(protocol, p["client_id"])
        client.written = written
        client.will_set(p["will_topic"], p["will_payload"], p["flags"] >> 3 & 3, bool(p["flags"] & 0x20), p["will_properties"])
        client.username_pw_set(p["user_name"], p["password"])
        client._connect_properties = p["properties"]
        client._clean_start = True
        prepared.append((client, p["keep_alive"]))

    def write():
        for client, keep_alive in prepared:
            client._send_connect(keep_alive)
    return written, write


def subscribe_pass(stream, protocol, _count):
    five = protocol == paho_client.MQTTv5
    client, prepared = Writer(protocol), []
    for body in bodies(stream):
        fields = Fields(body, five)
        packet_id, properties, topics = fields.number("!H"), fields.properties(PacketTypes.SUBSCRIBE), []
        while fields.more():
            topics.append((fields.text(), fields.number("!B")))
        if five:
            topics = [(topic, SubscribeOptions(o & 3, bool(o & 4), bool(o & 8), o >> 4)) for topic, o in topics]
        prepared.append((packet_id, topics, properties))

    def write():
        for packet_id, topics, properties in prepared:
            client.next_id = packet_id
            client.subscribe(topics, properties=properties)
    return client.written, write


def read_all(stream, protocol, count):
    reader = Reader(protocol)
    reader.messages = []
    reader.read(stream, count)
    return reader.messages


def none_if_empty(message):
    """Its users give no properties where there are none."""
    properties = getattr(message, "properties", None)
    return properties if properties and properties_of(properties) else None


def publish_pass(stream, protocol, count):
    client = Writer(protocol)
    prepared = [(m.mid, m.topic, m.payload, m.qos, m.retain, none_if_empty(m)) for m in read_all(stream, protocol, count)]

    def write():
        # Not publish(), which would keep what has QoS 1, and soon hold it back: this is what it calls.
        for packet_id, topic, payload, qos, retain, properties in prepared:
            client._send_publish(packet_id, topic.encode(), payload, qos, retain, False, None, properties)
    return client.written, write


def puback_pass(stream, protocol, count):
    client = Writer(protocol)
    packet_ids = read_all(stream, protocol, count)

    def write():
        for packet_id in packet_ids:
            client._send_puback(packet_id)
    return client.written, write


def comparable(connect):
    return {name: properties_of(value) if isinstance(value, Properties) else value for name, value in connect.items()}


def same_connects(written, stream):
    """It writes different properties in an order of its own: so the fields are compared, and the size."""
    ours, theirs = ([comparable(read_connect(body, True)) for body in bodies(data)] for data in (stream, written))
    return len(written) == len(stream) and ours == theirs


# ---- the clock

def run(one_pass, expected, quick):
    """Nanoseconds a pass."""
    start, passes, elapsed = time.monotonic_ns(), 0, 0
    while elapsed == 0 or (elapsed < RUN_NS and not quick):
        answer = one_pass()
        if answer != expected:
            raise Mismatch(f"{answer} instead of {expected}")
        passes += 1
        elapsed = time.monotonic_ns() - start
    return elapsed / passes


def measure(one_pass, expected, quick):
    if quick:
        return run(one_pass, expected, quick)
    run(one_pass, expected, quick)  # to warm up
    return statistics.median(run(one_pass, expected, quick) for _ in range(RUNS))


# ---- the table

def parsing(stream, protocol, count):
    reader = Reader(protocol)
    return lambda: reader.read(stream, count)


def generating(workload, stream, protocol, count):
    make = {"W5": connect_pass, "W6": subscribe_pass, "W7": puback_pass}.get(workload, publish_pass)
    written, write = make(stream, protocol, count)
    write()
    ours = b"".join(written)
    if ours != stream:
        if make is not connect_pass or protocol != paho_client.MQTTv5 or not same_connects(ours, stream):
            raise Mismatch("it writes other bytes than those of the stream")
        print(f"# {workload}-5.0: paho-mqtt writes properties in an order of its own; all fields are the same, and the size", file=sys.stderr)

    def one_pass():
        written.clear()
        write()
        return sum(map(len, written))
    return one_pass


def measure_stream(workload, version, stream, count, checksum, quick):
    protocol = PROTOCOLS[version]

    def row(operation, one_pass, expected):
        print(workload, version, f"paho-mqtt {operation}", f"{measure(one_pass, expected, quick) / count:.1f}", sep="\t", flush=True)

    if workload in SENT_BY_SERVERS:
        parse = parsing(stream, protocol, count)
        answer = parse()
        if answer != checksum:
            raise Mismatch(f"checksum {answer} instead of {checksum}")
        row("parse", parse, checksum)
    if workload in SENT_BY_CLIENTS:
        row("generate", generating(workload, stream, protocol, count), len(stream))


def read_checksums(folder):
    lines = (folder / "checksums.tsv").read_text(encoding="ascii").splitlines()
    return {title: (int(count), int(checksum)) for title, count, checksum in (line.split("\t") for line in lines)}


def main():
    quick = "--quick" in sys.argv[1:]
    arguments = [argument for argument in sys.argv[1:] if argument != "--quick"]
    if len(arguments) != 1:
        sys.exit("usage: paho_mqtt.py STREAMS [--quick]")
    folder = pathlib.Path(arguments[0])
    print(f"# Python {platform.python_version()}, paho-mqtt {paho.mqtt.__version__}", file=sys.stderr)
    print("workload", "version", "operation", "ns a packet", sep="\t")
    checksums = read_checksums(folder)
    for workload in WORKLOADS:
        for version in PROTOCOLS:
            title = f"{workload}-{version}"
            path = folder / f"{title}.bin"
            if not path.exists():
                continue
            if title not in checksums:
                sys.exit(f"{title}: not in checksums.tsv")
            try:
                measure_stream(workload, version, path.read_bytes(), *checksums[title], quick)
            except Mismatch as fault:
                sys.exit(f"{title}: paho-mqtt: {fault}")


if __name__ == "__main__":
    main()
