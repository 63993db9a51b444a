"""A clock that a test can set for one JVM only, with libfaketime (Debian package `faketime`). Monotonic time is not affected."""

import glob
import os
import time

DAY = 86400
LIBRARY = sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1"))
#: why the clock cannot be changed on this machine, or None
WHY_NOT = None if LIBRARY else "not run: libfaketime is not installed"


class JvmClock:
    """The JVM's clock. `file` (Path): holds its offset; the JVM reads it once a second."""

    def __init__(self, file):
        self._file = file
        self._days = 0
        self.set(0)

    def environment(self):
        """Environment variables for the JVM; empty if the clock cannot be changed."""
        if WHY_NOT:
            return {}
        return {
            "LD_PRELOAD": LIBRARY[0],
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }

    def set(self, days):
        """Sets the clock `days` (int or float) before or after the real time."""
        self._days = days
        partial = self._file.with_suffix(".new")
        partial.write_text("{:+d}\n".format(int(days * DAY)))
        os.replace(partial, self._file)

    def today(self):
        """The clock's date, in the form in which the state of a DateTime item begins."""
        return time.strftime("%Y-%m-%d", time.localtime(time.time() + self._days * DAY))
