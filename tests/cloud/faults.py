"""Failures on demand: the faults that a test plans, and how each kind of fault looks to a client.

A fault affects the requests to `where` (an endpoint's name, or 'any'), a given number of times. This room
must not know what an endpoint does.
"""

import json
import os
import socket
import struct
import threading

from flask import Response

from . import places
from .errors import CloudError

# The answer of BMW's gateway when its key management fails.
GATEWAY_FAULT = {"fault": {"faultstring": "Invalid Access Token", "detail": {"errorcode": "keymanagement.service.invalid_access_token"}}}
HTML_ERROR = (
    "<!DOCTYPE html><html><head><title>Service unavailable</title></head>"
    "<body><h1>Service unavailable</h1><p>Please try again later.</p></body></html>"
)

# A huge answer is sent in pieces of so many bytes.
PIECE = 65536

# Key in the WSGI environ: tells the middleware to end the connection instead of answering.
DROP = "simulated_cloud.drop"


class Fault:
    def __init__(self, where, kind, times, options):
        self.where = where
        self.kind = kind
        self.left = times
        self.options = options


class Faults:
    def __init__(self):
        self._lock = threading.Lock()
        self._planned = []
        # set to release held connections, so that they end with the server
        self.released = threading.Event()

    def add(self, where, kind, times=1, **options):
        """Plan a fault for the next `times` matching requests (None: until cleared)."""
        if where not in places.NAMES:
            raise CloudError("a fault strikes one of %s" % ", ".join(places.NAMES))
        if kind not in BEFORE and kind not in AFTER:
            raise CloudError("a fault is one of %s" % ", ".join(sorted(list(BEFORE) + list(AFTER))))
        unknown = set(options) - OPTIONS.get(kind, set())
        if unknown:
            raise CloudError("%s has no option %s" % (kind, ", ".join(sorted(unknown))))
        with self._lock:
            self._planned.append(Fault(where, kind, times, options))

    def clear(self):
        """Remove the planned faults and release held connections."""
        with self._lock:
            self._planned = []
        self.release()

    def release(self):
        """Release the held connections."""
        with self._lock:
            self.released.set()
            self.released = threading.Event()

    def take(self, names):
        """The planned fault for a request with these names, or None; counts it as used once."""
        with self._lock:
            fault = next((one for one in self._planned if one.where in names), None)
            if fault is not None and fault.left is not None:
                fault.left -= 1
                if fault.left <= 0:
                    self._planned.remove(fault)
            return fault


# Kinds that act before the request is processed: (faults, options, environ) -> Response, or None to go on.


def _gateway_fault(faults, options, environ):
    return _json(GATEWAY_FAULT, 500)


def _html(faults, options, environ):
    return Response(HTML_ERROR, options.get("status", 503), mimetype="text/html")


def _status(faults, options, environ):
    body, text = options.get("body"), options.get("text", "")
    response = _json(body, options["status"]) if body is not None else Response(text, options["status"], mimetype="text/plain")
    response.headers.update(options.get("headers", {}))
    return response


def _timeout(faults, options, environ):
    faults.released.wait(options.get("seconds", 60))
    return _drop(environ, "close")


def _reset(faults, options, environ):
    return _drop(environ, "reset")


def _empty(faults, options, environ):
    return Response(b"", options.get("status", 200), mimetype="application/json")


def _huge(faults, options, environ):
    """JSON of `size` bytes, made while it is sent, until the client closes the connection."""
    size = int(options.get("size", 8 * 1024 * 1024))
    head, tail = b'{"padding": "', b'"}'
    response = Response(_padded(head, size - len(head) - len(tail), tail), options.get("status", 200), mimetype="application/json")
    response.headers["Content-Length"] = str(size)
    return response


def _padded(head, size, tail):
    yield head
    while size > 0:
        yield b"x" * min(size, PIECE)
        size -= PIECE
    yield tail


def _slow(faults, options, environ):
    faults.released.wait(options.get("seconds", 2))
    return None


BEFORE = {
    "http_500_fault": _gateway_fault,
    "html": _html,
    "status": _status,
    "timeout": _timeout,
    "reset": _reset,
    "empty": _empty,
    "huge": _huge,
    "slow": _slow,
}


# Kinds that act on the finished answer: (faults, response, options, environ) -> Response.


