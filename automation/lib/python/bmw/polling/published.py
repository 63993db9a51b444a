"""Publishes what the cars say for other programs at home, see ``bmw.vehicle.plain_values``. Runs on the account's worker."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.compat import to_bytes
from bmw.told import Told
from bmw.vehicle import plain_values

#: stands for a car's name in relay_values
CAR = "{car}"


class Published(object):
    """See the module's docstring. Does nothing if the settings want no values published.

    Args:
        parts (bmw.parts.Parts): those of the account.
    """

    def __init__(self, parts):
        self._publisher = parts.publisher
        self._topic = parts.config.relay_values if parts.config.data else None
        self._vehicle_list = parts.vehicle_list
        self._told = Told()

    def look(self, vehicle):
        """Publishes what is new. Returns no changed keys (empty set): nothing of the car changes."""
        if self._has_topics(vehicle) and vehicle.name:
            try:
                self._publish(vehicle.name, plain_values.texts(vehicle.readings))
            except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
                self._told.tell(logging.ERROR, "The values of the cars cannot be published", exc_info=True)
        return set()

    def clear(self, vehicle):
        """The car has left the account: nothing of it is known any more. If it was the first one, no other may have followed it."""
        if self._has_topics(vehicle):
            self._publish(vehicle.name, plain_values.texts({}))

    def _has_topics(self, vehicle):
        # without {car} in it, the topic is for one car: values of several must not mix
        return bool(self._topic) and (CAR in self._topic or self._vehicle_list.is_first(vehicle))

    def _publish(self, name, texts):
        for value, text in texts.items():
            self._publisher.keep("{}/{}".format(self._topic.replace(CAR, name), value), to_bytes(text))
