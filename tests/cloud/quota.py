"""A daily allowance of calls: who has used how many today. It must not know what a call was about."""

import threading


class Quota:
    def __init__(self, clock, settings, limit="quota"):
        """`limit`: name of the setting with the number of calls; if that is None, there is no limit."""
        self._clock = clock
        self._settings = settings
        self._limit = limit
        self._lock = threading.Lock()
        self._used = {}

    def spend(self, account):
        """Count a call of this UTC day, even one that fails later; False if none was left."""
        key = (account, self._clock.day())
        with self._lock:
            self._used[key] = self._used.get(key, 0) + 1
            limit = getattr(self._settings, self._limit)
            return limit is None or self._used[key] <= limit

    def used(self, account):
        with self._lock:
            return self._used.get((account, self._clock.day()), 0)

    def reset(self):
        with self._lock:
            self._used.clear()
