"""Passes the messages of BMW's stream on to a broker at home, unchanged, because BMW allows one connection per account.

The topics are those of bmw-mqtt-bridge, so that other programs and ``LocalSource`` of another copy of this module understand them:
``bmw/VIN`` for a car's message, ``bmw/status`` (retained) for the connection to BMW. The account's id at BMW (gcid) is not passed on.
"""

from __future__ import absolute_import, unicode_literals

import json
import logging

from bmw.clouds.values import is_vin
from bmw.compat import to_bytes
from bmw.net import mqtt
from bmw.told import Told

#: last level of the topic where the relay tells of itself
STATUS = "status"


def status(topic, is_connected, now=None):
    """(topic, payload) of the message that says whether there is a connection to BMW. ``now``: epoch seconds, None = not known."""
    said = {"connected": is_connected}
    if now is not None:
        said["timestamp"] = int(now)
    return "{}/{}".format(topic, STATUS), to_bytes(json.dumps(said, sort_keys=True))


class Relay(object):
    """See the module's docstring.

    Args:
        publisher (bmw.net.publisher.Publisher); topic (str): start of the topics; clock: see ``bmw.interfaces``.
    """

    def __init__(self, publisher, topic, clock):
        self._publisher = publisher
        self._topic = topic
        self._clock = clock
        self._is_connected = None
        self._told = Told()

    def listening(self, hear, gcid):
        """A ``hear`` for ``bmw.net.mqtt.Connection`` that passes messages on before ``hear`` gets them.

        Args:
            gcid (str): the account's id, user and topic at BMW's broker.
        """

        def both(connection, event, detail):
            if event == mqtt.MESSAGE:
                try:
                    self._pass_on(detail[0], detail[1], gcid)
                except:  # noqa: E722 - a Java exception is not a Python Exception; it must not end BMW's connection
                    self._told.tell(logging.ERROR, "Relay: a message could not be passed on", exc_info=True)
            hear(connection, event, detail)

        return both

    def _pass_on(self, topic, payload, gcid):
        vin = topic.rpartition("/")[2]
        if not is_vin(vin) or vin == gcid:
            return
        secret = to_bytes(gcid)
        if secret in payload:  # as the id of something else in the message, which no program reads
            payload = payload.replace(secret, b"0" * len(secret))
        self._publisher.send("{}/{}".format(self._topic, vin), payload)

    def says(self, is_connected):
        """Tells whether the stream is connected to BMW."""
        if is_connected != self._is_connected:
            self._is_connected = is_connected
            self._publisher.keep(*status(self._topic, is_connected, self._clock.now()))

    def watch(self, on_change):
        """``on_change()`` is called, on any thread, when ``problem`` has changed."""
        self._publisher.watch(on_change)

    @property
    def problem(self):
        """Why it does not work now (text); '' = it works."""
        return self._publisher.problem
