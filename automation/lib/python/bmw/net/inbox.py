"""What waits between a connection's thread, which brings, and a worker, which takes: bounded by count and by size.

Who brings more than there is room for waits; at a connection that means that TCP lets the other side wait. Knows no protocol.
"""

from __future__ import absolute_import, unicode_literals

import threading

#: entries, and bytes of all entries: some minutes of a busy stream
MAX_MESSAGES = 500
MAX_BYTES = 2 * 1024 * 1024
#: seconds after which who waits looks whether it is still wanted
LOOK_AGAIN = 1


class Inbox(object):
    """See the module's docstring. For any number of threads that put, and one that takes."""

    def __init__(self):
        self._condition = threading.Condition()
        #: no deque, as collections is slow to load while openHAB starts
        self._entries = []
        self._bytes = 0

    def put(self, entry, size, is_unwanted):
        """Adds an entry, as soon as there is room for it.

        Args:
            entry: anything.
            size (int): bytes; 0 for what never waits and must not be lost.
            is_unwanted: callable, True if nobody is interested in the entry any more.

        Returns:
            True if it was added, False if it became unwanted while it waited.
        """
        with self._condition:
            while size and self._is_full(size):
                if is_unwanted():
                    return False
                self._condition.wait(LOOK_AGAIN)
            self._entries.append((entry, size))
            self._bytes += size
        return True

    def _is_full(self, size):
        # what is larger than all the room comes in alone
        return bool(self._entries) and (len(self._entries) >= MAX_MESSAGES or self._bytes + size > MAX_BYTES)

    def take(self):
        """The oldest entry, or None."""
        with self._condition:
            if not self._entries:
                return None
            entry, size = self._entries.pop(0)
            self._bytes -= size
            self._condition.notify()
        return entry

    def wake(self):
        """Lets who waits look now whether it is still wanted."""
        with self._condition:
            self._condition.notify_all()

    def __len__(self):
        return len(self._entries)
