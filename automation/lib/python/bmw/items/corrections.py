"""Decides when to correct an item that something else has overwritten: soon, but not endlessly against another writer.

Pure: knows item names and numbers of checks, no openHAB. The items are checked every ``EVERY`` seconds.
"""

from __future__ import absolute_import, unicode_literals

#: seconds between two checks
EVERY = 5
#: after MAX_CORRECTIONS within WINDOW checks, an item has another writer; then it is corrected at every CONTESTED_EVERY-th check only
MAX_CORRECTIONS = 6
WINDOW = 36
CONTESTED_EVERY = 12


class Corrections(object):
    """Remembers which items had to be corrected."""

    def __init__(self):
        self._wrong_since = {}  # name -> number of the check that found it wrong first
        self._corrected = {}  # name -> numbers of the checks that corrected it, the last MAX_CORRECTIONS of them
        self._contested = set()  # names of items with another writer

    def found_right(self, name, check):
        """A check found the item correct."""
        self._wrong_since.pop(name, None)
        times = self._corrected.get(name)
        if times and check - times[-1] > WINDOW:
            del self._corrected[name]
            self._contested.discard(name)

    def may_correct(self, name, check, tolerance=0):
        """A check found the item wrong. Returns True if it should be corrected now.

        Args:
            name (str): of the item. check (int): number of the check.
            tolerance (int): checks for which it may be wrong; a person's command changes an item until the command ends.
        """
        if check - self._wrong_since.setdefault(name, check) < tolerance:
            return False
        times = self._corrected.setdefault(name, [])
        if name in self._contested and check - times[-1] < CONTESTED_EVERY:
            return False
        del self._wrong_since[name]
        times.append(check)
        del times[:-MAX_CORRECTIONS]
        return True

    def new_contested(self, check):
        """The names (sorted list) of items found to have another writer since the last call."""
        found = [
            name
            for name, times in self._corrected.items()
            if name not in self._contested and len(times) == MAX_CORRECTIONS and check - times[0] <= WINDOW
        ]
        self._contested.update(found)
        return sorted(found)
