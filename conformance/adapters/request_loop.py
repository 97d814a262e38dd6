"""What adapters in Python share: requests come in a line each, answers go out a line each, whatever happens in between."""
import json
import os
import signal
import sys

PATIENCE = int(os.environ.get("MQTT_ADAPTER_PATIENCE", "10"))  # seconds


class Skip(Exception):
    """What the codec cannot be asked; the text says why."""


class Hang(BaseException):
    """The codec did not come back. No Exception, so that no codec takes it for one of its own."""


def _give_up(_signal, _frame):
    raise Hang()


def _answer(request, operations):
    operation = operations.get(request.get("op"))
    if operation is None:
        return {"error": {"class": "bad_request", "message": f"\"op\" must be one of {', '.join(operations)}"}}
    try:
        return operation(request)
    except Skip as reason:
        return {"skip": str(reason)}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:  # of the request or of the adapter: the codec's own are caught where it is called
        return {"error": {"class": "bad_request", "message": f"{type(fault).__name__}: {fault}"}}


def serve(operations):
    """Answers requests until standard input ends. `operations`: by name, functions from a request to an answer without its id."""
    signal.signal(signal.SIGALRM, _give_up)
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("a request is an object")
        except ValueError as fault:
            print(json.dumps({"id": None, "error": {"class": "bad_request", "message": str(fault)}}), flush=True)
            continue
        try:
            signal.alarm(PATIENCE)
            answer = _answer(request, operations)
        except Hang:
            answer = {"packets": [], "error": {"hang": True, "message": f"no answer within {PATIENCE} s"}}
        except Exception as fault:  # pylint: disable=broad-except
            answer = {"packets": [], "error": {"thrown": type(fault).__name__, "message": str(fault)}}
        finally:
            signal.alarm(0)
        print(json.dumps({"id": request.get("id"), **answer}), flush=True)
