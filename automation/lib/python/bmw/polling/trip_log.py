"""Keeps the log of the cars' trips, and shows what was learned from them. See ``bmw.logbook.trips`` and ``real_use``.

Runs on the account's worker, and asks BMW nothing. An error is logged once and stops no poll.
"""

from __future__ import absolute_import, unicode_literals

from bmw.polling.car_log import CarLog
from bmw.storage import record_names

#: entries that are looked at after each trip: more than anything is learned from
LATEST = 400
#: entries that wait while the disk takes nothing
MAX_WAITING = 100


class TripLog(CarLog):
    """See the module's docstring, and ``bmw.polling.car_log``."""

    WHAT, KEY = "trips", "tripLog"

    def __init__(self, parts, name):
        super(TripLog, self).__init__(parts, name)
        self._books = {}  # VIN -> _Book

    def look(self, vehicle):
        """Takes what the car says into the log. Returns the changed keys (set) of what was learned."""
        return self._safely(self._look, vehicle, set())

    def _look(self, vehicle):
        now = self._clock.now()
        if "odometer" not in vehicle.readings or not self._config.data or not self._is_ready():
            return set()
        from bmw.logbook import real_use  # only where it is needed

        book, capacity = self._book(vehicle), self._capacity(vehicle)
        try:
            book.look(vehicle.readings, now, capacity)
        finally:
            found = real_use.readings(book.use, vehicle, capacity)
            changed = set(key for key, reading in found.items() if vehicle.readings.get(key) != reading)
            vehicle.readings.update(found)
            self._show(vehicle, book, now)
        self._told.forget()
        return changed

    def _show(self, vehicle, book, now):
        """Shows the log for the dashboard, if it is new. A new car is shown when it has its name."""
        if book.trips and not book.is_shown and vehicle.name:
            from bmw.logbook import dashboard

            self._show_text(vehicle, dashboard.trips(book.trips, now, book.older))
            book.is_shown = True

    def _book(self, vehicle):
        """The _Book of a car. Raises StoreError: it cannot be read."""
        if vehicle.vin not in self._books:
            self._books[vehicle.vin] = _Book(self._open(record_names.trips(self._name, vehicle.vin)))
        return self._books[vehicle.vin]


class _Book(object):
    """The log of one car, and where its trip under way stands.

    Args:
        ledger (bmw.logbook.ledger.Ledger).

    Attributes:
        use: what was learned, see ``bmw.logbook.real_use.learned``.
        trips (list of bmw.logbook.trips.Trip): the latest. is_shown (bool): the dashboard has them.
        older (float or None): start of the newest trip that is not among them.
    """

    def __init__(self, ledger):
        from bmw.logbook import trips

        self._ledger = ledger
        self._log = trips
        self._state = trips.new_state(self._latest())
        self._waiting = []  # entries that are not in the file yet
        self._learn()

    def _learn(self):
        from bmw.logbook import real_use

        self.trips = self._log.trips_of(self._latest())
        older = self._log.trips_of(self._ledger.entries()[-LATEST - 1 : -LATEST])
        self.older = older[0].start if older else None
        self.use = real_use.learned(self.trips)
        self.is_shown = False

    def _latest(self):
        """The entries (list) that still matter: looking at years of them takes Jython a second."""
        entries = self._ledger.entries()
        return [entry for entry in entries[:-LATEST] if entry["id"] == self._log.OPEN] + entries[-LATEST:]

    def look(self, readings, now, capacity):
        """Goes on with what a car says. Raises StoreError: its entries wait until the file takes them."""
        state, entry = self._log.look(self._state, readings, now, capacity)
        if entry is not None:
            self._waiting.append(entry)
        if self._log.is_under_way(state) != self._log.is_under_way(self._state):
            self._waiting.append(self._log.open_entry(state))
        self._state = state
        del self._waiting[:-MAX_WAITING]
        if self._waiting:
            self._ledger.put(self._waiting)
            self._waiting = []
            self._learn()
