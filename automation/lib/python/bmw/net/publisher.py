"""Publishes to one MQTT broker, such as one at home, and lets nobody wait for it.

A thread of its own connects, sends, and connects again with a back-off. ``send`` and ``keep`` only put something down for it: while the
broker is away, slow or refuses, the oldest messages are dropped. Knows nothing of BMW or cars.
"""

from __future__ import absolute_import, unicode_literals

import logging
import threading

from bmw.errors import NetworkError
from bmw.net import mqtt
from bmw.told import Told

log = logging.getLogger("bmw")

#: limits for the waiting messages and their bytes, and for the topics whose last message is kept
MAX_MESSAGES, MAX_BYTES = 500, 2 * 1024 * 1024
MAX_KEPT = 5000
#: bytes that a message takes beside its own
_BESIDE = 500
#: seconds to connect; shortest and longest back-off after a failure; a connection that lasted so long resets the back-off
CONNECT_WITHIN = 45
FIRST_WAIT, LONGEST_WAIT = 5, 300
STABLE = 60
#: a broker that takes nothing for so many seconds is given up
STUCK = 60
#: a stop waits so many seconds for the last message
STOP_WITHIN = 1

_REFUSED = "The broker refuses the login", "check its user and password in bmw.cfg"
_SILENT = "The broker does not answer", "check the network"


def connector(url, user, password, make_wire, will=None):
    """A ``connect(hear)`` for Publisher, to the broker at ``url``.

    Args:
        make_wire: callable, an unconnected wire. will: see ``bmw.net.mqtt.Connection``.
    """
    # the same for each connection: to the broker the old one is over then, and its will comes before the new one
    client_id = mqtt.new_client_id("openhab-relay-")

    def connect(hear):
        host, port, is_tls = mqtt.parse_url(url)
        broker = mqtt.Broker(host, port, is_tls, user, password, None)
        connection = mqtt.Connection(broker, client_id, make_wire(), hear, will, "bmw-relay")
        connection.open()
        return connection

    return connect


