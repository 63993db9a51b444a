"""Keeps up to date where the cars are, seen from home and from the person's own places. See ``bmw.places.where``.

Runs on the account's worker.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.places import globe, where
from bmw.told import Told
from bmw.vehicle.vehicle import Reading

#: seconds between two looks whether home has moved in openHAB's settings
EVERY = 10
NO_HOME = (
    "openHAB does not know its location, so AtHome and DistanceFromHome of the cars stay unknown: set it in openHAB under Settings,"
    " Regional Settings, Location"
)


class Whereabouts(object):
    """See the module's docstring.

    Args:
        parts (bmw.parts.Parts): those of the account.
        home: callable -> (latitude, longitude) of the house, None = unknown; None if there is nobody to ask.
        show: callable (vehicle), calls ``update`` and shows all of the car.
    """

    def __init__(self, parts, home, show):
        self._config = parts.config
        self._worker = parts.worker
        self._vehicle_list = parts.vehicle_list
        self._ask = home
        self._show = show
        self._home = None
        self._told = Told()

    def watch(self):
        """Asks where home is, now and again, because it may move."""
        if self._ask is not None:
            self._home = self._ask_home()
            self._worker.every("home", EVERY, self._look, first=EVERY)

    def update(self, vehicle):
        """Says anew where the car is. Returns the changed keys (set)."""
        found = self._found(vehicle.readings)
        if self._ask is not None and self._home is None and vehicle.readings.get("position", _NOTHING).value is not None:
            self._told.tell(logging.INFO, NO_HOME)
        changed = set(key for key, reading in found.items() if vehicle.readings.get(key, _NOTHING).value != reading.value)
        vehicle.readings.update(found)
        return changed

    def _found(self, known):
        """{key: Reading} of a car; unknown after an error of ours, which must not stop a poll."""
        try:
            return where.readings(known, self._home, self._config.places, self._config.home_radius)
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            self._told.tell(logging.ERROR, "Where the cars are cannot be told", exc_info=True)
            return dict((key, _NOTHING) for key in where.KEYS if key in known)

    def _look(self):
        home = self._ask_home()
        if home == self._home:
            return
        self._home = home
        for vehicle in self._vehicle_list.vehicles:
            # whether it was at the former home says nothing
            vehicle.readings.update((key, _NOTHING) for key in where.KEYS if key in vehicle.readings)
            self._show(vehicle)

    def _ask_home(self):
        """Where home is; None as well if openHAB cannot say it, whatever its trouble is: the poll goes on."""
        try:
            home = self._ask()
            return home if home is not None and globe.is_place(home) else None
        except:  # noqa: E722 - a Java exception is not a Python Exception
            self._told.tell(logging.WARNING, "openHAB's location cannot be read", exc_info=True)
            return None


_NOTHING = Reading(None)