def _truncated(faults, response, options, environ):
    """Cut JSON. With `lying=True` Content-Length is that of the whole body, and the connection ends early."""
    body = response.get_data()
    cut = body[: max(1, int(len(body) * options.get("part", 0.5)))]
    response.set_data(cut)
    if options.get("lying"):
        response.headers["Content-Length"] = str(len(body))
        response.headers["Connection"] = "close"
    return response


def _reply_lost(faults, response, options, environ):
    """The request was processed, but its answer is lost, as can happen with a token refresh."""
    return _drop(environ, options.get("how", "close"))


def _reset_in_body(faults, response, options, environ):
    """Sends status, headers and half of the body, then resets the connection."""
    body = response.get_data()

    def half():
        yield body[: len(body) // 2]
        end_connection(environ["werkzeug.socket"], "reset")
        raise ConnectionResetError("a fault ended this connection")

    return _streamed(response, half(), len(body))


def _drip(faults, response, options, environ):
    """Sends the right answer byte by byte, `seconds` apart, so that it does not end in time."""
    body, released = response.get_data(), faults.released

    def drops():
        for number in range(len(body)):
            yield body[number : number + 1]
            if released.wait(options.get("seconds", 0.2)):
                return

    return _streamed(response, drops(), len(body))


def _streamed(response, pieces, size):
    response.response = pieces
    response.headers["Content-Length"] = str(size)
    return response


def _held(faults, response, options, environ):
    """The request was processed, but the answer is sent only after a release."""
    faults.released.wait(options.get("seconds", 60))
    return response


def _content_type(faults, response, options, environ):
    """The right body with a wrong Content-Type."""
    response.headers["Content-Type"] = options.get("type", "image/png")
    return response


def _altered(faults, response, options, environ):
    """Change a JSON answer: set `values` by dotted path (list rows by number), remove the paths in `without`."""
    try:
        body = json.loads(response.get_data())
    except ValueError:
        return response
    for path, value in options.get("values", {}).items():
        holder, last = _holder(body, path)
        if isinstance(holder, list):
            holder[int(last)] = value
        elif holder is not None:
            holder[last] = value
    for path in options.get("without", []):
        holder, last = _holder(body, path)
        if isinstance(holder, dict):
            holder.pop(last, None)
    response.set_data(json.dumps(body))
    return response


def _holder(body, path):
    """(object that contains the path's last name, that name); None if the answer has no such path."""
    names = path.split(".")
    for name in names[:-1]:
        if isinstance(body, list):
            body = body[int(name)] if int(name) < len(body) else None
        else:
            body = body.get(name) if isinstance(body, dict) else None
    return body, names[-1]


AFTER = {
    "truncated": _truncated,
    "reply_lost": _reply_lost,
    "altered": _altered,
    "reset_in_body": _reset_in_body,
    "drip": _drip,
    "held": _held,
    "content_type": _content_type,
}

OPTIONS = {
    "html": {"status"},
    "status": {"status", "body", "text", "headers"},
    "timeout": {"seconds"},
    "slow": {"seconds"},
    "empty": {"status"},
    "huge": {"size", "status"},
    "truncated": {"part", "lying"},
    "reply_lost": {"how"},
    "altered": {"values", "without"},
    "drip": {"seconds"},
    "held": {"seconds"},
    "content_type": {"type"},
}


def _json(body, status):
    return Response(json.dumps(body), status, mimetype="application/json")


def _drop(environ, how):
    environ[DROP] = how
    return Response(b"", 500)


class DropConnections:
    """WSGI middleware: ends the connection instead of answering, if a fault asks for it."""

    def __init__(self, app):
        self._app = app

    def __call__(self, environ, start_response):
        answer = self._app(environ, start_response)
        how = environ.get(DROP)
        if how is None:
            return answer
        connection = environ.get("werkzeug.socket")
        if connection is not None:
            end_connection(connection, how)
        raise ConnectionResetError("a fault ended this connection")


def end_connection(connection, how):
    """'reset' sends RST ("connection reset" to the peer), 'close' sends FIN (an early end)."""
    try:
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # Detach the descriptor and close it: other readers hold the socket object, and only a real close sends RST.
            os.close(connection.detach())
        else:
            connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the client closed it first