class Publisher(object):
    """See the module's docstring. All methods may be called from any thread, and none of them waits, but ``stop`` for a second.

    Args:
        connect: ``connect(hear)`` -> an opened ``bmw.net.mqtt.Connection``.
        now: callable, seconds of a clock that nobody sets.
        farewell (topic, payload bytes, or None): a retained message to send at the end.

    Attributes:
        problem (str): why it does not work now; '' = it works, or nothing is known yet.
    """

    def __init__(self, connect, now, farewell=None):
        self._connect = connect
        self._now = now
        self._farewell = farewell
        self._condition = threading.Condition()
        self._messages = []  # (topic, payload), the oldest first
        self._bytes = 0
        self._kept = {}  # topic -> payload of its retained message
        self._unsent = set()  # topics of retained messages to send
        self._connection = None  # while it is connected
        self._writing_since = None
        self._is_stopped = False
        self._on_change = lambda: None
        self._told = Told()
        self._sent = self._dropped = 0
        self._thread = threading.Thread(target=self._run, name=str("bmw-relay-out"))
        self._thread.daemon = True
        self.problem = ""

    def watch(self, on_change):
        """``on_change()`` is called from now on, on a thread of this one, when ``problem`` has changed."""
        self._on_change = on_change

    def start(self):
        """Begins to connect."""
        self._thread.start()

    def send(self, topic, payload):
        """Publishes a message (text, bytes). If too many wait, the oldest are dropped."""
        with self._condition:
            self._messages.append((topic, payload))
            self._bytes += len(payload) + _BESIDE
            while len(self._messages) > MAX_MESSAGES or (self._bytes > MAX_BYTES and len(self._messages) > 1):
                self._take_message()
                self._dropped += 1
            self._condition.notify_all()
        self._give_up_if_stuck()

    def keep(self, topic, payload):
        """Publishes a retained message (text, bytes), if it says something new. Empty: the broker forgets the topic."""
        with self._condition:
            if self._kept.get(topic) == payload or (topic not in self._kept and len(self._kept) >= MAX_KEPT):
                return
            self._kept[topic] = payload
            self._unsent.add(topic)
            self._condition.notify_all()
        self._give_up_if_stuck()

    def about(self):
        """A line (text) for the diagnostics report."""
        state = self.problem or ("connected" if self._connection is not None else "not connected yet")
        return "relay: {}; {} messages sent, {} wait, {} dropped".format(state, self._sent, len(self._messages), self._dropped)

    def stop(self):
        """Ends it; waits at most STOP_WITHIN seconds for the farewell."""
        with self._condition:
            self._is_stopped = True
            connection = self._connection
            self._condition.notify_all()
        if connection is not None and self._thread is not threading.current_thread():
            self._thread.join(STOP_WITHIN)
            connection.close()  # also wakes the thread if the broker takes nothing

    def _give_up_if_stuck(self):
        connection, since = self._connection, self._writing_since
        if connection is not None and since is not None and self._now() - since > STUCK:
            connection.close()

    # on the thread

    def _run(self):
        failures = 0
        while not self._is_stopped:
            begin = self._now()
            try:
                self._fail(self._attempt())
            except:  # noqa: E722 - not even the error could be told, for example for lack of memory; the thread must not end
                self._connection = None
            failures = 1 if self._now() - begin > STABLE + CONNECT_WITHIN else failures + 1
            self._pause(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - 1, 10)))

    def _attempt(self):
        """The error that ended one connection; None after ``stop``."""
        try:
            return self._live()
        except NetworkError as error:
            return error
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            log.debug("The relay's connection ended unexpectedly", exc_info=True)
            return NetworkError("The connection ended unexpectedly")

    def _fail(self, error):
        if error is not None and not self._is_stopped:
            self._told.tell(logging.WARNING, "Relay: %s", error.text())
            self._show(error.text())

    def _show(self, problem):
        if self.problem != problem:
            self.problem = problem
            self._on_change()

    def _pause(self, seconds):
        end = self._now() + seconds
        with self._condition:
            while not self._is_stopped and self._now() < end:
                self._condition.wait(max(0.01, end - self._now()))

    def _live(self):
        """One connection from its begin to its end. Returns or raises the error that ended it; None after ``stop``."""
        heard = []
        connection = self._connect(lambda _connection, event, detail: self._hear(heard, event, detail))
        try:
            end = self._now() + CONNECT_WITHIN
            with self._condition:
                while not heard and not self._is_stopped and self._now() < end:
                    self._condition.wait(max(0.01, end - self._now()))
            if not heard or heard[0][0] != mqtt.CONNECTED:
                return _error_of(*heard[0]) if heard else NetworkError(*_SILENT)
            with self._condition:
                self._connection = connection
                self._unsent = set(self._kept)  # the broker may have forgotten them
            self._told.tell(logging.INFO, "Relay: connected")
            self._show("")
            return self._serve(connection, heard)
        finally:
            self._connection = self._writing_since = None
            connection.close()

    def _hear(self, heard, event, detail):
        with self._condition:
            if event != mqtt.MESSAGE:
                heard.append((event, detail))
            self._condition.notify_all()

    def _serve(self, connection, heard):
        while True:
            with self._condition:
                while not (self._is_stopped or connection.is_closed or len(heard) > 1 or self._messages or self._unsent):
                    self._condition.wait(STUCK)
                if self._is_stopped:
                    break
                if len(heard) > 1:
                    return _error_of(*heard[1])
                if connection.is_closed:
                    return NetworkError(*_SILENT)
                topic, payload, is_retained = self._next()
                self._writing_since = self._now()
            connection.publish(topic, payload, is_retained)
            self._writing_since = None
            self._sent += 1
        if self._farewell is not None:
            connection.publish(self._farewell[0], self._farewell[1], True)
        return None

    def _next(self):
        if self._unsent:
            topic = self._unsent.pop()
            return topic, self._kept[topic], True
        topic, payload = self._take_message()
        return topic, payload, False

    def _take_message(self):
        topic, payload = self._messages.pop(0)
        self._bytes -= len(payload) + _BESIDE
        return topic, payload


def _error_of(event, detail):
    if event == mqtt.LOST:
        return detail
    if detail in mqtt.BAD_CREDENTIALS:
        return NetworkError(*_REFUSED)
    return NetworkError("The broker is not available (code {})".format(detail))
