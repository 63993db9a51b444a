"""Shows the progress of a command: each state once, in order, and nothing after the final state.

The worker reports the states. If the module stops, another thread ends the running commands. Knows no cloud and no item.
"""

from __future__ import absolute_import, unicode_literals

import logging
import threading

from bmw.commands import definitions
from bmw.steps import attempt

log = logging.getLogger("bmw")

NOT_SENT = "it was not sent, as openHAB or the BMW script was stopped"
NOT_KNOWN = "how it ended is not known, look at the car (openHAB or the BMW script was stopped)"


class CommandProgress(object):
    """The progress of one command. All methods may be called from any thread. Errors of ``show`` and ``on_dropped`` are logged.

    Attributes:
        is_ended (bool): the final state was shown, or the command was dropped.
        has_left (bool): a request with the command was sent, so the car may have received it.

    Args:
        show: called with (state, reason) for every state of ``bmw.commands.definitions``.
        on_dropped: called instead of a final state if the same command is still running; may be None.
    """

    def __init__(self, show, on_dropped=None):
        self._show = show
        self._on_dropped = on_dropped or (lambda: None)
        self._lock = threading.RLock()
        self.is_ended = False
        self.has_left = False
        self._is_given_up = False

    def tell(self, state, reason=""):
        """Shows a state, unless the command has ended."""
        with self._lock:
            if not self.is_ended:
                self.is_ended = state in definitions.FINAL
                self._say(self._show, state, reason)

    def drop(self):
        """Ends the command without a final state, because the same command is already running."""
        with self._lock:
            if not self.is_ended:
                self.is_ended = True
                self._say(self._on_dropped)

    def leave(self):
        """Call this right before sending. Returns False if the command has ended and must not be sent."""
        with self._lock:
            self.has_left = self.has_left or not self.is_ended
            return not self.is_ended

    def give_up(self):
        """Ends the command because the module is being stopped and can no longer poll its progress."""
        with self._lock:
            self._is_given_up = True
            if self.has_left:
                self.tell(definitions.TIMED_OUT, NOT_KNOWN)
            else:
                self.tell(definitions.FAILED, NOT_SENT)

    def _say(self, say, *what):
        """Calls ``say``. An error there is logged and does not stop this command or the waiting ones."""
        try:
            say(*what)
        except:  # noqa: E722 - a Java exception is not a Python Exception
            # openHAB may be stopping and may have removed its items already
            level = logging.DEBUG if self._is_given_up else logging.ERROR
            attempt(lambda: log.log(level, "A command's state is not shown", exc_info=True))
