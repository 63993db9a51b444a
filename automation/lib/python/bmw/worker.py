"""One thread per account that does what must not block a rule, in order, now or later.

Work that is submitted has no name and is all done, in order. Only work that is meant to be merged has one (a timer, "ask soon"):
a second piece of the same name replaces one that still waits. Errors are the work's own business; what escapes is logged and
ends nothing.
"""

from __future__ import absolute_import, unicode_literals

import logging
import threading
import time

from bmw.errors import Stopped

log = logging.getLogger("bmw")


class Worker(object):
    """A daemon thread with a timetable.

    Args:
        name (str): shown as the thread's name.
        monotonic: callable, seconds that go on evenly whatever is done to the machine's clock; Python 2 has none of its own.
    """

    def __init__(self, name, monotonic=None):
        self._monotonic = monotonic or getattr(time, "monotonic", time.time)
        self._condition = threading.Condition()
        self._timetable = {}  # name of the work, or the order of what has none -> (due, order, function)
        self._order = 0
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=str(name))
        self._thread.daemon = True

    def start(self):
        self._thread.start()

    def now(self):
        """Seconds that go on evenly, for spans of time: the machine's clock can be set."""
        return self._monotonic()

    def submit(self, function):
        """Does the work once, as soon as what is before it is done; it is merged with nothing. Ignored after ``stop``."""
        with self._condition:
            self._put(self._order + 1, 0, function)

    def later(self, name, seconds, function):
        """Does the work in ``seconds``; replaces waiting work of the same name (str). Ignored after ``stop``."""
        with self._condition:
            self._put(name, seconds, function)

    def later_unless_waiting(self, name, seconds, function):
        """As ``later``, but work of that name that waits already keeps its time, so repeated calls cannot put it off for ever."""
        with self._condition:
            if name not in self._timetable:
                self.later(name, seconds, function)

    def cancel(self, name):
        """Forgets waiting work of that name."""
        with self._condition:
            self._timetable.pop(name, None)

    def stop(self, timeout=2.0):
        """Lets the running piece of work end, does no further, and waits at most ``timeout`` seconds for that."""
        with self._condition:
            self._stopped = True
            self._timetable.clear()
            self._condition.notify()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    @property
    def is_stopped(self):
        return self._stopped

    def _put(self, key, seconds, function):
        if self._stopped:
            return
        self._order += 1
        self._timetable[key] = (self.now() + seconds, self._order, function)
        self._condition.notify()

    def _run(self):
        while True:
            function = self._next()
            if function is None:
                return
            try:
                function()
            except Stopped:
                log.debug("%s was stopped in the middle of its work", self._thread.name)
            except:  # noqa: E722 - on Jython a Java exception is no Python Exception
                log.exception("Unexpected error in %s", self._thread.name)

    def _next(self):
        """Waits for the next due work and takes it off the timetable; None after ``stop``."""
        with self._condition:
            while not self._stopped:
                if not self._timetable:
                    self._condition.wait(3600)
                    continue
                name = min(self._timetable, key=lambda n: self._timetable[n][:2])
                due, _order, function = self._timetable[name]
                wait = due - self.now()
                if wait <= 0:
                    del self._timetable[name]
                    return function
                self._condition.wait(min(wait, 3600))
            return None
