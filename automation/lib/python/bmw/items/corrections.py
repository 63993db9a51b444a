"""When an item that shows something else than we posted is put right: soon, but never in an endless fight with another writer.

Pure: knows names of items and numbers of looks, no openHAB. A look is a glance at items, one every ``EVERY`` seconds.
"""

from __future__ import absolute_import, unicode_literals

#: seconds between two looks
EVERY = 5
#: an item that was put right so often within so many looks has another writer; from then on it is put right at each twelfth look only
MOST = 6
WITHIN = 36
SELDOM = 12


class Contest(object):
    """What is known of the items that had to be put right."""

    def __init__(self):
        self._wrong_since = {}  # name -> number of the look that found it wrong first
        self._put_right = {}  # name -> numbers of the looks at which it was put right, the last MOST of them
        self._contested = set()

    def is_right(self, name, look):
        """A look found the item as it shall be."""
        self._wrong_since.pop(name, None)
        times = self._put_right.get(name)
        if times and look - times[-1] > WITHIN:
            del self._put_right[name]
            self._contested.discard(name)

    def may_put_right(self, name, look, patience=0):
        """A look found the item wrong: True if it shall be put right now.

        Args:
            name (str): of the item. look (int): number of the look.
            patience (int): looks for which it may be wrong, as a person's command changes it until it is done.
        """
        if look - self._wrong_since.setdefault(name, look) < patience:
            return False
        times = self._put_right.setdefault(name, [])
        if name in self._contested and look - times[-1] < SELDOM:
            return False
        del self._wrong_since[name]
        times.append(look)
        del times[:-MOST]
        return True

    def take_contested(self, look):
        """The names (sorted list) of those that turned out to have another writer since this was asked last."""
        found = [
            name
            for name, times in self._put_right.items()
            if name not in self._contested and len(times) == MOST and look - times[0] <= WITHIN
        ]
        self._contested.update(found)
        return sorted(found)
