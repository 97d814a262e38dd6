#!/usr/bin/python3
"""Eclipse Paho's Python client, driven by the live harness: lines of JSON in, lines of JSON out (../README.md, "Drivers")."""
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties, VariableByteIntegers
from paho.mqtt.subscribeoptions import SubscribeOptions

from driver_loop import Unsupported, obey, say, text_in, text_or_hex

LEVELS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5.0": mqtt.MQTTv5}
CONNECT_PROPERTIES = {"session_expiry": "SessionExpiryInterval", "receive_maximum": "ReceiveMaximum", "maximum_packet_size": "MaximumPacketSize",
                      "topic_alias_maximum": "TopicAliasMaximum", "request_problem_information": "RequestProblemInformation",
                      "authentication_method": "AuthenticationMethod", "authentication_data": "AuthenticationData"}
PUBLISH_PROPERTIES = {"message_expiry": "MessageExpiryInterval", "topic_alias": "TopicAlias"}
IN_FLIGHT = 20  # Paho's own maximum of messages


def properties_of(packet, command, names):
    found = Properties(packet)
    for ours, theirs in names.items():
        if ours in command:
            value = command[ours]
            setattr(found, theirs, value.encode() if ours == "authentication_data" else value)
    if "user_properties" in command:
        found.UserProperty = [tuple(pair) for pair in command["user_properties"]]
    return found if not found.isEmpty() else None


class Limits:
    """What the server takes. Paho hands that to the application, and sends what it is asked for; so this application does not ask for more."""

    def __init__(self, properties=None):
        self.properties = properties

    def get(self, name, default):
        return getattr(self.properties, name, default)

    @staticmethod
    def keep(holds, name):
        if not holds:
            raise Unsupported(f"Paho leaves the server's {name} to the application")

    def allow_publish(self, command, properties):
        self.keep(command["qos"] <= self.get("MaximumQoS", 2), "Maximum QoS")
        self.keep(not command.get("retain", False) or self.get("RetainAvailable", 1), "Retain Available")
        self.keep(command.get("topic_alias", 0) <= self.get("TopicAliasMaximum", 0), "Topic Alias Maximum")
        behind = 2 + len(command["topic"].encode()) + (2 if command["qos"] else 0) + (len(properties.pack()) if properties else 1) + len(command["payload"])
        self.keep(1 + len(VariableByteIntegers.encode(behind)) + behind <= self.get("MaximumPacketSize", behind + 5), "Maximum Packet Size")

    def allow_subscribe(self, command):
        self.keep(not set("+#") & set(command["topic"]) or self.get("WildcardSubscriptionAvailable", 1), "Wildcard Subscription Available")
        self.keep("subscription_identifier" not in command or self.get("SubscriptionIdentifierAvailable", 1), "Subscription Identifier Available")
        self.keep(not command["topic"].startswith("$share/") or self.get("SharedSubscriptionAvailable", 1), "Shared Subscription Available")


class Driver:
    def __init__(self):
        self.client = None
        self.version = None
        self.limits = Limits()

    def connect(self, command):
        if command.get("manual"):
            raise Unsupported("the application cannot answer by itself")
        fresh = self.client is None or command["clean"]
        self.version = LEVELS[command["version"]]
        if fresh:
            self.client = self.make(command)
        keep_alive = command["keep_alive"]
        if self.version == mqtt.MQTTv5:
            self.client.connect(command["host"], command["port"], keep_alive, clean_start=command["clean"],
                                properties=properties_of(PacketTypes.CONNECT, command, CONNECT_PROPERTIES))
        else:
            self.client.connect(command["host"], command["port"], keep_alive)
        threading.Thread(target=self.loop, args=(self.client,), daemon=True).start()

    def make(self, command):
        five = self.version == mqtt.MQTTv5
        transport = "websockets" if command.get("transport") == "websocket" else "tcp"
        client = mqtt.Client(command["client_id"], clean_session=None if five else command["clean"], protocol=self.version, transport=transport)
        if "path" in command:
            client.ws_set_options(path=command["path"])
        if "user_name" in command:
            client.username_pw_set(command["user_name"], command.get("password"))
        if "will" in command:
            will = command["will"]
            client.will_set(will["topic"], will["payload"], will["qos"], will["retain"])
        client.on_connect = self.connected
        client.on_message = self.given
        client.on_disconnect = lambda c, u, code, p=None: say({"closed": str(code)})
        return client

    def connected(self, client, _data, flags, code, properties=None):
        self.limits = Limits(properties)
        client.max_inflight_messages_set(min(IN_FLIGHT, self.limits.get("ReceiveMaximum", IN_FLIGHT)))
        say({"connected": code == 0, "reason_code": getattr(code, "value", code), "session_present": bool(flags["session present"])})

    @staticmethod
    def given(_client, _data, m):
        # m.topic throws where that is no UTF-8; what becomes of the message must not hang on that
        message = {"topic": text_or_hex(m._topic), "payload": text_or_hex(m.payload), "qos": m.qos, "retain": m.retain, "packet_id": m.mid}
        alias = getattr(getattr(m, "properties", None), "TopicAlias", None)  # messages of 3.x have no properties at all
        if alias is not None:
            message["topic_alias"] = alias
        say({"message": message})

    # One connection, and no other behind it.
    def loop(self, client):
        try:
            while client.loop(0.2) == mqtt.MQTT_ERR_SUCCESS:
                pass
        except Exception as e:  # an exception in the library ends its thread, and the program would go on
            client._sock_close()
            say({"event_error": repr(e)})
            say({"closed": "the library threw " + repr(e)})

    def subscribe(self, command):
        self.limits.allow_subscribe(command)
        if "subscription_identifier" in command:
            properties = Properties(PacketTypes.SUBSCRIBE)
            properties.SubscriptionIdentifier = command["subscription_identifier"]
            self.check(self.client.subscribe(command["topic"], options=SubscribeOptions(qos=command["qos"]), properties=properties)[0])
        elif self.version == mqtt.MQTTv5:
            self.check(self.client.subscribe(command["topic"], options=SubscribeOptions(qos=command["qos"]))[0])
        else:
            self.check(self.client.subscribe(command["topic"], command["qos"])[0])

    def unsubscribe(self, command):
        self.check(self.client.unsubscribe(command["topic"])[0])

    def publish(self, command):
        five = self.version == mqtt.MQTTv5
        properties = properties_of(PacketTypes.PUBLISH, command, PUBLISH_PROPERTIES) if five else None
        if five:
            self.limits.allow_publish(command, properties)
        info = self.client.publish(command["topic"], text_in(command["payload"]), command["qos"], command.get("retain", False), properties)
        if info.rc != mqtt.MQTT_ERR_QUEUE_SIZE:
            self.check(info.rc)

    def disconnect(self, command):
        if "reason_string" in command or "user_properties" in command:
            properties = properties_of(PacketTypes.DISCONNECT, command, {"reason_string": "ReasonString"})
            reason = mqtt.ReasonCodes(PacketTypes.DISCONNECT, identifier=command.get("reason_code", 0))
            self.client.disconnect(reason, properties)
        else:
            self.client.disconnect()

    @staticmethod
    def check(code):
        if code != mqtt.MQTT_ERR_SUCCESS:
            raise RuntimeError(mqtt.error_string(code))


def main():
    driver = Driver()
    obey({"connect": driver.connect, "subscribe": driver.subscribe, "unsubscribe": driver.unsubscribe, "publish": driver.publish, "disconnect": driver.disconnect})


main()
