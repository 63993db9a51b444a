"""Keeps the log of the cars' charges, and makes its readings: the sums of two months, their cost, and the total.

It is made of BMW's history and of what the cars say themselves. Runs on the account's worker, and asks BMW nothing. An error is logged
once and stops no poll.
"""

from __future__ import absolute_import, unicode_literals

from bmw.errors import StoreError
from bmw.polling.car_log import CarLog
from bmw.storage import record_names
from bmw.times import month_start

#: charges that wait while the disk takes nothing
MAX_WAITING = 100
#: seconds between two looks at the curve of a running charge
CURVE_EVERY = 60


class ChargingLog(CarLog):
    """See the module's docstring, and ``bmw.polling.car_log``.

    Args:
        saved (bmw.account.saved_state.SavedState): has what the cloud remembers.
    """

    WHAT, KEY = "charges", "chargingLog"

    def __init__(self, parts, saved, name):
        super(ChargingLog, self).__init__(parts, name)
        self._cloud = parts.cloud
        self._saved = saved
        self._books = {}  # VIN -> _Book

    def look(self, vehicle):
        """Takes what BMW's history tells into the log.

        Returns the readings ({key: Reading}) of the log; empty before the history was told, if there is no charge either.
        """
        self.observe(vehicle)  # a charge may end as time passes
        return self._safely(self._look, vehicle, {})

    def observe(self, vehicle):
        """Takes what the car itself says into the log. Returns the changed keys (set) of the log's readings."""
        return self._safely(self._observe, vehicle, set())

    def show_all(self):
        """Shows the logs of all cars as they are in their files, for the dashboard. Never raises."""
        for vehicle in self._vehicle_list.named():
            self._safely(self._show_kept, vehicle, None)

    def _show_kept(self, vehicle):
        if self._store.has(record_names.charges(self._name, vehicle.vin)) and not self._is_closed:
            try:
                self._show(vehicle, self._book(vehicle).ledger.entries())
            except StoreError as error:
                self._tell_store(vehicle, "are not known", error)

    def _show(self, vehicle, entries):
        from bmw.logbook import charges, dashboard

        found = charges.charges_of(entries)
        if found and vehicle.name:
            self._show_text(vehicle, dashboard.charges(found, self._clock.now()))
            self._show_last(vehicle, found)

    def _show_last(self, vehicle, found):
        """Shows the course of the last charge (of a list) that has one, unless that of a running one is known."""
        from bmw.logbook import course

        running = self._book(vehicle).running_curve()
        if running is None or not course.has_line(running):
            told = (course.drawn_of(charge) for charge in reversed(found) if charge.curve or charge.levels)
            self._show_curve(vehicle, next((drawn for drawn in told if course.has_line(drawn)), None))

    def _show_curve(self, vehicle, drawn):
        """Shows the course of a charge (bmw.logbook.course.Drawn or None) on the dashboard; nothing if it was not told."""
        from bmw.logbook import course, dashboard

        if drawn is not None and course.has_line(drawn) and vehicle.name:
            self._show_text(vehicle, dashboard.curve(drawn), "chargingCurve")

    def _show_running(self, vehicle, book):
        """The same of the running charge, now and then: each point is a new state of the item."""
        now = self._clock.now()
        if book.is_running and not 0 <= now - book.curve_shown < CURVE_EVERY:
            book.curve_shown = now
            self._show_curve(vehicle, book.running_curve())

    def _look(self, vehicle):
        from bmw.logbook import capacity, charges  # only where they are needed

        told = self._cloud.charges(self._saved.memory, vehicle)
        if not self._is_ready() or (told is None and vehicle.vin not in self._books):
            return {}
        try:
            book = self._book(vehicle)
        except StoreError as error:
            self._tell_store(vehicle, "are not known", error)
            return dict(capacity.readings([], vehicle), **dict.fromkeys(charges.KEYS, charges.UNKNOWN))
        try:
            self._take(vehicle, book, told or ())
            if told:
                self._cloud.charges_kept(self._saved.memory, vehicle)
        except StoreError as error:
            self._tell_store(vehicle, "cannot be kept", error)
        entries = book.ledger.entries()
        self._show(vehicle, entries)
        if told is None:
            return self._readings(vehicle, entries) if charges.charges_of(entries) else {}
        has_bmws = any(charges.BMW in entry for entry in entries)
        self._cloud.charges_lost(self._saved.memory, vehicle, book.ledger.damaged or (not has_bmws and "all"))
        return self._readings(vehicle, entries)

    def _observe(self, vehicle):
        from bmw.logbook import charges, observation

        if not (self._config.data and self._is_ready() and observation.is_told(vehicle.readings)):
            return set()
        try:
            book = self._book(vehicle)
        except StoreError as error:
            self._tell_store(vehicle, "are not known", error)
            return set()
        has_news = book.look(vehicle.readings, self._clock.now(), self._capacity(vehicle))
        self._show_running(vehicle, book)
        if not has_news:
            return set()
        if not book.waiting:  # one has begun
            book.put([])
            return set()
        self._take(vehicle, book, ())
        entries = book.ledger.entries()
        self._show(vehicle, entries)
        found = self._readings(vehicle, entries)
        changed = set(key for key, reading in found.items() if vehicle.readings.get(key, charges.UNKNOWN).value != reading.value)
        vehicle.readings.update(found)
        return changed

    def _readings(self, vehicle, entries):
        from bmw.logbook import capacity, charges

        found = charges.readings(entries, self._clock.now(), self._config.price is not None)
        found.update(capacity.readings(charges.charges_of(entries), vehicle))
        return dict((key, reading) for key, reading in found.items() if key not in self._cloud.TOLD_SUMS)

    def _take(self, vehicle, book, told):
        """Adds BMW's charges (list) and those that wait to the file. Raises StoreError: they wait on."""
        from bmw.logbook import charges

        entries, shown = book.ledger.entries(), vehicle.readings.get(charges.TOTAL)
        changed = []
        for own in book.waiting:
            changed = charges.merged(changed, [charges.with_own(charges.merged(entries, changed), own)])
        changed = charges.merged(changed, charges.with_bmws(charges.merged(entries, changed), told, self._capacity(vehicle)))
        if shown is not None and shown.value is not None and shown.value > charges.total_of(entries):
            changed.append(charges.restored(shown.value, self._clock.now()))
        whole = charges.merged(entries, changed)
        changed = charges.merged(changed, charges.with_prices(whole, self._price_of))
        total = charges.total_of(charges.merged(whole, changed))
        book.put(charges.stamped(changed, total))
        self._told.forget()

    def _book(self, vehicle):
        """The _Book of a car. Raises StoreError: it cannot be read."""
        if vehicle.vin not in self._books:
            from bmw.logbook import charges

            self._books[vehicle.vin] = _Book(self._open(record_names.charges(self._name, vehicle.vin), charges.fold))
        return self._books[vehicle.vin]

    def _price_of(self, charge):
        """The price of a kWh of a charge that has none yet; None if it is not known any more."""
        from bmw.logbook import charges

        price, now = self._config.price, self._clock.now()
        if price is None or isinstance(price, float):
            return price if charge.start >= month_start(now, 1) else None
        return self._outlet.price(price) if now - charge.end <= charges.PRICE_HOLDS else None


class _Book(object):
    """The log of one car, and what it says of the charge that is running.

    Args:
        ledger (bmw.logbook.ledger.Ledger). Raises StoreError: it cannot be read.

    Attributes:
        waiting (list of dict): charges that the car told and that are not in the file yet.
        curve_shown (float): when the curve of the running charge was shown last.
    """

    def __init__(self, ledger):
        from bmw.logbook import observation

        self.ledger = ledger
        self.waiting = []
        self.curve_shown = float("-inf")
        self._watch = observation.Watch(ledger.entries())
        self.running_curve = self._watch.running_curve
        self._is_open = self._watch.is_running  # as the file has it

    @property
    def is_running(self):
        return self._watch.is_running

    def look(self, readings, now, capacity):
        """Goes on with what the car says. Returns True if there is something to write."""
        self.waiting = (self.waiting + self._watch.look(readings, now, capacity))[-MAX_WAITING:]
        return bool(self.waiting) or self._is_open != self._watch.is_running

    def put(self, entries):
        """Writes entries, and whether a charge is running. Raises StoreError."""
        is_open = self._watch.is_running
        self.ledger.put(entries + ([self._watch.open_entry()] if is_open or self._is_open else []))
        self.waiting, self._is_open = [], is_open
