"""Lines of openHAB's log that are written once, so that an error which comes back with each poll or message does not fill it."""

from __future__ import absolute_import, unicode_literals

import logging

log = logging.getLogger("bmw")


class Told(object):
    """Remembers which lines were written.

    Args:
        most (int): different lines that are written; a sender of messages must not be able to fill the log, nor the memory.
    """

    def __init__(self, most=100):
        self._most = most
        self._written = set()

    def tell(self, level, line, *arguments, **options):
        """Writes a line once. ``what`` (text): lines about the same are written once, too. Else as ``Logger.log``."""
        what = options.pop(str("what"), None) or (line % arguments if arguments else line)
        if what not in self._written and len(self._written) < self._most:
            self._written.add(what)
            log.log(level, line, *arguments, **options)

    def forget(self):
        """All is well again: what comes back is news."""
        self._written.clear()
