"""What drivers in Python share: commands come in a line each, answers and events go out a line each (../client/README.md, "Drivers")."""
import json
import sys
import threading

_said = threading.Lock()  # libraries call back from threads of their own


class Unsupported(Exception):
    """What the client cannot be asked; the text says why."""


def say(what):
    with _said:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def text_in(value):
    return value if isinstance(value, str) else bytes.fromhex(value["hex"])


def text_or_hex(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"hex": data.hex()}


def _answer(command, verbs):
    try:
        if command["do"] not in verbs:
            raise Unsupported(f"its interface has no \"{command['do']}\"")
        verbs[command["do"]](command)
        return {"done": command["do"]}
    except Unsupported as why:
        return {"unsupported": str(why)}
    except Exception as why:  # pylint: disable=broad-except
        return {"error": repr(why)}


def obey(verbs):
    """Does what it is told until standard input ends. `verbs`: by name, functions of a command."""
    for line in sys.stdin:
        say(_answer(json.loads(line), verbs))
