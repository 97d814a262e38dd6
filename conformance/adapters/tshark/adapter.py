"""adapter.py: Wireshark's MQTT dissector behind the adapter protocol (../README.md), positive only: it shows what it can of anything, and refuses nothing.

One tshark reads a capture from a pipe as long as we run. A case is a TCP connection of its own: first a CONNECT of the version, so that the dissector knows it, then the
chunks, a segment each; then a UDP packet, by whose number in the output we know that all before it is there.
"""
import os
import pathlib
import select
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from request_loop import Skip, serve  # noqa: E402  pylint: disable=wrong-import-position
from tshark_packets import Output, packets_of  # noqa: E402  pylint: disable=wrong-import-position

LEVELS = {"3.1": 3, "3.1.1": 4, "5.0": 5}
CONNECTS = {"3.1": "100f00064d51497364700302000a000161", "3.1.1": "100d00044d5154540402000a000161", "5.0": "100e00044d5154540502000a00000161"}
FROM_CLIENT = {1, 8, 10, 12}  # where the request does not say who sends: CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ
MOST_SEGMENTS = 500  # tshark's time grows with their square
MOST_IN_A_SEGMENT = 60_000
FRAMES_OF_A_PROCESS = 200_000  # it keeps each connection in memory

COMMAND = ["tshark", "-r", "-", "-l", "-n", "-T", "pdml", "-J", "mqtt", "-Y", "mqtt || udp", "-d", "tcp.port==1883,mqtt",
           "-o", "mqtt.show_msg_as_text:FALSE", "-o", "tcp.desegment_tcp_streams:TRUE"]


def frame(protocol, client_number, from_client, segment):
    """An IPv4 packet as a record of a capture file. The client's address is its number."""
    client, server = struct.pack("!BBH", 10, client_number >> 16 & 0xFF, client_number & 0xFFFF), b"\x7f\0\0\1"
    addresses = client + server if from_client else server + client
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, protocol, 0) + addresses + segment
    return struct.pack("!IIII", 1, 0, len(ip), len(ip)) + ip


class Connection:
    """The frames of one TCP connection."""

    def __init__(self, number):
        self.number = number
        self.sent = {True: 0, False: 0}
        self.frames = []

    def send(self, from_client, data):
        for at in range(0, len(data), MOST_IN_A_SEGMENT):
            part = data[at:at + MOST_IN_A_SEGMENT]
            ports = (20_000, 1883) if from_client else (1883, 20_000)
            tcp = struct.pack("!HHIIBBHHH", *ports, 1 + self.sent[from_client], 1 + self.sent[not from_client], 5 << 4, 0x18, 65_535, 0, 0)
            self.frames.append(frame(6, self.number, from_client, tcp + part))
            self.sent[from_client] += len(part)


class Tshark:
    def __init__(self):
        self.process = None
        self.output = None
        self.frames = 0
        self.cases = 0

    def start(self):
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0, start_new_session=True)
        self.frames = 0
        self.output = Output(self.process.stdout)
        self._write(struct.pack("!IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101))

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin = None
        self.process = None

    def dissect(self, connection):
        """Of each frame with MQTT in it: number and fields."""
        try:
            if self.process is None or self.frames > FRAMES_OF_A_PROCESS:
                self.stop()
                self.start()
            first = self.frames + 1
            self.frames += len(connection.frames) + 1
            self._write(b"".join(connection.frames) + frame(17, 0, True, struct.pack("!HHHH", 9, 9, 8, 0)))
            return first, self.output.until(self.frames)
        except BaseException:  # it ended, or our patience did: the next request gets a new one
            self.stop()
            raise

    def _write(self, data):
        # Reading meanwhile: what tshark says of a little may be much, and it does not go on while nobody listens.
        pipe = self.process.stdin.fileno()
        data = memoryview(data)
        while data:
            readable, writable, _ = select.select([self.output.stream], [pipe], [])
            if readable:
                self.output.take()
            if writable:
                data = data[os.write(pipe, data[:select.PIPE_BUF]):]


tshark = Tshark()


def is_from_client(request, data):
    if request.get("sender", "any") != "any":
        return request["sender"] == "client"
    return bool(data) and data[0] >> 4 in FROM_CLIENT


def few(chunks):
    """The chunks; of very many the later ones joined, so that the fixed header still comes as it was asked."""
    if len(chunks) <= MOST_SEGMENTS:
        return chunks
    size = len(chunks) // (MOST_SEGMENTS - 16) + 1
    return chunks[:16] + [b"".join(chunks[at:at + size]) for at in range(16, len(chunks), size)]


def decode(request):
    chunks = [bytes.fromhex(chunk) for chunk in request["chunks"]]
    data = b"".join(chunks)
    if request["version"] not in (*LEVELS, "auto"):
        raise ValueError("\"version\" must be 3.1, 3.1.1, 5.0 or auto")
    tshark.cases += 1
    connection = Connection(tshark.cases)
    is_connect = bool(data) and data[0] >> 4 == 1
    if request["version"] != "auto" and not is_connect:
        connection.send(True, bytes.fromhex(CONNECTS[request["version"]]))
    introduced = len(connection.frames)
    for chunk in few(chunks):
        connection.send(is_from_client(request, data), chunk)
    try:
        first, frames = tshark.dissect(connection)
    except (OSError, EOFError) as fault:
        return {"packets": [], "error": {"thrown": "exit", "message": f"tshark ended: {fault}"}}
    return packets_of([fields for number, fields in frames if number >= first + introduced], LEVELS.get(request["version"], 4))


def capabilities(_request):
    return {"codec": version(), "versions": list(LEVELS), "senders": ["client", "server", "any"], "ops": ["decode"], "refuses": False, "property_order": True,
            "notes": ["a dissector: it shows packets, and judges few of them; only what a good packet holds is compared"]}


def version():
    words = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout.split("\n")[0]
    return "tshark " + next((word for word in words.split() if word[0].isdigit()), "of no version").rstrip(".")


def encode(_request):
    raise Skip("tshark encodes nothing")


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        serve({"decode": decode, "encode": encode, "capabilities": capabilities})
    finally:
        tshark.stop()
