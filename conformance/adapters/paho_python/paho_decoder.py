"""What paho-mqtt's client understands of what a server sends, as packet JSON."""
import pathlib
import sys

from paho.mqtt import client as paho_client
from paho.mqtt import properties as paho_properties

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from property_table import BY_NUMBER, REASON_OF_RETURN_CODE, binary_json, text_json  # noqa: E402  pylint: disable=wrong-import-position

# How the library says no; any other exception is thrown by accident.
REFUSED = (ValueError, AssertionError, paho_properties.MQTTException)

NAMES = {4: "puback", 5: "pubrec", 6: "pubrel", 7: "pubcomp", 12: "pingreq", 13: "pingresp"}


def qualified_name(fault):
    module = type(fault).__module__
    return type(fault).__name__ if module == "builtins" else f"{module}.{type(fault).__name__}"


class ByteSocket:
    """As much of a socket as the client touches."""

    def __init__(self, data=b""):
        self.unread = data
        self.written = b""

    def recv(self, size):
        if not self.unread:
            raise BlockingIOError
        data, self.unread = self.unread[:size], self.unread[size:]
        return data

    def send(self, data):
        self.written += bytes(data)
        return len(data)

    def close(self):
        pass


class _Recorded:
    """The properties and reason codes that the client makes while it reads a packet: `with recorded:` puts our classes in the place of its own."""
    properties = []
    reason_codes = []

    def __enter__(self):
        self.properties.clear()
        self.reason_codes.clear()
        paho_client.Properties, paho_client.ReasonCodes = _Properties, _ReasonCodes

    def __exit__(self, *_):
        paho_client.Properties, paho_client.ReasonCodes = _Properties.__base__, _ReasonCodes.__base__


recorded = _Recorded()


class _Properties(paho_client.Properties):
    def __init__(self, packet_type):
        super().__init__(packet_type)
        recorded.properties.append(self)


class _ReasonCodes(paho_client.ReasonCodes):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        recorded.reason_codes.append(self)


def property_list(properties):
    pairs = []
    for name, number in (properties.names if properties else {}).items():
        value = getattr(properties, name.replace(" ", ""), None)
        if value is None:
            continue
        known = BY_NUMBER[number]
        for one in value if isinstance(value, list) else [value]:
            pairs.append([known.name, list(one) if known.kind == "pair" else binary_json(one) if known.kind == "binary" else one])
    return pairs


class Decoder(paho_client.Client):
    """A client in the middle of a connection."""

    def __init__(self, protocol):
        super().__init__(client_id="adapter", protocol=protocol)
        self._sock = ByteSocket()
        self.protocol_at_start = protocol
        self.five = protocol == paho_client.MQTTv5
        self.packets = []
        self.logged = ()
        self.message = None
        self.codes = ()
        self.on_subscribe = self.on_unsubscribe = self._keep_codes

    def answer(self, chunks):
        try:
            for chunk in chunks:
                self._sock.unread += chunk
                error = self._read()
                if error:
                    return {"packets": self.packets, "error": {"message": error}}
        except REFUSED as fault:
            return {"packets": self.packets, "error": {"message": f"{type(fault).__name__}: {fault}"}}
        except Exception as fault:  # pylint: disable=broad-except
            return {"packets": self.packets, "error": {"thrown": qualified_name(fault), "message": str(fault)}}
        return {"packets": self.packets, "error": None}

    def _read(self):
        while True:
            code = self._packet_read()
            if code == paho_client.MQTT_ERR_AGAIN and not self._sock.unread:
                return None
            if code not in (paho_client.MQTT_ERR_AGAIN, paho_client.MQTT_ERR_SUCCESS, paho_client.MQTT_ERR_CONN_REFUSED):
                return paho_client.error_string(code)

    def _packet_handle(self):
        self.logged, self.message, self.codes = (), None, ()
        command = self._in_packet["command"]
        with recorded:
            code = super()._packet_handle()
        if self.five and command >> 4 == 2 and self.logged:
            if self.logged[2] is None:  # it took the packet for one of 3.x, and gives up
                return paho_client.MQTT_ERR_PROTOCOL
            code = paho_client.MQTT_ERR_SUCCESS  # read well; the code is of the connection that was refused
        if code in (paho_client.MQTT_ERR_SUCCESS, paho_client.MQTT_ERR_CONN_REFUSED):
            self.packets.append(self._packet(command))
        self._protocol = self.protocol_at_start
        return code

    # What would go out, or do more than read.

    def _packet_queue(self, command, packet, mid, qos, info=None):
        return paho_client.MQTT_ERR_SUCCESS

    def reconnect(self):
        return paho_client.MQTT_ERR_SUCCESS

    def _loop_rc_handle(self, rc, properties=None):
        return paho_client.MQTT_ERR_SUCCESS

    # Where the client says what it has read.

    def _easy_log(self, level, fmt, *args):
        if fmt.startswith("Received"):
            self.logged = args

    def _keep_codes(self, _client, _userdata, mid, *rest):
        self.codes = (mid, *rest)

    def _handle_on_message(self, message):
        self.message = message

    def _packet(self, command):
        kind = command >> 4
        special = {2: self._connack, 3: self._publish, 9: self._suback, 11: self._unsuback, 14: self._disconnect}.get(kind)
        out = special(command) if special else self._acknowledgement(command)
        if self.five and kind not in (12, 13):
            out["properties"] = property_list(recorded.properties[-1] if recorded.properties else None)
        return out

    def _reason_code(self):
        return recorded.reason_codes[-1].value if recorded.reason_codes else 0

    def _connack(self, _command):
        flags, result = self.logged[0], self.logged[1]
        out = {"type": "connack"}
        if self.protocol_at_start != paho_client.MQTTv31:
            out["session_present"] = bool(flags & 1)
        if self.five:
            return {**out, "reason_code": getattr(result, "value", result)}
        return {**out, "reason_code": REASON_OF_RETURN_CODE.get(result), "return_code": result}

    def _publish(self, command):
        # Of QoS 2 the user hears after PUBREL; the message waits here.
        message = self.message if (command >> 1 & 3) < 2 else self._in_messages.popitem()[1]
        out = {"type": "publish", "dup": bool(message.dup), "qos": message.qos, "retain": bool(message.retain), "topic": text_json(message._topic)}  # pylint: disable=protected-access
        if message.qos:
            out["packet_id"] = message.mid
        return {**out, "payload": binary_json(message.payload)}

    def _suback(self, _command):
        return {"type": "suback", "packet_id": self.codes[0], "reason_codes": [getattr(code, "value", code) for code in self.codes[1]]}

    def _unsuback(self, _command):
        out = {"type": "unsuback", "packet_id": self.codes[0]}
        if self.five:
            codes = self.codes[2]
            out["reason_codes"] = [code.value for code in (codes if isinstance(codes, list) else [codes])]
        return out

    def _disconnect(self, _command):
        return {"type": "disconnect", "reason_code": self._reason_code()}

    def _acknowledgement(self, command):
        out = {"type": NAMES[command >> 4]}
        if command >> 4 >= 12:
            return out
        if self.protocol_at_start == paho_client.MQTTv31 and command >> 4 == 6:
            out["dup"] = bool(command & 8)
        out["packet_id"] = self.logged[-1]
        if self.five:
            out["reason_code"] = self._reason_code()
        return out
