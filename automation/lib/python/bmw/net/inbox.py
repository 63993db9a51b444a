"""A queue from a connection's thread to a worker, limited by count and size.

A thread that adds to a full queue waits. A waiting connection does not read, so TCP slows down the sender. Knows no protocol.
"""

from __future__ import absolute_import, unicode_literals

import threading

#: limits for the entries and their bytes: some minutes of a busy stream
MAX_MESSAGES = 500
MAX_BYTES = 2 * 1024 * 1024
#: a waiting thread checks every so many seconds whether its entry is still wanted
CHECK_EVERY = 1


class Inbox(object):
    """See the module's docstring. Any number of threads may call ``put``, one may call ``take``."""

    def __init__(self):
        self._condition = threading.Condition()
        # not a deque: collections is slow to load while openHAB starts
        self._entries = []
        self._bytes = 0

    def put(self, entry, size, is_unwanted):
        """Adds an entry. Waits while the queue is full.

        Args:
            entry: anything.
            size (int): bytes; 0 = never wait, for entries that must not be lost.
            is_unwanted: callable, True if the entry is no longer needed.

        Returns:
            True if it was added, False if it became unwanted while it waited.
        """
        with self._condition:
            while size and self._is_full(size):
                if is_unwanted():
                    return False
                self._condition.wait(CHECK_EVERY)
            self._entries.append((entry, size))
            self._bytes += size
        return True

    def _is_full(self, size):
        # an entry larger than the limit is accepted when the queue is empty
        return bool(self._entries) and (len(self._entries) >= MAX_MESSAGES or self._bytes + size > MAX_BYTES)

    def take(self):
        """Removes and returns the oldest entry, or returns None."""
        with self._condition:
            if not self._entries:
                return None
            entry, size = self._entries.pop(0)
            self._bytes -= size
            self._condition.notify()
        return entry

    def wake(self):
        """Lets waiting threads check now whether their entry is still wanted."""
        with self._condition:
            self._condition.notify_all()

    def __len__(self):
        return len(self._entries)
