#!/usr/bin/env python3
"""Prints free ports of loopback that follow each other, on one line. usage: free_ports.py [COUNT]"""
import socket
import sys


def consecutive(count):
    """COUNT ports, or nothing where one behind the kernel's choice is taken."""
    held = []
    try:
        for more in range(count):
            one = socket.socket()
            held.append(one)
            one.bind(("127.0.0.1", held[0].getsockname()[1] + more if more else 0))
        return [one.getsockname()[1] for one in held]
    except (OSError, OverflowError):
        return []
    finally:
        for one in held:
            one.close()


count = int(sys.argv[1]) if len(sys.argv) > 1 else 1
ports = []
while len(ports) < count:
    ports = consecutive(count)
print(*ports)
