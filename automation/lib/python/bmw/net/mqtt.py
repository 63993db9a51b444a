"""One MQTT connection that listens to one topic, whatever the runtime: MQTT 3.1.1, clean session, QoS 0, receiving only.

Written for this job because no library was found that is safe inside openHAB (tried on Jython 2.7.2 and 2.7.4, Java 11). paho-mqtt
1.6.1, the last for Python 2.7, hands the password to a broker with any other host's certificate, as Jython's ssl module
says it has checked the name and has not; and it leaves a thread and some 30 open files behind for each connection. So does the
HiveMQ client 1.1.2 with the password, openHAB 3.0's own (host names are checked from 1.2.0 on), which is only there when another
add-on brought it. Eclipse Paho for Java is sound, but as a jar on Jython's path its threads do not find their classes
inside openHAB. What is needed of the protocol is six kinds of packet.

A wire is a connected socket with four methods, see ``bmw.net.socket_wire`` (CPython) and ``bmw.openhab.mqtt`` (the JVM).
Knows nothing of BMW, cars or tokens. Source: OASIS MQTT Version 3.1.1, chapters 2 and 3.
"""

from __future__ import absolute_import, unicode_literals

import logging
import struct
import threading

from bmw.compat import to_bytes, to_text, urlsplit
from bmw.errors import ConfigError, NetworkError
from bmw.record import record

log = logging.getLogger("bmw")

#: seconds until TCP and TLS stand, and until the broker must have answered each of our first packets
CONNECT_TIMEOUT = 15
#: seconds between two of our packets at most, as promised to the broker; it waits half as long again
KEEP_ALIVE = 30
#: seconds between two pings
PING_EVERY = 20
#: seconds without a byte from the broker, not even the answer to a ping, after which the connection is dead
DEAD_AFTER = 45
#: pings in a row on which the broker completed no packet, not even the answers, after which the connection is dead: one that
#: sends a byte now and then is no better than one that is silent
MAX_UNANSWERED = 3
#: a longer message is passed over, byte by byte: the largest real one is some 30 kB
MAX_BYTES = 256 * 1024
#: what is longer than that is no message of a car's, and ends the connection
MAX_SKIPPED = 16 * 1024 * 1024
#: bytes that are passed over at once
_PASSED_AT_ONCE = 16 * 1024

#: Where and as whom to listen. user and password: text or None.
Broker = record("Broker", "host port is_tls user password topic")

# what a connection tells its listener
CONNECTED = "connected"
REFUSED = "refused"
NOT_SUBSCRIBED = "not subscribed"
MESSAGE = "message"
TOO_LARGE = "too large"
LOST = "lost"

# CONNACK return codes (chapter 3.2.2.3) that mean: these credentials do not do
BAD_CREDENTIALS = (4, 5)

_CONNECT, _CONNACK, _PUBLISH, _SUBSCRIBE, _SUBACK = 1, 2, 3, 8, 9
_PING_REQUEST = b"\xc0\x00"
_DISCONNECT = b"\xe0\x00"
_SUBACK_FAILURE = 0x80
#: letters of an address; the name of a host has 253 at most
LONGEST_URL = 300
_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}


def parse_url(url):
    """(host, port, is_tls) of ``mqtts://host:port`` or ``mqtt://host:port``. Raises ConfigError."""
    try:
        # a port of very many digits would keep Jython busy
        parts = urlsplit(url if len(url) <= LONGEST_URL else "")
        port = parts.port
    except ValueError:  # the port is no number, or a bracket is missing
        parts, port = urlsplit(""), -1
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == -1 or parts.path.strip("/") or parts.username:
        raise ConfigError("the address of the stream is not understood", "write it as mqtts://host:port or mqtt://host:port")
    return parts.hostname, port or _DEFAULT_PORTS[parts.scheme], parts.scheme == "mqtts"


