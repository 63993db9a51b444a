"""An MQTT client that hears one topic, or only publishes: MQTT 3.1.1, clean session, QoS 0. Runs on CPython and in openHAB.

We wrote it because no library is safe inside openHAB (tried on Jython 2.7.2 and 2.7.4, Java 11):

- paho-mqtt 1.6.1, the last for Python 2.7, sends the password to a broker that shows another host's certificate: Jython's ssl
  module claims to check the host name and does not. It also leaks a thread and about 30 open files per connection.
- The HiveMQ client 1.1.2 of openHAB 3.0 does not check the host name either (1.2.0 does). It is only there if another add-on
  installed it.
- Eclipse Paho for Java is safe, but as a jar on Jython's path its threads do not find their classes inside openHAB.

We need only seven packet types. A wire is a socket with a few methods, see ``bmw.interfaces.Wire``.
Knows nothing of BMW, cars or tokens. Source: OASIS MQTT Version 3.1.1, chapters 2 and 3.
"""

from __future__ import absolute_import, unicode_literals

import binascii
import logging
import os
import struct
import threading

from bmw.compat import to_bytes, to_text
from bmw.errors import ConfigError, NetworkError
from bmw.net import address
from bmw.record import record

log = logging.getLogger("bmw")

#: seconds to connect by TCP and TLS, and to wait for the answer to CONNECT and to SUBSCRIBE
CONNECT_TIMEOUT = 15
#: MQTT keep-alive in seconds; the broker waits 1.5 times as long for our next packet
KEEP_ALIVE = 30
#: seconds between two pings
PING_EVERY = 20
#: the connection is dead after so many seconds without a byte, not even a ping response
DEAD_AFTER = 45
#: the connection is dead after so many pings in a row without a complete packet from the broker; single bytes do not count
MAX_UNANSWERED = 3
#: longer messages are skipped; the largest real one has about 30 kB
MAX_BYTES = 256 * 1024
#: an even longer message cannot be from a car; it ends the connection
MAX_SKIPPED = 16 * 1024 * 1024
#: bytes to skip per read
_SKIP_STEP = 16 * 1024

#: Broker address, credentials and topic. user and password: text or None. topic: the one to hear; None = only publish.
Broker = record("Broker", "host port is_tls user password topic")

# events of a connection
CONNECTED = "connected"
REFUSED = "refused"
NOT_SUBSCRIBED = "not subscribed"
MESSAGE = "message"
TOO_LARGE = "too large"
LOST = "lost"

# CONNACK return codes (chapter 3.2.2.3): bad credentials, not authorized
BAD_CREDENTIALS = (4, 5)

_CONNECT, _CONNACK, _PUBLISH, _SUBSCRIBE, _SUBACK = 1, 2, 3, 8, 9
_PING_REQUEST = b"\xc0\x00"
_DISCONNECT = b"\xe0\x00"
_SUBACK_FAILURE = 0x80
_RETAIN = 0x01
_NO_BROKER = "The server does not answer as an MQTT broker", "check its address in bmw.cfg"
#: characters; a host name has 253 at most
MAX_URL = 300
_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}


def parse_url(url):
    """(host, port, is_tls) of ``mqtts://host:port`` or ``mqtt://host:port``. Raises ConfigError."""
    found = address.split(url) if len(url) <= MAX_URL else None
    if found is None or found.scheme not in _DEFAULT_PORTS or found.path.strip("/"):
        raise ConfigError("the address of the broker is not understood", "write it as mqtts://host:port or mqtt://host:port")
    return found.host, found.port or _DEFAULT_PORTS[found.scheme], found.scheme == "mqtts"


def new_client_id(start):
    """A client id (text) that no other client of the broker has. ``start`` (text) tells a person whose it is."""
    # no uuid, which brings ctypes along while openHAB starts
    return start + to_text(binascii.hexlify(os.urandom(6)))


