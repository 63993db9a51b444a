"""How a command's life is told: each step once, in order, and one final word after which nothing more is told.

The worker tells how it goes; whoever stops the module ends what is under way, from another thread. Knows no cloud and no item.
"""

from __future__ import absolute_import, unicode_literals

import logging
import threading

from bmw.commands import definitions

log = logging.getLogger("bmw")

NOT_SENT = "it was not sent, as openHAB or the BMW script was stopped"
NOT_KNOWN = "how it ended is not known, look at the car (openHAB or the BMW script was stopped)"


class CommandProgress(object):
    """What one command tells. All methods are for any thread; none raises what ``show`` or ``on_dropped`` raise.

    Attributes:
        is_ended (bool): it has told its final word, or was dropped.
        has_left (bool): a request with the command was sent, so the car may have got it.

    Args:
        show: called with (state, reason) at every step; state is a word of ``bmw.commands.definitions``.
        on_dropped: called instead of a final word when the same command is still under way; may be None.
    """

    def __init__(self, show, on_dropped=None):
        self._show = show
        self._on_dropped = on_dropped or (lambda: None)
        self._lock = threading.RLock()
        self.is_ended = False
        self.has_left = False
        self._is_given_up = False

    def tell(self, state, reason=""):
        """Shows a step; after a final word nothing."""
        with self._lock:
            if not self.is_ended:
                self.is_ended = state in definitions.FINAL
                self._say(self._show, state, reason)

    def drop(self):
        """Ends it without a word of its own: the same command is under way, and tells."""
        with self._lock:
            if not self.is_ended:
                self.is_ended = True
                self._say(self._on_dropped)

    def leave(self):
        """Takes down that a request with the command leaves now. False if it has ended, so that it must not leave."""
        with self._lock:
            self.has_left = self.has_left or not self.is_ended
            return not self.is_ended

    def give_up(self):
        """Ends it where it is, as the module is being stopped: nobody will see how it goes on."""
        with self._lock:
            self._is_given_up = True
            if self.has_left:
                self.tell(definitions.TIMED_OUT, NOT_KNOWN)
            else:
                self.tell(definitions.FAILED, NOT_SENT)

    def _say(self, say, *what):
        """A word that cannot be shown changes nothing: the command goes on, and after it those that wait for its end."""
        try:
            say(*what)
        except:  # noqa: E722 - a Java exception is no Python Exception
            # openHAB may be stopping, with its items gone before us
            log.log(logging.DEBUG if self._is_given_up else logging.ERROR, "A command's state is not shown", exc_info=True)
