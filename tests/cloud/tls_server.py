"""A TLS server that speaks the versions it is told to, also those that nobody should speak any more.

It answers any request with HTTP's shortest, 200 without a body.
"""

import contextlib
import socket
import ssl
import threading

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class TlsServer:
    """`certificates` (tests.cloud.certificate.Certificates); `version`: its only ssl.TLSVersion, None = all secure ones.

    `served` counts the connections over which a client sent data.
    """

    def __init__(self, certificates, version=None):
        self.served = 0
        self._context = make_old(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), version)
        self._context.load_cert_chain(certificates.server_file, certificates.server_key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="tls server", daemon=True)
        self._thread.start()

    @property
    def url(self):
        return "https://127.0.0.1:{}".format(self.port)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_problem):
        self.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                plain = self._listener.accept()[0]
                plain.settimeout(10)
                with contextlib.suppress(OSError), contextlib.closing(plain):
                    self._serve(self._context.wrap_socket(plain, server_side=True))

    def _serve(self, secured):
        with secured:
            if secured.recv(4096):
                self.served += 1
                secured.sendall(ANSWER)


def make_old(context, version):
    """Allows only this version; OpenSSL offers old ones only at its lowest security level."""
    if version is not None:
        context.minimum_version = version
        context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context
