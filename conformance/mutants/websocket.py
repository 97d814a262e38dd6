"""The client's end of WebSocket (RFC 6455), in the place of the transport that it goes through."""
import base64
import os

from wire import PROTOCOL_ERROR, Refused

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Transport:
    """Writes what it is given in frames. What comes goes through `unwrap`."""

    def __init__(self, lower, path, has):
        self.lower, self.has = lower, has
        self.buffer = bytearray()
        self.is_open = False
        offered = '' if has('offers-no-subprotocol') else 'Sec-WebSocket-Protocol: mqtt\r\n'
        key = base64.b64encode(os.urandom(16)).decode()
        lower.write((f'GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                     f'Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{offered}\r\n').encode())

    def write(self, data):
        self.send(TEXT if self.has('sends-text-frames') else BINARY, data)

    def send(self, opcode, data):
        size = len(data)
        head = bytes([0x80 | opcode]) + (bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, 'big'))
        mask = os.urandom(4)
        self.lower.write(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def close(self):
        self.lower.close()

    def unwrap(self, data):
        """What is in the data frames that are whole now, a piece for each."""
        self.buffer += data
        if not self.is_open and not self.take_response():
            return []
        pieces = []
        while (frame := self.take_frame()) is not None:
            opcode, payload = frame
            if opcode == PING:
                self.send(PONG, payload)
            elif opcode == CLOSE or (opcode == TEXT and not self.has('takes-text-frames')):
                raise Refused(PROTOCOL_ERROR, 'a text frame, or the end of the WebSocket')
            elif opcode < CLOSE:
                pieces.append(payload)
        return pieces

    def take_response(self):
        end = self.buffer.find(b'\r\n\r\n')
        if end >= 0:
            self.is_open = self.buffer.startswith(b'HTTP/1.1 101')
            del self.buffer[:end + 4]
        return self.is_open

    def take_frame(self):
        """Of a server's: not masked."""
        if len(self.buffer) < 2:
            return None
        size, at = self.buffer[1] & 0x7F, 2
        if size > 125:
            at = 4 if size == 126 else 10
            size = int.from_bytes(self.buffer[2:at], 'big')
        if len(self.buffer) < at + size:
            return None
        opcode, payload = self.buffer[0] & 0x0F, bytes(self.buffer[at:at + size])
        del self.buffer[:at + size]
        return opcode, payload
