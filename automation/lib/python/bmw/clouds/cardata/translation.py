"""The readings of a car's entries at each poll: only entries that changed since the last poll are translated again.

Translating all of them takes most of a poll's time inside openHAB, and most are as they were.
"""

from __future__ import absolute_import, unicode_literals

from bmw.clouds.cardata import descriptors, units

#: translated each time: what it means depends on openHAB's time zone as well
_ALWAYS = frozenset((descriptors.TRIP_END,))


class Translation(object):
    """Remembers what one car's entries were translated to."""

    def __init__(self):
        self._entries = {}  # as translated last; an entry that changes is replaced by another object
        self._facts = None
        self._readings = {}

    def readings(self, entries, facts, extras=None):
        """Like ``descriptors.translate`` of all entries, except that what did not change is the same Reading as before.

        Args:
            entries, facts, extras: see there. The extras must be the same ones each time.
        """
        changed = set(name for name, entry in entries.items() if self._entries.get(name) is not entry)
        if self._concerns_all(entries, changed, facts):
            self._readings = descriptors.translate(entries, facts=facts, extras=extras)
        else:
            changed |= _ALWAYS.intersection(entries)
            for key in descriptors.keys_of(changed):
                self._readings.pop(key, None)
            self._readings.update(descriptors.translate(entries, changed, facts, extras))
        self._entries, self._facts = dict(entries), dict(facts)
        return dict(self._readings)

    def _concerns_all(self, entries, changed, facts):
        """True if the change may decide what other entries mean: the car's facts and unit of distance, a unit, a missing entry."""
        return (
            facts != self._facts
            or not changed.isdisjoint(units.DISTANCE)
            or any(name not in entries for name in self._entries)
            or any(_unit(entries[name]) != _unit(self._entries.get(name)) for name in changed)
        )


def _unit(entry):
    """What decides the unit of an entry's number, and so perhaps of others without one."""
    return (entry.get("unit"), entry.get("heard")) if isinstance(entry, dict) else None
