"""Passes the stream's messages to the cars. A burst of messages is posted once per car.

Connects the stream with the service; runs on the account's worker. A message that cannot be used causes one log line at most.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw import times
from bmw.clouds.cardata import descriptors as cardata_descriptors
from bmw.clouds.cardata import entries as cardata_entries
from bmw.clouds.cardata.silence import Silence
from bmw.clouds.cardata.stream import URL, BmwSource, LocalSource, Stream
from bmw.clouds.values import is_vin
from bmw.errors import BadAnswer
from bmw.net import address, mqtt
from bmw.net.http import LOOPBACK
from bmw.redact import mask_vin
from bmw.told import Told

log = logging.getLogger("bmw")

#: seconds in which messages are collected before items are posted
BURST = 0.15
#: after so many posts within so many seconds, which no car needs, they come at this distance: openHAB has others to serve
MANY_POSTS, MANY_WITHIN, CALM = 60, 30, 0.5
#: different problems of a stream to log; a broken stream could bring ever new ones
MAX_NAMED = 50
#: after so many seconds of silence the stream no longer counts as live for a car: driving or charging, and any other car
ACTIVE_SILENT = 900
SILENT = 86400
#: after a gap of so many seconds the cars are polled, because BMW stores no messages for us (cardata.md section 3)
GAP = 300
#: cars to name in one line
MAX_CARS_NAMED = 3
_NOT_STARTED = "not started"
#: only hosts below this domain get the token
BMW_DOMAIN = ".bmwgroup.com"
#: topic at a local broker, as used by bmw-mqtt-bridge
LOCAL_TOPIC = "bmw/+"


def build(config, account, service, outlet, clock, worker, make_wire, extras=None, publisher=None):
    """The Live of an account, or None if its settings use no stream.

    Args:
        make_wire: callable, an unconnected wire (``bmw.net.socket_wire.SocketWire``, ``bmw.openhab.mqtt.JvmWire``).
        extras: see Live.
        publisher (bmw.net.publisher.Publisher or None): gets BMW's messages for other programs.
    """
    if config.stream != "on":
        return None
    relay = None
    # what came from a broker at home is not passed on: it could be the same broker, and each message would go round for ever
    if publisher is not None and not is_at_home(config):
        from bmw.clouds.cardata.relay import Relay  # not at the top, as few users need it

        relay = Relay(publisher, config.relay_topic, clock)

    def connect(broker, hear):
        if relay is not None:
            hear = relay.listening(hear, broker.user)
        connection = mqtt.Connection(broker, mqtt.new_client_id("openhab-"), make_wire(), hear)
        connection.open()
        return connection

    return Live(source_of(config, account), connect, service, outlet, clock, worker, extras, relay)


def is_at_home(config):
    """True if a local broker forwards the messages. It gets neither BMW's token nor the account's id."""
    if config.stream_topic or config.stream_user:
        return True
    if not config.stream_url:
        return False
    host, _port, is_tls = mqtt.parse_url(config.stream_url)
    return not (is_tls and _is_bmws(host, config))


def _is_bmws(host, config):
    # on this machine only where the sign-in is here as well: a simulated cloud, which has the token anyway
    sign_in = address.split(config.auth_url)
    is_simulated = host in LOOPBACK and sign_in is not None and sign_in.host in LOOPBACK
    return host.endswith(BMW_DOMAIN) or is_simulated


def source_of(config, account):
    """The source of the messages by the settings: BMW, or a local broker that forwards them."""
    url = config.stream_url or URL
    if is_at_home(config):  # the token is for BMW only, and is never sent without TLS
        return LocalSource(url, config.stream_topic or LOCAL_TOPIC, config.stream_user, config.stream_password)
    return BmwSource(account, url)


class Live(object):
    """An account's stream, for the service.

    Args:
        source, connect, clock, worker: for ``bmw.clouds.cardata.stream.Stream``.
        service: ``memory()``, ``vehicle(vin)``, ``take(vehicle, readings)`` and ``catch_up()``.
        outlet: ``account(key, value)``.
        extras (bmw.clouds.cardata.extra.Extras or None): the wanted extra values.
        relay (bmw.clouds.cardata.relay.Relay or None): is told whether the stream is connected; its problem is shown beside the state.
    """

    def __init__(self, source, connect, service, outlet, clock, worker, extras=None, relay=None):
        self._extras = extras
        self._relay = relay
        self._service = service
        self._outlet = outlet
        self._clock = clock
        self._worker = worker
        self._changed = {}  # vin -> descriptors to be posted
        self._told = Told(MAX_NAMED)
        self._errors = Told()
        self._posted = []  # times of the last posts, by the worker's clock
        self._heard_at = {}  # vin -> time of its last message
        self._was_connected = False
        self._lost_at = None
        self._silence = Silence()
        self._choose_again = source.CHOOSE_AGAIN
        self._line = _NOT_STARTED
        self._made_at = clock.now()
        self._messages = 0
        self._message_at = None
        self._stream = Stream(source, connect, self.receive, self._show, clock, worker)
        if relay is not None:
            relay.watch(lambda: worker.later("relay state", 0, self._show_state))

    def start(self):
        """Connects if not connected. Runs on the worker."""
        self._stream.start()

    def hurry(self):
        """Connects without waiting, after a sign-in. Runs on the worker."""
        self._stream.hurry()

    def stop(self):
        """Ends the connection, after the worker was stopped."""
        self._stream.stop()

    def hears(self, vehicle):
        """True if the stream is live for a car: it is connected, and the car has sent a message recently."""
        heard_at = self._heard_at.get(vehicle.vin)
        if heard_at is None or not self._stream.is_live or vehicle.vin in self._silence.silent:
            return False
        return 0 <= self._clock.now() - heard_at < (ACTIVE_SILENT if vehicle.is_active else SILENT)

    def polled(self, vehicles):
        """A poll of these cars (list of bmw.vehicle.vehicle.Vehicle) has ended: says whether it brought what the stream should have."""
        if not self._stream.is_live:
            return
        known = self._service.memory().get("telematic", {})
        # a list, because each car must be looked at
        if any([self._silence.polled(vehicle.vin, known.get(vehicle.vin, {})) for vehicle in vehicles]):
            self._tell_silent()

    def about(self, now):
        """Lines (list of text) about the stream for the diagnostics report."""
        counted = "{} connections and {} messages in the {} since the start".format(
            self._stream.connections, self._messages, times.span(now - self._made_at)
        )
        return ["stream: {}; {}; last message {}".format(self._line, counted, times.distance(self._message_at, now))]

    def receive(self, payload):
        """Processes a message (bytes). Changes are posted BURST seconds after the first message of a burst. Never raises."""
        try:
            self._receive(payload)
        except:  # noqa: E722 - a Java exception is not a Python Exception
            self._tell_unexpected("a message")

    def _receive(self, payload):
        self._messages += 1
        self._message_at = self._clock.now()
        try:
            vin, entries = cardata_entries.parse_message(payload)
        except BadAnswer as error:
            self._told.tell(logging.WARNING, "%s; it is ignored, as all further ones of that kind", error.text(), what="bad message")
            return
        if self._service.vehicle(vin) is None:
            # not remembered as a secret: a hostile sender could push out real secrets, and hide ordinary words
            known_by = mask_vin(vin) if is_vin(vin) else "a car without a VIN"
            line = "The stream speaks of %s, which this account does not read; it is ignored"
            self._told.tell(logging.WARNING, line, known_by, what=vin[-4:])
            return
        self._heard_at[vin] = self._clock.now()
        known = self._service.memory().setdefault("telematic", {}).setdefault(vin, {})
        self._changed.setdefault(vin, set()).update(cardata_entries.merge(known, entries, self._clock.now(), self._extras))
        if self._silence.heard(vin, [name for name in entries if name in known]):
            self._tell_silent()
        self._worker.later_unless_waiting("stream post", self._pause(), self._post)

    def _pause(self):
        is_busy = len(self._posted) == MANY_POSTS and self._worker.now() - self._posted[0] < MANY_WITHIN
        return CALM if is_busy else BURST

    def _post(self):
        # one car at a time, so that an error with one does not affect the others
        vin, descriptors = self._changed.popitem()
        if self._changed:
            self._worker.later("stream post", 0, self._post)
        self._posted = (self._posted + [self._worker.now()])[-MANY_POSTS:]
        try:
            self._show_car(self._service.vehicle(vin), vin, descriptors)
        except:  # noqa: E722 - a Java exception is not a Python Exception
            self._tell_unexpected("what a car said")

    def _show_car(self, vehicle, vin, descriptors):
        if vehicle is not None and descriptors:
            known = self._service.memory().get("telematic", {}).get(vin, {})
            self._service.take(vehicle, cardata_descriptors.translate(known, descriptors, vehicle.facts, self._extras))
        self._outlet.account("lastMessage", self._clock.now())

    def _tell_silent(self):
        cars = [self._service.vehicle(vin) for vin in sorted(self._silence.silent)]
        names = [vehicle.name for vehicle in cars if vehicle is not None and vehicle.name]
        more = len(names) - MAX_CARS_NAMED
        listed = ", ".join(names[:MAX_CARS_NAMED]) + (" and {} more".format(more) if more > 0 else "")
        self._stream.remark("polls bring news of {} that the stream does not: {}".format(listed, self._choose_again) if names else "")

    def _show(self, word, text):
        self._note_gap(word)
        line = "{}: {}".format(word, text) if text else word
        self._line = line
        self._show_state()
        is_fine = word in ("CONNECTED", "CONNECTING") and not self._silence.silent
        log.log(logging.INFO if is_fine else logging.WARNING, "Stream: %s", line)
        if self._relay is not None:
            self._relay.says(word == "CONNECTED")

    def _show_state(self):
        """Shows the stream's state, and beside it why the relay does not work; that is logged by the relay."""
        line, problem = self._line, self._relay.problem if self._relay is not None else ""
        if line == _NOT_STARTED:
            return
        if problem:
            line += "{} the relay does not work: {}".format(";" if ":" in line else ":", problem)
        self._outlet.account("streamState", line)

    def _note_gap(self, word):
        """Handles a gap. The hourly token swap does not count as one; the next poll brings what it missed."""
        now = self._clock.now()
        if word != "CONNECTED":
            self._silence.interrupted()
            self._lost_at = now if self._lost_at is None and self._was_connected else self._lost_at
        elif self._lost_at is not None:
            gap, self._lost_at = now - self._lost_at, None
            if not 0 <= gap < GAP:
                self._worker.later("catch up", 0, self._service.catch_up)
        self._was_connected = self._was_connected or word == "CONNECTED"

    def _tell_unexpected(self, what):
        line = "Unexpected error at %s of the stream, which is left out, as all further ones"
        self._errors.tell(logging.ERROR, line, what, exc_info=True)
