"""A broker for tests that accepts everybody and then reads nothing."""

import socket
import threading


class DeafBroker:
    """A server that accepts a connection, sends these bytes, and then reads nothing."""

    def __init__(self, data=b"\x20\x02\x00\x00"):
        self._data = data
        self._server = socket.create_server(("127.0.0.1", 0))
        self.lines = []
        self.url = "mqtt://127.0.0.1:%d" % self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                line = self._server.accept()[0]
            except OSError:
                return
            self.lines.append(line)
            line.sendall(self._data)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._server.close()
        for line in self.lines:
            line.close()
