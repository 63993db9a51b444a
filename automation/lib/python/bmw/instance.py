"""Lets only one copy of the script work: the module may be in two folders, or openHAB may load a file twice.

The first copy works. A copy from another file logs that, adds no rules, and takes over when the first is gone. The same file,
loaded again, replaces its earlier copy, even if openHAB did not unload that. Errors do not leave this module: they are logged,
the start is undone, and it is tried again later. Knows no Java; the data shared by all script engines comes from outside.
"""

from __future__ import absolute_import, unicode_literals

import logging

from bmw.compat import to_text
from bmw.steps import do_all

log = logging.getLogger("bmw")

#: a second copy checks every so many seconds whether the first is gone
CHECK_EVERY = 5
#: seconds until a failed start is tried again
TRY_AGAIN = 60

_NOT_STOPPED = "The BMW module could not be stopped as it should"
_STOPPER = "running"
_FILE = "running from"
_TIMER = "start"


class Instance(object):
    """One loaded copy of the script.

    Args:
        make_app: callable -> app with ``start(on_changed)`` and ``stop()``; may raise anything.
        renew_rules: callable (app): its rules instead of those of before. remove_rules: callable, for all rules of this script.
        shared (bmw.openhab.jvm.Shared): ``lock(name)``, ``look(name)``, ``swap(name, value)`` and ``drop(name, value)``.
        make_stopper: callable (function) -> object with ``run()`` that ``shared`` can store.
        make_worker: callable -> bmw.worker.Worker, not started; only used while waiting.
    """

    def __init__(self, make_app, renew_rules, remove_rules, shared, make_stopper, make_worker):
        self._make_app = make_app
        self._renew_rules = renew_rules
        self._remove_rules = remove_rules
        self._shared = shared
        self._stopper = make_stopper(self._stop)
        self._make_worker = make_worker
        self._worker = None
        self._file = None
        self._app = None
        self._is_unloaded = False
        self._told = None

    def load(self, file):
        """Starts, unless another copy works. Never raises.

        Args:
            file (str): openHAB's name for the script; the same file always has the same name.
        """
        self._file = to_text(file)
        self._try_start()

    def unload(self):
        """Stops for good. Never raises."""
        self._is_unloaded = True
        try:
            self._wait_no_more()
            with self._shared.lock("load"):
                self._stop()
        except:  # noqa: E722 - a Java exception is not a Python Exception
            log.exception(_NOT_STOPPED)

    def _try_start(self):
        try:
            # only one copy at a time: two would create the same items and the same key file
            with self._shared.lock("load"):
                self._start_if_alone()
        except:  # noqa: E722 - a Java exception is not a Python Exception
            self._tell_failure()
            self._again_in(TRY_AGAIN)

    def _again_in(self, seconds):
        if self._is_unloaded:
            return
        if self._worker is None:
            self._worker = self._make_worker()
            self._worker.start()
        self._worker.every(_TIMER, seconds, self._try_start, first=seconds)

    def _wait_no_more(self):
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def _start_if_alone(self):
        if self._is_unloaded or self._app is not None:
            return
        other = self._shared.look(_FILE)
        if other is not None and other != self._file:
            self._tell("The BMW module is already loaded from %s, so the copy %s does nothing. Delete one of the two", other, self._file)
            self._again_in(CHECK_EVERY)
            return
        earlier = self._shared.look(_STOPPER)
        if earlier is not None:
            log.info("An earlier copy of the BMW module was still running; it is stopped now")
            earlier.run()
        self._start()

    def _start(self):
        self._shared.swap(_FILE, self._file)
        self._shared.swap(_STOPPER, self._stopper)
        try:
            self._app = self._make_app()
            # those of before stay until here: to make an app takes long, and a command is told that it was not sent rather than lost
            self._renew_rules(self._app)
            self._app.start(self._restart)
            self._told = None
            self._wait_no_more()
        except:  # noqa: E722 - a Java exception is not a Python Exception; it goes on from here
            self._stop()
            raise

    def _restart(self):
        """Called when the settings changed, or when a new key is due."""
        try:
            with self._shared.lock("load"):
                if self._is_unloaded or self._app is None:
                    return  # another copy took over meanwhile
                app, self._app = self._app, None
                do_all([app.stop], _NOT_STOPPED)
                self._start()
        except:  # noqa: E722 - a Java exception is not a Python Exception
            self._tell_failure()
            self._again_in(TRY_AGAIN)

    def _stop(self):
        """Stops everything, even if a step fails. Another copy may call it, too."""
        app, self._app = self._app, None
        ends = [app.stop] if app is not None else []
        do_all(ends + [self._remove_rules, self._give_way], _NOT_STOPPED)

    def _give_way(self):
        if self._shared.drop(_STOPPER, self._stopper):
            self._shared.drop(_FILE, self._file)

    def _tell(self, line, *arguments):
        if self._told != (line, arguments):
            self._told = (line, arguments)
            log.error(line, *arguments)

    def _tell_failure(self):
        # logged once with its traceback, as the attempts may go on for days
        if self._told != "failure":
            self._told = "failure"
            log.exception("The BMW module could not start; it is tried again every %d seconds", TRY_AGAIN)
