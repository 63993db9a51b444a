"""What the logs of charges and of trips have in common: a ledger per car, the capacity of its battery, errors that are told once."""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.errors import StoreError
from bmw.redact import mask_vin
from bmw.steps import attempt
from bmw.times import CLOCK_IS_SET
from bmw.told import Told
from bmw.vehicle.plausible import converted


class CarLog(object):
    """Base of both logs. They run on the account's worker, and ask BMW nothing.

    Args:
        parts (bmw.parts.Parts): those of the account.
        name (str): start of the record names in the store.
    """

    #: what is kept, for people; key of the item that has the log for the dashboard
    WHAT = KEY = None

    def __init__(self, parts, name):
        self._config = parts.config
        self._store = parts.store
        self._clock = parts.clock
        self._outlet = parts.outlet
        self._vehicle_list = parts.vehicle_list
        self._name = name
        self._told = Told()
        self._is_closed = False

    def close(self):
        """Writes nothing more: the next instance does."""
        self._is_closed = True

    def _is_ready(self):
        return not self._is_closed and self._clock.now() >= CLOCK_IS_SET

    def _open(self, record, fold=None):
        """The Ledger (bmw.logbook.ledger) of a record."""
        from bmw.logbook import ledger  # only where it is needed

        return ledger.Ledger(self._store.path(record), self._store.lock(record), fold)

    def _show_text(self, vehicle, text, key=None):
        """Shows the log for the dashboard (text of ``bmw.logbook.dashboard``)."""
        self._outlet.logbook(vehicle, key or self.KEY, text, self._vehicle_list.is_first(vehicle))

    def _capacity(self, vehicle):
        """kWh of the car's battery; None if unknown."""
        told = vehicle.readings.get("batteryCapacity")
        known = converted(told.value, told.unit, "kWh") if told is not None and told.value else None
        return self._config.battery_capacity or known

    def _safely(self, look, vehicle, otherwise):
        """What ``look(vehicle)`` returns; ``otherwise`` after an error, which is logged once and stops no poll."""
        try:
            return look(vehicle)
        except StoreError as error:
            self._tell_store(vehicle, "cannot be kept", error)
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            attempt(self._tell_unexpected)
        return otherwise

    def _tell_store(self, vehicle, problem, error):
        name = vehicle.name or mask_vin(vehicle.vin)
        self._told.tell(logging.ERROR, "The %s of %s %s: %s", self.WHAT, name, problem, error.text())

    def _tell_unexpected(self):
        line = "The log of {} has an error; the cars are polled all the same".format(self.WHAT)
        self._told.tell(logging.ERROR, line, exc_info=True)
