"""A wire for ``bmw.net.mqtt`` with CPython's sockets. openHAB uses ``bmw.openhab.mqtt`` instead."""

from __future__ import absolute_import, unicode_literals

import socket
import ssl

from bmw.errors import NetworkError
from bmw.net import tls


class SocketWire(object):
    """A ``bmw.interfaces.Wire``. Certificates and host names are always checked.

    Args:
        ca_file (str or None): file with certificates to trust instead of the system's.
    """

    def __init__(self, ca_file=None):
        self._ca_file = ca_file
        self._socket = None
        self._is_closed = False

    def open(self, host, port, is_tls, timeout):
        """Connects. Raises NetworkError, also when ``close`` was called meanwhile."""
        try:
            self._socket = socket.create_connection((host, port), timeout)
            if is_tls:
                self._socket = tls.context(self._ca_file).wrap_socket(self._socket, server_hostname=host)
        except ssl.CertificateError:
            self.close()
            raise NetworkError("The MQTT server's certificate is not trusted", "check the machine's date and CA certificates")
        except socket.gaierror:
            raise NetworkError("The MQTT server's name was not found", "check the network and DNS")
        except (OSError, IOError) as error:
            self.close()
            raise NetworkError("The MQTT server cannot be reached ({})".format(type(error).__name__), "check the network")
        if self._is_closed:
            self.close()
            raise NetworkError("Closed while connecting")

    def wait_at_most(self, seconds):
        """Sets how long ``read`` waits for a byte."""
        self._socket.settimeout(seconds)

    def read(self, count):
        """Reads exactly ``count`` bytes. Raises NetworkError at the end of the connection or on timeout."""
        data = bytearray()
        try:
            while len(data) < count:
                part = self._socket.recv(count - len(data))
                if not part:
                    raise NetworkError("The server ended the connection")
                data += part
        except socket.timeout:
            raise NetworkError("The server does not answer any more", "check the network")
        except (OSError, IOError, ValueError) as error:
            raise NetworkError("Connection lost ({})".format(type(error).__name__), "check the network")
        return bytes(data)

    def write(self, data):
        """Sends all bytes. Raises NetworkError."""
        try:
            self._socket.sendall(data)
        except (OSError, IOError, ValueError, AttributeError) as error:
            raise NetworkError("Connection lost ({})".format(type(error).__name__), "check the network")

    def close(self):
        """Ends the connection at once; a waiting ``read`` fails."""
        self._is_closed = True
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except (OSError, IOError):
                pass  # no longer connected
            self._socket.close()
