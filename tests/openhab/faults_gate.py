"""A gate in front of a simulated server: it has TLS with a changeable certificate, can be closed, and can change bytes on their way.

It knows neither HTTP nor MQTT nor the server. There is also a trap: a port that nobody may connect to.
"""

import contextlib
import select
import socket
import ssl
import threading

from tests.cloud.faults import end_connection

PIECE = 65536


class Gate:
    """Forwards connections to a port of this machine.

    `certificates` (tests.cloud.certificate.Certificates): used for the next connection. `mangle`: None, or callable
    (number of the piece, bytes from the server) -> bytes to send instead; if it returns None, the connection is reset. `callers`
    counts the accepted connections.
    """

    def __init__(self, target, certificates):
        self.certificates = certificates
        self.mangle = None
        self.callers = 0
        self.port = 0
        self._target = target
        self._listener = None
        self._connections = set()
        self._era = 0  # `drop` begins a new one

    def open(self):
        """Accepts connections, on the same port as before."""
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listener.getsockname()[1]
            _start(self._accept, self._listener)
        return self

    def shut(self):
        """Refuses new connections and closes the open ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`; closing alone does not
            listener.close()
        self.drop()

    def drop(self):
        """Closes the open connections, and those that are just being made."""
        self._era += 1
        for connection in list(self._connections):
            end_connection(connection, "close")

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                _start(self._serve, listener.accept()[0], self._era)

    def _serve(self, plain, era):
        self.callers += 1
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(plain.close)
            plain.settimeout(20)
            client = stack.enter_context(self._context().wrap_socket(plain, server_side=True))
            self._connections.add(client)
            stack.callback(self._connections.discard, client)
            if era != self._era:
                return
            server = stack.enter_context(socket.create_connection(("127.0.0.1", self._target), 20))
            self._pass(client, server)

    def _context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.server_file, self.certificates.server_key)
        return context

    def _pass(self, client, server):
        """One thread for both directions: two threads must not read and write the same TLS socket."""
        count = 0
        while True:
            ready = [client] if client.pending() else select.select([client, server], [], [])[0]
            if client in ready:
                data = client.recv(PIECE)
                if not data:
                    return
                server.sendall(data)
            if server in ready:
                try:
                    data = server.recv(PIECE)
                except ConnectionResetError:
                    data = None
                if data:
                    count += 1
                    data = self.mangle(count, data) if self.mangle else data
                if data is None:
                    end_connection(client, "reset")
                    return
                if not data and not self.mangle:
                    return
                client.sendall(data)


class Trap:
    """A port that nobody may connect to; `callers` counts the connections."""

    def __init__(self):
        self.callers = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        _start(self._count)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _count(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                self.callers += 1
                connection.close()


def _start(target, *arguments):
    threading.Thread(target=target, args=arguments, name="gate", daemon=True).start()
