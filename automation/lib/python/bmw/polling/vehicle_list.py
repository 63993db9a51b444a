"""The cars of one account: which there are, what they are called, which waits longest, and what of that is stored.

All work is done on the account's worker; ``named`` may be called from any thread.
"""

from __future__ import absolute_import, unicode_literals

import logging
import re

from bmw.compat import text_type, upper_first
from bmw.errors import AccessDenied, BadAnswer, NotFound, ServerError
from bmw.redact import mask_vin, remember
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading, Vehicle, vehicle_from
from bmw.vehicle.vocabulary import ACCOUNT

log = logging.getLogger("bmw")

#: the list of cars is asked for again after this many seconds, and after these when BMW's server failed at it
LIST_AGAIN = 86400
LIST_AFTER_FAILURE = 6 * 3600
#: cars of an account that are taken over, and letters of a car's name
MAX_CARS = 200
LONGEST_NAME = 40
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")
#: words that are the ends of names of the account's own items
_RESERVED = frozenset(upper_first(key) for key in ACCOUNT) | frozenset(("gAccount",))


class VehicleList(object):
    """See the module's docstring.

    Attributes:
        vehicles (list of bmw.vehicle.vehicle.Vehicle): the cars that the account can read, as BMW lists them.

    Args:
        cloud (bmw.clouds.base.Cloud), clock: those of the account.
    """

    def __init__(self, cloud, clock):
        self._cloud = cloud
        self._clock = clock
        self._names = {}  # VIN -> name
        self._first = None  # VIN
        self._firsts_before = []  # VINs of cars that were the first before, the last one last
        self._extras = {}  # VIN of a car that left -> keys of what it said beyond the vocabulary: their items are still there
        self._listed_at = None
        self.vehicles = []  # replaced as a whole, never changed, as other threads look at it
        self._has_new = False

    def load(self, record, is_same_cloud):
        """Takes over what ``to_record`` gave, or {}; of another cloud only which cars there are and what their items are."""
        self._names = record.get("names", {})
        self._extras = record.get("extras", {})
        self._listed_at = record.get("listed_at") if is_same_cloud else None
        self.vehicles = [vehicle_from(entry) for entry in record.get("vehicles", [])]
        if not is_same_cloud:
            for vehicle in self.vehicles:
                vehicle.forget()
        for vehicle in self.vehicles:
            vehicle.forget_extras(self._cloud.wants_extra)
        self._first = record.get("first") or next((vehicle.vin for vehicle in self.vehicles), None)
        self._firsts_before = list(record.get("firsts_before", []))
        remember(*self._names)

    def to_record(self):
        """JSON-able form, for the store."""
        return {
            "names": self._names,
            "extras": self._extras,
            "first": self._first,
            "firsts_before": self._firsts_before,
            "listed_at": self._listed_at,
            "vehicles": [vehicle.to_record() for vehicle in self.vehicles],
        }

    def find(self, vin):
        """The car with that VIN, or None."""
        return next((vehicle for vehicle in self.vehicles if vehicle.vin == vin), None)

    def named(self):
        """The cars that have a name by now (list): only these have items."""
        return [vehicle for vehicle in self.vehicles if vehicle.name]

    def find_named(self, name):
        """The car of that name, or None."""
        return next((vehicle for vehicle in self.vehicles if vehicle.name == name), None)

    def gone(self):
        """The cars (list of Vehicle, which say nothing any more) that had items and are not in the account now."""
        present = set(vehicle.vin for vehicle in self.vehicles)
        return [self._left(vin, name) for vin, name in sorted(self._names.items()) if vin not in present]

    def _left(self, vin, name):
        vehicle = Vehicle(vin, name)
        vehicle.readings = dict((key, Reading(None)) for key in self._extras.get(vin, ()))
        return vehicle

    def is_first(self, vehicle):
        """True for the account's first car, which the user's own item names without a car's name mean."""
        return vehicle.vin == self._first

    def in_turn(self):
        """The cars (list), that which was not asked for the longest time first."""
        now = self._clock.now()
        # asked in the future: the clock was set back, so it says nothing
        return sorted(self.vehicles, key=lambda vehicle: vehicle.asked_at if vehicle.asked_at <= now else 0)

    def take_new(self):
        """True if a car came, got its name or became the first since this was asked last."""
        has_new, self._has_new = self._has_new, False
        return has_new

    # what BMW is asked

    def list_again(self):
        """Lets the next ``refresh_list`` ask, however long ago the last one was."""
        self._listed_at = None

    def is_list_due(self):
        """True if the next ``refresh_list`` asks BMW, which costs a call."""
        return self._listed_at is None or not self.vehicles or not 0 <= self._clock.now() - self._listed_at < LIST_AGAIN

    def refresh_list(self, session):
        """Asks which cars there are, once a day. A car keeps its name, and the first stays the first, over an absence. Raises BmwError."""
        if not self.is_list_due():
            return
        now = self._clock.now()
        try:
            found = self._cloud.vehicles(session)
        except (ServerError, BadAnswer) as error:
            if not self.vehicles:
                raise
            log.info("The list of cars stays that of before: %s", error.text())
            self._listed_at = now - LIST_AGAIN + LIST_AFTER_FAILURE
            return
        self._take(found)
        self._listed_at = now

    def _take(self, found):
        """Takes over a list of cars (list of bmw.clouds.base.Found): the first one, those that stay, those that come."""
        readable = []
        if len(found) > MAX_CARS:
            log.warning("BMW's list has %d cars; the first %d are taken over", len(found), MAX_CARS)
        for entry in found[:MAX_CARS]:
            remember(entry.vin)
            if entry.is_readable:
                readable.append(entry.vin)
            else:
                log.info("%s is left out: this account is not its primary user", mask_vin(entry.vin))
        stay = [vehicle for vehicle in self.vehicles if vehicle.vin in readable]
        self._extras.update((one.vin, sorted(filter(extra.is_key, one.readings))) for one in self.vehicles if one not in stay)
        known = [vehicle.vin for vehicle in stay]
        come = [Vehicle(vin, self._names.get(vin)) for vin in readable if vin not in known]
        if self._first not in readable:
            self._choose_first(readable, [vehicle.vin for vehicle in come if vehicle.vin not in self._names])
        self.vehicles = sorted(stay + come, key=lambda vehicle: vehicle.vin != self._first)
        self._has_new = self._has_new or bool(come)

    def _choose_first(self, readable, new):
        """The first car's items are the user's: in its absence a car takes its place that was never here, or had it before."""
        back = [vin for vin in self._firsts_before if vin in readable]
        chosen = (new[:1] or back[-1:] or [None])[0]
        if chosen is None:
            return
        self._firsts_before = [vin for vin in self._firsts_before + [self._first] if vin not in (chosen, None)]
        self._first = chosen
        self._has_new = True

    def fetch_facts(self, session, vehicle):
        """Asks BMW for what does not change about a car, once. Raises BmwError."""
        if vehicle.name and vehicle.facts:
            return
        try:
            vehicle.facts = self._cloud.facts(session, vehicle.vin)
        except (AccessDenied, NotFound) as error:
            vehicle.facts = {"model": None}  # asked for and not there, so that it is not asked for again
            log.info("BMW does not describe %s: %s", mask_vin(vehicle.vin), error.text())

    def give_name(self, vehicle):
        """Gives a car that can be read its name, from the model, for ever. True if it had none, so that this must be stored."""
        if vehicle.name:
            return False
        vehicle.name = vehicle_name(vehicle.facts.get("model"), set(self._names.values()))
        self._names[vehicle.vin] = vehicle.name
        self._has_new = True
        return True


def vehicle_name(model, taken):
    """A short item-safe name from a model, not among ``taken``: 'i3 120' -> 'i3', the second one 'i3_2'."""
    words = text_type(model or "").split()
    name = _NOT_IN_NAMES.sub("_", words[0][:LONGEST_NAME]).strip("_") if words else ""
    name = name or "Car"
    number, unique = 1, name
    while unique in taken or unique in _RESERVED:
        number += 1
        unique = "{}_{}".format(name, number)
    return unique
