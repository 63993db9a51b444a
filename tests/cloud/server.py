"""The web server of the simulated cloud: one thread per connection; a stop also ends open connections.

It knows sockets only, not the application.
"""

import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from .faults import end_connection


class Handler(WSGIRequestHandler):
    # Headers and body are two writes; with Nagle's algorithm a keep-alive client waits 40 ms for the second one.
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.server.open_connections.add(self.connection)

    def finish(self):
        self.server.open_connections.discard(self.connection)
        super().finish()

    def connection_dropped(self, error, environ=None):
        self.close_connection = True

    def log(self, type, message, *args):
        """Logs nothing: request lines contain VINs, and the cloud has its own log of calls."""


class Server:
    def __init__(self, app, host, port):
        self._server = make_server(host, port, app, threaded=True, request_handler=Handler)
        self._server.open_connections = set()
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="cloud", daemon=True)
        self._thread.start()

    def stop(self):
        """Closes keep-alive connections too, because they would go on answering."""
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()
        for connection in list(self._server.open_connections):
            end_connection(connection, "close")
