"""A wire for ``bmw.net.mqtt`` with the JVM's sockets, the same for all openHAB versions.

The JVM sends the TLS server name and checks certificate and host name. ``bmw.net.mqtt`` says why openHAB's MQTT transport is not
used. Jython's ssl module is not used because it differs between 2.7.2 and 2.7.4.
"""

from __future__ import absolute_import, unicode_literals

from jarray import zeros
from java.io import BufferedInputStream, DataInputStream, EOFException, IOException
from java.lang import Exception as JavaException
from java.net import InetAddress, InetSocketAddress, Socket, SocketTimeoutException, UnknownHostException
from java.security.cert import CertificateException
from javax.net.ssl import SNIHostName, SSLSocketFactory

from bmw.errors import NetworkError
from bmw.openhab.tls import strict

_ADVICE = "check the network"


class JvmWire(object):
    """A ``bmw.interfaces.Wire``."""

    def __init__(self):
        self._plain = Socket()
        self._input = None
        self._output = None

    def open(self, host, port, is_tls, timeout):
        try:
            self._connect(host, port, is_tls, int(timeout * 1000))
        except UnknownHostException:
            raise NetworkError("The MQTT server's name was not found", "check the network and DNS")
        except JavaException as error:
            self.close()
            if _is_about_certificate(error):
                raise NetworkError("The MQTT server's certificate is not trusted", "check the machine's date and CA certificates")
            raise NetworkError("The MQTT server cannot be reached ({})".format(_name(error)), _ADVICE)

    def _connect(self, host, port, is_tls, millis):
        self._plain.connect(InetSocketAddress(InetAddress.getByName(host), port), millis)
        self._plain.setTcpNoDelay(True)
        self._plain.setSoTimeout(millis)
        connected = self._secured(host, port) if is_tls else self._plain
        self._input = DataInputStream(BufferedInputStream(connected.getInputStream()))  # a packet takes four reads
        self._output = connected.getOutputStream()

    def _secured(self, host, port):
        secured = SSLSocketFactory.getDefault().createSocket(self._plain, host, port, True)
        settings = strict(secured.getSSLParameters())
        if not _is_address(host):
            settings.setServerNames([SNIHostName(host)])
        secured.setSSLParameters(settings)
        secured.startHandshake()
        return secured

    def wait_at_most(self, seconds):
        self._plain.setSoTimeout(int(seconds * 1000))

    def read(self, count):
        data = zeros(count, "b")
        try:
            self._input.readFully(data)
        except EOFException:
            raise NetworkError("The server ended the connection")
        except SocketTimeoutException:
            raise NetworkError("The server does not answer any more", _ADVICE)
        except IOException as error:
            raise NetworkError("Connection lost ({})".format(_name(error)), _ADVICE)
        return bytes(bytearray(data))

    def write(self, data):
        if self._output is None:
            raise NetworkError("Not connected")
        try:
            self._output.write(data)
            self._output.flush()
        except IOException as error:
            raise NetworkError("Connection lost ({})".format(_name(error)), _ADVICE)

    def close(self):
        # close the TCP socket below TLS: closing the TLS socket can wait for a peer that is gone
        try:
            self._plain.close()
        except IOException:
            pass  # already closed


def _is_address(host):
    return ":" in host or host.replace(".", "").isdigit()


def _is_about_certificate(error):
    while error is not None and not isinstance(error, CertificateException):
        error = error.getCause()
    return error is not None


def _name(error):
    return error.getClass().getSimpleName()
