"""Keeps the log of the cars' charges, and makes its readings: the sums of two months, their cost, and the total.

Runs on the account's worker, and asks BMW nothing. An error is logged once and stops no poll.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import StoreError
from bmw.redact import mask_vin
from bmw.steps import attempt
from bmw.storage import record_names
from bmw.times import CLOCK_IS_SET, month_start

log = logging.getLogger("bmw")

_UNEXPECTED = "The log of charges has an error; the cars are polled all the same"


class ChargingLog(object):
    """See the module's docstring.

    Args:
        parts (bmw.parts.Parts): those of the account.
        saved (bmw.account.saved_state.SavedState): has what the cloud remembers.
        name (str): start of the record names in the store.
    """

    def __init__(self, parts, saved, name):
        self._config = parts.config
        self._cloud = parts.cloud
        self._store = parts.store
        self._clock = parts.clock
        self._outlet = parts.outlet
        self._vehicle_list = parts.vehicle_list
        self._saved = saved
        self._name = name
        self._ledgers = {}  # VIN -> bmw.logbook.ledger.Ledger
        self._told = set()  # errors that were logged
        self._is_closed = False

    def close(self):
        """Writes nothing more: the next instance does."""
        self._is_closed = True

    def look(self, vehicle):
        """Takes what is new into the log. Returns the readings ({key: Reading}) of the log; empty before the history was told."""
        try:
            return self._look(vehicle)
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            attempt(self._tell_unexpected)
            return {}

    def show_all(self):
        """Shows the logs of all cars as they are in their files, for the dashboard. Never raises."""
        for vehicle in self._vehicle_list.named():
            try:
                if self._store.has(record_names.charges(self._name, vehicle.vin)) and not self._is_closed:
                    self._show(vehicle, self._ledger(vehicle).entries())
            except StoreError as error:
                self._tell("The charges of {} are not known: {}".format(_name_of(vehicle), error.text()))
            except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
                attempt(self._tell_unexpected)

    def _show(self, vehicle, entries):
        from bmw.logbook import charges, dashboard

        found = charges.charges_of(entries)
        if found and vehicle.name:
            text = dashboard.charges(found, self._clock.now())
            self._outlet.logbook(vehicle, "chargingLog", text, self._vehicle_list.is_first(vehicle))

    def _look(self, vehicle):
        from bmw.logbook import capacity, charges  # only where they are needed

        told, now = self._cloud.charges(self._saved.memory, vehicle), self._clock.now()
        if told is None or now < CLOCK_IS_SET or self._is_closed:
            return {}
        ledger = self._ledger(vehicle)
        try:
            ledger.entries()
        except StoreError as error:
            self._tell("The charges of {} are not known: {}".format(_name_of(vehicle), error.text()))
            return dict(capacity.readings([], vehicle), **dict.fromkeys(charges.KEYS, charges.UNKNOWN))
        try:
            self._take(vehicle, ledger, told, now)
        except StoreError as error:
            self._tell("The charges of {} cannot be kept: {}".format(_name_of(vehicle), error.text()))
        entries = ledger.entries()
        self._show(vehicle, entries)
        self._cloud.charges_lost(self._saved.memory, vehicle, ledger.damaged or (not charges.charges_of(entries) and "all"))
        found = charges.readings(entries, now, self._config.price is not None)
        found.update(capacity.readings(charges.charges_of(entries), vehicle))
        return found

    def _take(self, vehicle, ledger, told, now):
        from bmw.logbook import charges

        entries, shown = ledger.entries(), vehicle.readings.get(charges.TOTAL)
        changed = charges.with_bmws(entries, told, self._capacity(vehicle))
        if shown is not None and shown.value is not None and shown.value > charges.total_of(entries):
            changed.append(charges.restored(shown.value, now))
        whole = charges.merged(entries, changed)
        changed = charges.merged(changed, charges.with_prices(whole, self._price_of))
        total = charges.total_of(charges.merged(whole, changed))
        ledger.put(charges.stamped(changed, total))
        self._cloud.charges_kept(self._saved.memory, vehicle)
        self._told.clear()

    def _ledger(self, vehicle):
        if vehicle.vin not in self._ledgers:
            from bmw.logbook import charges, ledger

            record = record_names.charges(self._name, vehicle.vin)
            self._ledgers[vehicle.vin] = ledger.Ledger(self._store.path(record), self._store.lock(record), charges.fold)
        return self._ledgers[vehicle.vin]

    def _capacity(self, vehicle):
        """kWh of the car's battery; None if unknown."""
        told = vehicle.readings.get("batteryCapacity")
        return self._config.battery_capacity or (told.value if told is not None else None)

    def _price_of(self, charge):
        """The price of a kWh of a charge that has none yet; None if it is not known any more."""
        from bmw.logbook import charges

        price, now = self._config.price, self._clock.now()
        if price is None or isinstance(price, float):
            return price if charge.start >= month_start(now, 1) else None
        return self._outlet.price(price) if now - charge.end <= charges.PRICE_HOLDS else None

    def _tell(self, text):
        """Writes an error to the log once, until all is well again."""
        if text not in self._told:
            self._told.add(text)
            log.error("%s", text)

    def _tell_unexpected(self):
        if _UNEXPECTED not in self._told:
            self._told.add(_UNEXPECTED)
            log.exception(_UNEXPECTED)


def _name_of(vehicle):
    return vehicle.name or mask_vin(vehicle.vin)
