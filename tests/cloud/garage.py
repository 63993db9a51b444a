"""Accounts and their cars: who owns which car, in which role, and who wants to hear of changes.

It must not know HTTP or any wire format; the one place where it speaks CarData is the hook for a stream.
"""

import threading
import uuid

from . import descriptors
from .car import KINDS, Car
from .errors import CloudError

HOME_CLIENT_ID = "5f0c2a9e-71b4-4d3a-9c58-0a6be1d7c4f2"
HOME_USER = "home@example.org"
HOME_PASSWORD = "Simulated-password-1"
HOME_SECURITY_ANSWER = "Rosinante"
ALL_SCOPES = ("authenticate_user", "openid", "cardata:api:read", "cardata:streaming:read")

# VIN prefix by kind; TEST and a number follow, so that it cannot be a real car's VIN.
VIN_PREFIX = {
    "i3": "WBY8P0",
    "i3_rex": "WBY8P4",
    "i4": "WBY71A",
    "ix1": "WBX41E",
    "ix3": "WBX71H",
    "phev": "WBA5P3",
    "combustion": "WBA5F3",
}

# fleet -> (account, kind, mapping, fields) of its cars
FLEETS = {
    "none": [],
    "i3": [("home", "i3", "PRIMARY", {})],
    "all": [
        ("home", "i3", "PRIMARY", {}),
        ("home", "i3_rex", "PRIMARY", {}),
        ("home", "ix1", "PRIMARY", {}),
        ("home", "phev", "PRIMARY", {}),
        ("home", "combustion", "PRIMARY", {}),
        ("home", "i4", "PRIMARY", {"steering": "RL", "distance_unit": "mi", "country": "GB"}),
        ("home", "i3", "SECONDARY", {}),
        ("second", "i4", "PRIMARY", {}),
    ],
}
MAPPINGS = ("PRIMARY", "SECONDARY")


class Account:
    """A BMW customer. `client_id` is None after the owner deleted the CarData client in the portal."""

    def __init__(self, name, client_id):
        self.name = name
        self.client_id = client_id
        # The account 'home' gets HOME_USER and HOME_PASSWORD; other accounts follow this pattern.
        self.username = "%s@example.org" % name
        self.password = HOME_PASSWORD if name == "home" else "Simulated-password-%s" % name
        self.security_answer = HOME_SECURITY_ANSWER
        self.gcid = str(uuid.uuid4())
        self.subscribed_scopes = list(ALL_SCOPES)
        self.mappings = {}


class Garage:
    def __init__(self, clock, options):
        self.lock = threading.RLock()
        self._clock = clock
        self._options = options
        self._accounts = {}
        self._cars = {}
        self._listeners = []
        self._vin_number = 0
        self.vins_ever = []
        self.add_account("home", HOME_CLIENT_ID)

    def fill(self, fleet):
        if fleet not in FLEETS:
            raise CloudError("unknown fleet %r; there are %s" % (fleet, ", ".join(sorted(FLEETS))))
        for account, kind, mapping, fields in FLEETS[fleet]:
            if account not in self._accounts:
                self.add_account(account)
            self.add_car(kind, account, mapping, **fields)

    # Accounts

    def add_account(self, name, client_id=None):
        with self.lock:
            if name in self._accounts:
                raise CloudError("the account %r exists already" % name)
            self._accounts[name] = Account(name, client_id or str(uuid.uuid4()))
            return self._accounts[name]

    def new_client(self, name, client_id=None):
        with self.lock:
            account = self.account(name)
            account.client_id = client_id or str(uuid.uuid4())
            return account.client_id

    def account(self, name):
        if name not in self._accounts:
            raise CloudError("unknown account %r; there are %s" % (name, ", ".join(sorted(self._accounts))))
        return self._accounts[name]

    def accounts(self):
        with self.lock:
            return list(self._accounts.values())

    def account_of_client(self, client_id):
        with self.lock:
            return next((one for one in self._accounts.values() if one.client_id == client_id), None)

    # Cars

    def add_car(self, kind, account="home", mapping="PRIMARY", vin=None, **fields):
        if kind not in KINDS:
            raise CloudError("unknown kind of car %r; there are %s" % (kind, ", ".join(sorted(KINDS))))
        if mapping not in MAPPINGS:
            raise CloudError("mapping is one of %s" % ", ".join(MAPPINGS))
        with self.lock:
            owner = self.account(account)
            self._vin_number += 1
            vin = vin or "%sTEST%07d" % (VIN_PREFIX[kind], self._vin_number)
            car = Car(vin, kind, self._clock.now(), **fields)
            self._cars[vin] = car
            self.vins_ever.append(vin)
            owner.mappings[vin] = {"mappingType": mapping, "mappedSince": self._clock.now() - 400 * 86400}
            return vin

    def remove_car(self, vin):
        """The car is sold: remove it from all accounts."""
        with self.lock:
            self.car(vin)
            del self._cars[vin]
            for account in self._accounts.values():
                account.mappings.pop(vin, None)

    def car(self, vin):
        if vin not in self._cars:
            raise CloudError("there is no car with this VIN in the garage")
        return self._cars[vin]

    def vins(self):
        with self.lock:
            return list(self._cars)

    def set_car(self, vin, fields, at=None):
        """The car sends `fields`, now or with the time `at` (for late reports and reports out of order)."""
        with self.lock:
            car = self.car(vin)
            car.set(fields, self._clock.now() if at is None else at)
            style = descriptors.PLAIN._replace(utc_offset=self._options.utc_offset)
            entries = descriptors.stream_entries(car, fields, style) if self._listeners else {}
            listeners = list(self._listeners)
        # without the lock: a listener may be slow or read the car
        for listener in listeners:
            if entries:
                listener(vin, entries)

    def on_change(self, callback):
        """Calls `callback(vin, {descriptor: entry})` for each report, with the stream's JSON types."""
        self._listeners.append(callback)
