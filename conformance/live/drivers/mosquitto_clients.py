#!/usr/bin/python3
"""mosquitto_sub and mosquitto_pub, driven by the live harness as far as their command lines can say (../README.md, "Drivers").

What will be asked for must be known when they are started: `connect` tells it by "then". Without that mosquitto_sub is started, which receives."""
import json
import subprocess
import threading

from driver_loop import Unsupported, obey, say

LEVELS = {"3.1": "mqttv31", "3.1.1": "mqttv311", "5.0": "mqttv5"}


class Driver:
    def __init__(self):
        self.program = None
        self.welcomed = threading.Event()
        self.publishes = None
        self.subscribes = None

    def connect(self, command):
        for key in ("manual", "automatic_aliases", "authentication_method", "transport"):
            if key in command:
                raise Unsupported(f"no option for \"{key}\"")
        then = command.get("then") or {}
        self.publishes = then if then.get("do") == "publish" else None
        self.subscribes = then if then.get("do") == "subscribe" else None
        arguments = ["-h", command["host"], "-p", str(command["port"]), "-V", LEVELS[command["version"]], "-i", command["client_id"]]
        if command["keep_alive"] and command["keep_alive"] < 5:
            raise Unsupported("a keep alive below 5 s")
        arguments += ["-k", str(command["keep_alive"] or 3600)]
        arguments += self.session(command) + self.greeting(command) + self.properties(command)
        if self.publishes:
            self.start(["mosquitto_pub", *arguments, "-l", "-t", then["topic"], "-q", str(then["qos"])] + (["-r"] if then.get("retain") else []))
        else:
            self.start(["mosquitto_sub", *arguments, "-t", then.get("topic", "mqttspan/driver"), "-q", str(then.get("qos", 2)), "-F", "%j"])

    @staticmethod
    def session(command):
        return [] if command["clean"] else ["-c"] + (["-x", str(command["session_expiry"])] if command["version"] == "5.0" and "session_expiry" in command else [])

    @staticmethod
    def greeting(command):
        found = []
        if "user_name" in command:
            found += ["-u", command["user_name"], "-P", command["password"]]
        if "will" in command:
            will = command["will"]
            found += ["--will-topic", will["topic"], "--will-payload", will["payload"], "--will-qos", str(will["qos"])] + (["--will-retain"] if will["retain"] else [])
        return found

    @staticmethod
    def properties(command):
        names = {"receive_maximum": "receive-maximum", "maximum_packet_size": "maximum-packet-size", "topic_alias_maximum": "topic-alias-maximum",
                 "request_problem_information": "request-problem-information"}
        found = []
        if command["version"] == "5.0":
            for ours, theirs in names.items():
                if ours in command:
                    found += ["-D", "connect", theirs, str(command[ours])]
        return found

    # What the programs tell with -d comes a line at a time, not when a buffer is full.
    def start(self, arguments):
        self.program = subprocess.Popen(["stdbuf", "-oL", *arguments, "-d"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.welcomed = threading.Event()
        threading.Thread(target=self.hear, args=(self.program, self.welcomed), daemon=True).start()
        threading.Thread(target=self.watch, args=(self.program,), daemon=True).start()

    @staticmethod
    def hear(program, welcomed):
        for line in program.stdout:
            if line.startswith(b"{"):
                m = json.loads(line)
                say({"message": {"topic": m["topic"], "payload": m.get("payload", ""), "qos": m["qos"], "retain": bool(m["retain"]), "packet_id": m.get("mid", 0)}})
            elif line.endswith(b" received CONNACK (0)\n"):
                welcomed.set()
                say({"connected": True})

    @staticmethod
    def watch(program):
        status = program.wait()
        if status < 0:
            say({"closed": f"ended by signal {-status}", "signal": -status})
        else:
            say({"closed": f"ended with status {status}"})

    def publish(self, command):
        if not self.publishes or command["topic"] != self.publishes["topic"] or command["qos"] != self.publishes["qos"] or command.get("retain", False) != self.publishes.get("retain", False):
            raise Unsupported("mosquitto_pub is told at its start what to publish")
        if any(key in command for key in ("message_expiry", "topic_alias", "user_properties")):
            raise Unsupported("mosquitto_pub is told its properties at its start")
        self.program.stdin.write(command["payload"].encode() + b"\n")
        self.program.stdin.flush()

    def subscribe(self, command):
        if not self.subscribes or command["topic"] != self.subscribes["topic"] or command["qos"] != self.subscribes["qos"] or "subscription_identifier" in command:
            raise Unsupported("mosquitto_sub is told at its start what to subscribe to")

    def disconnect(self, command):
        if "reason_code" in command:
            raise Unsupported("no reason code")
        if self.publishes:
            self.program.stdin.close()
        else:
            self.welcomed.wait(3)  # before that mosquitto_sub ends without DISCONNECT
            self.program.terminate()


def main():
    driver = Driver()
    obey({"connect": driver.connect, "subscribe": driver.subscribe, "publish": driver.publish, "disconnect": driver.disconnect})


main()