class Connection(object):
    """One MQTT connection. It does not reconnect by itself.

    It calls ``hear(connection, event, detail)`` on its own threads: CONNECTED (once, after the subscription was granted, if there is one),
    MESSAGE with (topic, payload bytes), TOO_LARGE for a skipped message, and as the last event REFUSED with the CONNACK
    code, NOT_SUBSCRIBED, or LOST with a NetworkError. No event comes after ``close``.
    While ``hear`` blocks, the connection reads nothing, so TCP slows down the broker.

    Args:
        broker (Broker); client_id (str): unique at the broker; hear: see above.
        wire: an unconnected wire, used only by this connection.
        will (topic, payload bytes, or None): a retained message that the broker publishes if the connection ends without ``close``.
        name (str): start of the threads' names.
    """

    def __init__(self, broker, client_id, wire, hear, will=None, name="bmw-stream"):
        self._broker = broker
        self._will = will
        self._name = name
        self._client_id = client_id
        self._wire = wire
        self._hear = hear
        self._ended = threading.Event()
        self._packets = 0  # complete packets received
        self._is_telling = False
        self._write_lock = threading.Lock()

    def open(self):
        """Starts connecting; returns at once."""
        _start_thread(self._name, self._run)

    @property
    def is_closed(self):
        """True if no more events come."""
        return self._ended.is_set()

    def publish(self, topic, payload, is_retained=False):
        """Sends a message (text, bytes), after CONNECTED. Waits while the broker takes nothing. Raises NetworkError."""
        self._write(publish_packet(topic, payload, is_retained))

    def close(self):
        """Ends the connection; never blocks."""
        # a running write may be blocked by the broker, so do not wait for the lock
        if not self._ended.is_set() and self._write_lock.acquire(False):
            self._ended.set()
            try:
                self._wire.write(_DISCONNECT)
            except NetworkError:
                pass  # the connection was lost already
            finally:
                self._write_lock.release()
        self._ended.set()
        self._wire.close()

    def _run(self):
        try:
            event, detail = self._whole_life()
            self._wire.close()
            self._tell(event, detail)
        except:  # noqa: E722 - not even the end could be told, for example for lack of memory
            self._wire.close()  # ``is_closed`` shows it
        finally:
            self._ended.set()

    def _whole_life(self):
        """The last event and its detail. Raises only what cannot be logged either."""
        try:
            return self._live()
        except NetworkError as error:
            return LOST, error
        except:  # noqa: E722 - a Java exception is not a Python Exception
            log.debug("The stream's connection ended unexpectedly", exc_info=True)
            return LOST, NetworkError("The connection ended unexpectedly")

    def _live(self):
        """Connects, subscribes and listens; returns the last event and its detail, or raises NetworkError."""
        broker = self._broker
        self._wire.open(broker.host, broker.port, broker.is_tls, CONNECT_TIMEOUT)
        self._write(connect_packet(self._client_id, broker.user, broker.password, self._will))
        code = self._expect(_CONNACK)[1]
        if code != 0:
            return REFUSED, code
        if broker.topic is not None:
            self._write(subscribe_packet(broker.topic))
            if self._expect(_SUBACK)[2] == _SUBACK_FAILURE:
                return NOT_SUBSCRIBED, None
        self._wire.wait_at_most(DEAD_AFTER)
        self._tell(CONNECTED, None)
        _start_thread(self._name + "-ping", self._ping)
        while True:
            kind, body = self._read()
            if kind >> 4 == _PUBLISH:
                if broker.topic is None:
                    raise NetworkError(*_NO_BROKER)  # we asked for no message, so this could be a flood
                self._tell_message(kind, body)

    def _read(self):
        kind, body = read_packet(self._wire)
        self._packets += 1
        return kind, body

    def _expect(self, wanted):
        """The body of the next packet, which must be of type ``wanted``; only messages may come before a SUBACK."""
        kind, body = self._read()
        while wanted == _SUBACK and kind >> 4 == _PUBLISH:
            self._tell_message(kind, body)
            kind, body = self._read()
        if kind >> 4 != wanted or len(body) < (2 if wanted == _CONNACK else 3):
            raise NetworkError(*_NO_BROKER)
        return body

    def _ping(self):
        packets, unanswered = self._packets, 0
        while not self._ended.wait(PING_EVERY):
            # while `hear` blocks we read nothing, so missing packets are not the broker's fault
            unanswered = unanswered + 1 if packets == self._packets and not self._is_telling else 0
            packets = self._packets
            try:
                if unanswered >= MAX_UNANSWERED:
                    raise NetworkError("The server does not answer any more")
                self._write(_PING_REQUEST)
            except NetworkError:
                self._wire.close()  # wakes the reader, which reports LOST
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


def connect_packet(client_id, user, password, will=None):
    """CONNECT with a clean session; user and password may be None. ``will``: see Connection."""
    flags = 0x02
    payload = _string(client_id)
    if will is not None:
        flags |= 0x24  # retained, QoS 0
        payload += _string(will[0]) + _with_length(will[1])
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


def publish_packet(topic, payload, is_retained=False):
    """PUBLISH at QoS 0."""
    return _packet(_PUBLISH << 4 | (_RETAIN if is_retained else 0), _string(topic) + payload)


def parse_publish(kind, body):
    """(topic, payload) of a PUBLISH packet."""
    if len(body) < 2:
        raise NetworkError("The server sent a broken message")
    end = 2 + struct.unpack(str("!H"), bytes(body[:2]))[0]
    # only QoS 1 and 2 have a packet id; we did not ask for them
    start = end + (2 if kind & 0x06 else 0)
    if start > len(body):
        raise NetworkError("The server sent a broken message")
    return to_text(bytes(body[2:end])), bytes(body[start:])


def read_packet(wire):
    """(first byte, body as bytearray) of the next packet; the body of a skipped message is None."""
    kind = bytearray(wire.read(1))[0]
    length, shift = 0, 0
    while True:
        byte = bytearray(wire.read(1))[0]
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
        shift += 7
        if shift > 21:
            raise NetworkError(*_NO_BROKER)
    if length <= MAX_BYTES:
        return kind, bytearray(wire.read(length)) if length else bytearray()
    if kind >> 4 != _PUBLISH or length > MAX_SKIPPED:
        raise NetworkError(*_NO_BROKER)
    for skipped in range(0, length, _SKIP_STEP):
        wire.read(min(_SKIP_STEP, length - skipped))
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
    return _with_length(to_bytes(text))


def _with_length(data):
    return struct.pack(str("!H"), len(data)) + data