class Connection(object):
    """One connection from its opening to its end; it never comes back by itself.

    ``hear(connection, event, detail)`` is called on a thread of the connection: CONNECTED (once, after the subscription was
    granted), MESSAGE with (topic, payload bytes), TOO_LARGE when a message was passed over, and as the last one REFUSED
    with the CONNACK code, NOT_SUBSCRIBED, or LOST with a NetworkError. After ``close`` nothing is heard any more.
    While ``hear`` waits with a message nothing more is read, and TCP lets the broker wait.

    Args:
        broker (Broker); client_id (str): unique at the broker; hear: see above.
        wire: an unconnected wire, used by this connection alone.
    """

    def __init__(self, broker, client_id, wire, hear):
        self._broker = broker
        self._client_id = client_id
        self._wire = wire
        self._hear = hear
        self._ended = threading.Event()
        self._packets = 0  # that came, complete
        self._is_telling = False
        self._write_lock = threading.Lock()

    def open(self):
        """Starts connecting; returns at once."""
        _start_thread("bmw-stream", self._run)

    @property
    def is_closed(self):
        """True if nothing is heard any more."""
        return self._ended.is_set()

    def close(self):
        """Ends the connection, whatever it is doing; never waits for it."""
        # somebody who writes just now may be held up by the broker for ever
        if not self._ended.is_set() and self._write_lock.acquire(False):
            self._ended.set()
            try:
                self._wire.write(_DISCONNECT)
            except NetworkError:
                pass  # it was lost already
            finally:
                self._write_lock.release()
        self._ended.set()
        self._wire.close()

    def _run(self):
        try:
            event, detail = self._live()
        except NetworkError as error:
            event, detail = LOST, error
        except:  # noqa: E722 - a Java exception is no Python Exception
            log.debug("The stream's connection ended unexpectedly", exc_info=True)
            event, detail = LOST, NetworkError("The connection ended unexpectedly")
        self._wire.close()
        self._tell(event, detail)
        self._ended.set()

    def _live(self):
        """Connects, subscribes and listens; returns the last event and its detail, or raises NetworkError."""
        broker = self._broker
        self._wire.open(broker.host, broker.port, broker.is_tls, CONNECT_TIMEOUT)
        self._write(connect_packet(self._client_id, broker.user, broker.password))
        code = self._expect(_CONNACK)[1]
        if code != 0:
            return REFUSED, code
        self._write(subscribe_packet(broker.topic))
        if self._expect(_SUBACK)[2] == _SUBACK_FAILURE:
            return NOT_SUBSCRIBED, None
        self._wire.wait_at_most(DEAD_AFTER)
        self._tell(CONNECTED, None)
        _start_thread("bmw-stream-ping", self._ping)
        while True:
            kind, body = self._read()
            if kind >> 4 == _PUBLISH:
                self._tell_message(kind, body)

    def _read(self):
        kind, body = read_packet(self._wire)
        self._packets += 1
        return kind, body

    def _expect(self, wanted):
        """The body of the next packet, which must be of the wanted kind; only messages may come before a SUBACK."""
        kind, body = self._read()
        while wanted == _SUBACK and kind >> 4 == _PUBLISH:
            self._tell_message(kind, body)
            kind, body = self._read()
        if kind >> 4 != wanted or len(body) < (2 if wanted == _CONNACK else 3):
            raise NetworkError("The server does not speak MQTT as it should", "check stream_url")
        return body

    def _ping(self):
        packets, unanswered = self._packets, 0
        while not self._ended.wait(PING_EVERY):
            # while a message waits to be heard nothing is read, which is not the broker's fault
            unanswered = unanswered + 1 if packets == self._packets and not self._is_telling else 0
            packets = self._packets
            try:
                if unanswered >= MAX_UNANSWERED:
                    raise NetworkError("The server does not answer any more")
                self._write(_PING_REQUEST)
            except NetworkError:
                self._wire.close()  # wakes the reader, which tells
                return

    def _write(self, data):
        with self._write_lock:
            self._wire.write(data)

    def _tell_message(self, kind, body):
        self._is_telling = True
        if body is None:
            self._tell(TOO_LARGE, None)
        else:
            self._tell(MESSAGE, parse_publish(kind, body))
        self._is_telling = False

    def _tell(self, event, detail):
        if not self._ended.is_set():
            self._hear(self, event, detail)


def _start_thread(name, target):
    thread = threading.Thread(target=target, name=str(name))
    thread.daemon = True
    thread.start()


# packets


def connect_packet(client_id, user, password):
    """CONNECT with a clean session; user and password may be None."""
    flags = 0x02
    payload = _string(client_id)
    if user is not None:
        flags |= 0x80
        payload += _string(user)
        if password is not None:
            flags |= 0x40
            payload += _string(password)
    head = _string("MQTT") + struct.pack(str("!BBH"), 4, flags, KEEP_ALIVE)
    return _packet(_CONNECT << 4, head + payload)


def subscribe_packet(topic):
    """SUBSCRIBE to one topic filter at QoS 0."""
    return _packet(_SUBSCRIBE << 4 | 0x02, struct.pack(str("!H"), 1) + _string(topic) + b"\x00")


def parse_publish(kind, body):
    """(topic, payload) of a PUBLISH packet."""
    if len(body) < 2:
        raise NetworkError("The server sent a broken message")
    end = 2 + struct.unpack(str("!H"), bytes(body[:2]))[0]
    # a packet id is there for QoS 1 and 2, which we did not ask for
    start = end + (2 if kind & 0x06 else 0)
    if start > len(body):
        raise NetworkError("The server sent a broken message")
    return to_text(bytes(body[2:end])), bytes(body[start:])


def read_packet(wire):
    """(first byte, body as bytearray) of the next packet; None for the body of a message that was passed over."""
    kind = bytearray(wire.read(1))[0]
    length, shift = 0, 0
    while True:
        byte = bytearray(wire.read(1))[0]
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
        shift += 7
        if shift > 21:
            raise NetworkError("The server does not speak MQTT as it should", "check stream_url")
    if length <= MAX_BYTES:
        return kind, bytearray(wire.read(length)) if length else bytearray()
    if kind >> 4 != _PUBLISH or length > MAX_SKIPPED:
        raise NetworkError("The server does not speak MQTT as it should", "check stream_url")
    for passed in range(0, length, _PASSED_AT_ONCE):
        wire.read(min(_PASSED_AT_ONCE, length - passed))
    return kind, None


def _packet(kind, body):
    length, digits = len(body), bytearray()
    while True:
        length, digit = length // 128, length % 128
        digits.append(digit | 0x80 if length else digit)
        if not length:
            break
    return bytes(bytearray([kind]) + digits) + body


def _string(text):
    data = to_bytes(text)
    return struct.pack(str("!H"), len(data)) + data
