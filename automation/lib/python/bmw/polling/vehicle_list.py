"""The cars of one account: the list, their names, the order of polling, and the stored form.

Runs on the account's worker; ``named`` may be called from any thread.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.compat import text_type, upper_first
from bmw.errors import AccessDenied, CloudError, NetworkError, NotFound, Paused, QuotaExceeded, SignInNeeded, TokenRejected
from bmw.pattern import Pattern
from bmw.redact import mask_vin, remember
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading, Vehicle, vehicle_from
from bmw.vehicle.vocabulary import ACCOUNT

log = logging.getLogger("bmw")

#: seconds until the list of cars is requested again, normally and after a server error
LIST_AGAIN = 86400
LIST_AFTER_FAILURE = 6 * 3600
#: number of cars per account, and characters of a car's name
MAX_CARS = 200
MAX_NAME = 40
#: seconds for which it is told that a car is left out or gone
TOLD_FOR = 86400
LEFT_OUT = "{} is left out, as this account is not its primary user: map it to this account as primary user in the BMW portal or app"
GONE = "{} is no longer among the cars of this account: its items show nothing until it is back"
#: seconds until the constant data that BMW did not give are requested again; the key of the time of the request
FACTS_AGAIN = 86400
_UNTOLD = "untold"
#: a car gets its name for good, so BMW is asked so many times for the model; then the name is Car. The key of the number of refusals
NAMELESS_FOR = 3
_REFUSALS = "refusals"
_NOT_IN_NAMES = Pattern(r"[^A-Za-z0-9]+")
#: names that would collide with the account's own items
_RESERVED = frozenset(upper_first(key) for key in ACCOUNT) | frozenset(("gAccount",))


class VehicleList(object):
    """See the module's docstring.

    Attributes:
        vehicles (list of bmw.vehicle.vehicle.Vehicle): the cars that the account can read, in BMW's order.
        left_out (list of str): VINs of the cars in BMW's list that it cannot read.

    Args:
        cloud (bmw.clouds.base.Cloud), clock: those of the account.
    """

    def __init__(self, cloud, clock):
        self._cloud = cloud
        self._clock = clock
        self._names = {}  # VIN -> name
        self._first = None  # VIN
        self._firsts_before = []  # VINs of former first cars, the latest one last
        self._extras = {}  # VIN of a former car -> keys of its extra values, whose items still exist
        self._listed_at = None
        self.left_out = []
        self._told_since = {}  # VIN of a car that is left out or gone -> since when that is told
        self.vehicles = []  # replaced as a whole, never changed, because other threads read it
        self._has_new = False

    def load(self, record, is_same_cloud):
        """Loads the result of ``to_record``, or {}. From another cloud's record only the list of cars and their items."""
        self._names = record.get("names", {})
        self._extras = record.get("extras", {})
        self._listed_at = record.get("listed_at") if is_same_cloud else None
        self.left_out = record.get("left_out", []) if is_same_cloud else []
        self._told_since = record.get("news", {}) if is_same_cloud else {}
        self.vehicles = [vehicle_from(entry) for entry in record.get("vehicles", [])]
        if not is_same_cloud:
            for vehicle in self.vehicles:
                vehicle.forget()
        for vehicle in self.vehicles:
            vehicle.forget_extras(self._cloud.wants_extra)
        self._first = record.get("first") or next((vehicle.vin for vehicle in self.vehicles), None)
        self._firsts_before = list(record.get("firsts_before", []))
        remember(*(list(self._names) + self.left_out))

    def to_record(self):
        """JSON-able form, for the store."""
        return {
            "names": self._names,
            "extras": self._extras,
            "first": self._first,
            "firsts_before": self._firsts_before,
            "listed_at": self._listed_at,
            "left_out": self.left_out,
            "news": self._told_since,
            "vehicles": [vehicle.to_record() for vehicle in self.vehicles],
        }

    def find(self, vin):
        """The car with that VIN, or None."""
        return next((vehicle for vehicle in self.vehicles if vehicle.vin == vin), None)

    def named(self):
        """The cars (list) that have a name; only these have items."""
        return [vehicle for vehicle in self.vehicles if vehicle.name]

    def find_named(self, name):
        """The car with that name, or None."""
        return next((vehicle for vehicle in self.vehicles if vehicle.name == name), None)

    def gone(self):
        """Former cars (list of Vehicle without values) that had items and are no longer in the account."""
        present = set(vehicle.vin for vehicle in self.vehicles)
        return [self._left(vin, name) for vin, name in sorted(self._names.items()) if vin not in present]

    def news(self):
        """Lines (list of text) for the account's status: cars that are left out or gone since a day at most, and what to do."""
        now, lines = self._clock.now(), []
        for vin, since in sorted(self._told_since.items()):
            if 0 <= now - since < TOLD_FOR:
                lines.append((LEFT_OUT if vin in self.left_out else GONE).format(self._names.get(vin) or mask_vin(vin)))
        return lines

    def _left(self, vin, name):
        vehicle = Vehicle(vin, name)
        vehicle.readings = dict((key, Reading(None)) for key in self._extras.get(vin, ()))
        return vehicle

    def is_first(self, vehicle):
        """True for the account's first car. The user's own item names without a car's name belong to it."""
        return vehicle.vin == self._first

    def in_turn(self):
        """The cars (list), the one with the oldest poll first."""
        now = self._clock.now()
        # a time in the future means that the clock was set back
        return sorted(self.vehicles, key=lambda vehicle: vehicle.asked_at if vehicle.asked_at <= now else 0)

    def take_new(self):
        """True if a car was added, got its name or became the first since the last call."""
        has_new, self._has_new = self._has_new, False
        return has_new

    # requests to BMW

    def list_again(self):
        """Lets the next ``refresh_list`` request the list in any case."""
        self._listed_at = None

    def is_list_due(self):
        """True if the next ``refresh_list`` costs a call."""
        return self._listed_at is None or not self.vehicles or not 0 <= self._clock.now() - self._listed_at < LIST_AGAIN

    def refresh_list(self, session):
        """Requests the list of cars once a day. A car that was absent keeps its name and stays the first car. Raises BmwError."""
        if not self.is_list_due():
            return
        now = self._clock.now()
        try:
            found = self._cloud.vehicles(session)
        except (SignInNeeded, TokenRejected, QuotaExceeded, NetworkError):
            raise  # trouble of the account or the network, which reading the cars would have as well
        except CloudError as error:
            if not self.vehicles:
                raise
            if isinstance(error, Paused):
                return
            log.info("The list of cars stays as it was: %s", error.text())
            self._listed_at = now - LIST_AGAIN + LIST_AFTER_FAILURE
            return
        self._take(found)
        self._listed_at = now

    def _take(self, found):
        """Updates the cars from a list (list of bmw.clouds.base.Found): the first car, known cars, new cars."""
        readable, left_out = [], []
        if len(found) > MAX_CARS:
            log.warning("BMW's list has %d cars; only the first %d are used", len(found), MAX_CARS)
        for entry in found[:MAX_CARS]:
            remember(entry.vin)
            (readable if entry.is_readable else left_out).append(entry.vin)
        self._note_news(readable, left_out)
        stay = [vehicle for vehicle in self.vehicles if vehicle.vin in readable]
        self._extras.update((one.vin, sorted(filter(extra.is_key, one.readings))) for one in self.vehicles if one not in stay)
        known = [vehicle.vin for vehicle in stay]
        come = [Vehicle(vin, self._names.get(vin)) for vin in readable if vin not in known]
        if self._first not in readable:
            self._choose_first(readable, [vehicle.vin for vehicle in come if vehicle.vin not in self._names])
        self.vehicles = sorted(stay + come, key=lambda vehicle: vehicle.vin != self._first)
        self._has_new = self._has_new or bool(come)

    def _note_news(self, readable, left_out):
        now = self._clock.now()
        gone = [vehicle.vin for vehicle in self.vehicles if vehicle.vin not in readable + left_out]
        known = dict((vin, since) for vin, since in self._told_since.items() if vin not in readable and 0 <= now - since < TOLD_FOR)
        for vin in gone + [vin for vin in left_out if vin not in self.left_out]:
            known[vin] = now
        # one that was left out and is in the list no more is no news: it never had items
        self._told_since = dict((vin, since) for vin, since in known.items() if vin in left_out or vin in self._names)
        self.left_out = left_out

    def _choose_first(self, readable, new):
        """Chooses the first car, which has the user's own items. If it is absent, a new car or a former first car replaces it."""
        back = [vin for vin in self._firsts_before if vin in readable]
        chosen = (new[:1] or back[-1:] or [None])[0]
        if chosen is None:
            return
        self._firsts_before = [vin for vin in self._firsts_before + [self._first] if vin not in (chosen, None)]
        self._first = chosen
        self._has_new = True

    def fetch_facts(self, session, vehicle):
        """Requests the car's constant data once, and once a day while BMW has none. Raises BmwError."""
        now = self._clock.now()
        waits = not self._may_get_a_better_name(vehicle) and 0 <= now - vehicle.facts.get(_UNTOLD, now) < FACTS_AGAIN
        if vehicle.facts and waits:
            return
        try:
            vehicle.facts = self._cloud.facts(session, vehicle.vin)
        except Paused:
            if not vehicle.facts:
                raise
        except (AccessDenied, NotFound) as error:
            vehicle.facts = {"model": None, _UNTOLD: now, _REFUSALS: vehicle.facts.get(_REFUSALS, 0) + 1}
            log.info("BMW does not describe %s: %s", mask_vin(vehicle.vin), error.text())

    @staticmethod
    def _may_get_a_better_name(vehicle):
        return not vehicle.name and 0 < vehicle.facts.get(_REFUSALS, 0) < NAMELESS_FOR

    def assign_name(self, vehicle):
        """Gives a readable car its permanent name, from its model. Returns True if the name is new and must be saved."""
        if vehicle.name or self._may_get_a_better_name(vehicle):
            return False
        vehicle.name = vehicle_name(vehicle.facts.get("model"), set(self._names.values()))
        self._names[vehicle.vin] = vehicle.name
        self._has_new = True
        return True


def vehicle_name(model, taken):
    """A short name for item names, from the model and not in ``taken``: 'i3 120' -> 'i3', the second one 'i3_2'."""
    words = text_type(model or "").split()
    name = _NOT_IN_NAMES.sub("_", words[0][:MAX_NAME]).strip("_") if words else ""
    name = name or "Car"
    number, unique = 1, name
    while unique in taken or unique in _RESERVED:
        number += 1
        unique = "{}_{}".format(name, number)
    return unique
