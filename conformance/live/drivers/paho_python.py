#!/usr/bin/python3
"""Eclipse Paho's Python client, driven by the live harness: lines of JSON in, lines of JSON out (../README.md, "Drivers")."""
import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

LEVELS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5.0": mqtt.MQTTv5}
CONNECT_PROPERTIES = {"session_expiry": "SessionExpiryInterval", "receive_maximum": "ReceiveMaximum", "maximum_packet_size": "MaximumPacketSize",
                      "topic_alias_maximum": "TopicAliasMaximum", "request_problem_information": "RequestProblemInformation",
                      "authentication_method": "AuthenticationMethod", "authentication_data": "AuthenticationData"}
PUBLISH_PROPERTIES = {"message_expiry": "MessageExpiryInterval", "topic_alias": "TopicAlias"}
said = threading.Lock()


class Unsupported(Exception):
    pass


def say(what):
    with said:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def text_in(value):
    return value if isinstance(value, str) else bytes.fromhex(value["hex"])


def text_or_hex(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"hex": data.hex()}


def properties_of(packet, command, names):
    found = Properties(packet)
    for ours, theirs in names.items():
        if ours in command:
            value = command[ours]
            setattr(found, theirs, value.encode() if ours == "authentication_data" else value)
    if "user_properties" in command:
        found.UserProperty = [tuple(pair) for pair in command["user_properties"]]
    return found if not found.isEmpty() else None


class Driver:
    def __init__(self):
        self.client = None
        self.version = None

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
        client = mqtt.Client(command["client_id"], clean_session=None if five else command["clean"], protocol=self.version)
        if "user_name" in command:
            client.username_pw_set(command["user_name"], command.get("password"))
        if "will" in command:
            will = command["will"]
            client.will_set(will["topic"], will["payload"], will["qos"], will["retain"])
        client.on_connect = lambda c, u, flags, code, p=None: say({"connected": code == 0, "reason_code": getattr(code, "value", code), "session_present": bool(flags["session present"])})
        client.on_message = lambda c, u, m: say({"message": {"topic": text_or_hex(m._topic), "payload": text_or_hex(m.payload), "qos": m.qos, "retain": m.retain, "packet_id": m.mid}})
        client.on_disconnect = lambda c, u, code, p=None: say({"closed": str(code)})
        return client

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
    verbs = {"connect": driver.connect, "subscribe": driver.subscribe, "unsubscribe": driver.unsubscribe, "publish": driver.publish, "disconnect": driver.disconnect}
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command["do"] not in verbs:
                raise Unsupported(f"Paho's interface has no \"{command['do']}\"")
            verbs[command["do"]](command)
            say({"done": command["do"]})
        except Unsupported as e:
            say({"unsupported": str(e)})
        except Exception as e:
            say({"error": repr(e)})


main()
