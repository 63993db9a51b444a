"""The worker of the command line: like ``bmw.worker``, but without a thread. The caller runs the work that is due."""

from __future__ import absolute_import, unicode_literals

import time

from bmw.worker import repeat


class Timetable(object):
    """Waiting work of all accounts.

    Args:
        clock: object with ``now()``. sleep: callable, waits for seconds.
    """

    def __init__(self, clock, sleep=time.sleep):
        self._clock = clock
        self.now = clock.now
        self._sleep = sleep
        self._waiting = {}  # (account, name of the work, or its order if it has no name) -> (due, order, function)
        self._order = 0

    def of(self, account):
        """The CliWorker of one account (str)."""
        return CliWorker(self, account)

    def put(self, account, name, seconds, function):
        """Adds work. ``name`` (str): replaces waiting work of the same name; None = never replaces."""
        self._order += 1
        key = (account, self._order if name is None else name)
        self._waiting[key] = (self._clock.now() + seconds, self._order, function)

    def drop(self, key):
        self._waiting.pop(key, None)

    def run_due(self):
        """Does all work that is due, also work that becomes due meanwhile."""
        while self._waiting and self._next_in() <= 0:
            self._do_next()

    def run_until(self, is_done):
        """Does work, and waits for work that is due later, until ``is_done()`` or nothing is left."""
        while not is_done() and self._waiting:
            wait = self._next_in()
            if wait > 0:
                self._sleep(wait)
            else:
                self._do_next()

    def _next(self):
        return min(self._waiting, key=lambda key: self._waiting[key][:2])

    def has(self, key):
        """True if that work waits."""
        return key in self._waiting

    def _next_in(self):
        return self._waiting[self._next()][0] - self._clock.now()

    def _do_next(self):
        _due, _order, function = self._waiting.pop(self._next())
        function()


class CliWorker(object):
    """The work of one account: a ``bmw.interfaces.Worker``."""

    is_stopped = False

    def __init__(self, timetable, account):
        self._timetable = timetable
        self._account = account

    def now(self):
        return self._timetable.now()

    def start(self):
        pass

    def submit(self, function):
        self._timetable.put(self._account, None, 0, function)

    def later(self, name, seconds, function):
        self._timetable.put(self._account, name, seconds, function)

    def later_unless_waiting(self, name, seconds, function):
        if not self._timetable.has((self._account, name)):
            self.later(name, seconds, function)

    def every(self, name, seconds, function, first=0):
        return repeat(self, name, seconds, function, first)

    def cancel(self, name):
        self._timetable.drop((self._account, name))

    def stop(self, timeout=2.0):
        pass
