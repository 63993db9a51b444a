"""One thread per account for work that must not block a rule. It does the work in order, now or later.

Submitted work has no name and is all done, in order. Timers have a name: new work replaces waiting work with the same name.
Each piece of work handles its own errors; the worker logs an unexpected one and goes on.
"""

from __future__ import absolute_import, unicode_literals

import logging
import threading
import time

from bmw.errors import Stopped

log = logging.getLogger("bmw")


def repeat(worker, name, seconds, function, first=0):
    """The ``every`` of each ``bmw.interfaces.Worker``, made of its ``later``."""

    def run():
        # scheduled first, so that an unexpected error (on Jython also one of Java) does not end it
        worker.later(name, seconds, run)
        wait = function()
        if wait is not None:
            worker.later(name, wait, run)

    worker.later(name, first, run)
    return run


class Worker(object):
    """A daemon thread with a timetable.

    Args:
        name (str): shown as the thread's name.
        monotonic: callable, seconds of a clock that nobody sets; Python 2 has none.
    """

    def __init__(self, name, monotonic=None):
        self._monotonic = monotonic or getattr(time, "monotonic", time.time)
        self._condition = threading.Condition()
        self._timetable = {}  # name of the work, or its order if it has no name -> (due, order, function)
        self._order = 0
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=str(name))
        self._thread.daemon = True

    def start(self):
        self._thread.start()

    def now(self):
        """Seconds of a clock that nobody sets. For time spans only."""
        return self._monotonic()

    def submit(self, function):
        """Does the work once, after all earlier work. Ignored after ``stop``."""
        with self._condition:
            self._put(self._order + 1, 0, function)

    def later(self, name, seconds, function):
        """Does the work in ``seconds``; replaces waiting work of the same name (str). Ignored after ``stop``."""
        with self._condition:
            self._put(name, seconds, function)

    def later_unless_waiting(self, name, seconds, function):
        """As ``later``, but waiting work of the same name keeps its time, so repeated calls cannot postpone it forever."""
        with self._condition:
            if name not in self._timetable:
                self.later(name, seconds, function)

    def every(self, name, seconds, function, first=0):
        """Does the work in ``first`` seconds and again each ``seconds``, whatever happens; see ``bmw.interfaces.Worker``."""
        return repeat(self, name, seconds, function, first)

    def cancel(self, name):
        """Forgets waiting work of that name."""
        with self._condition:
            self._timetable.pop(name, None)

    def stop(self, timeout=2.0):
        """Starts no more work, and waits at most ``timeout`` seconds (0 = not at all) for the running work to end."""
        with self._condition:
            self._stopped = True
            self._timetable.clear()
            self._condition.notify()
        # not with 0: on Jython that means without end
        if timeout > 0 and self._thread.is_alive() and threading.current_thread() is not self._thread:
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
        is_going_on = True
        while is_going_on:
            try:
                is_going_on = self._do_next()
            except:  # noqa: E722 - not even the log line worked, for example for lack of memory; the thread must not end
                is_going_on = not self._stopped

    def _do_next(self):
        """Does the next work; False after ``stop``."""
        function = self._next()
        if function is None:
            return False
        try:
            function()
        except Stopped:
            log.debug("%s was stopped in the middle of its work", self._thread.name)
        except:  # noqa: E722 - on Jython a Java exception is not a Python Exception
            log.exception("Unexpected error in %s", self._thread.name)
        return True

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
