"""CarData's descriptors that are not in the vocabulary, for the setting ``extra``: which are wanted, and their values.

The type depends on what the car sends: a number with its unit, a bool, a time, else a text. A broker may send anything, so the
number and length of descriptors outside BMW's catalogue are limited, and the length of all values.
"""

from __future__ import absolute_import, unicode_literals

import json
import re

from bmw import times
from bmw.clouds.cardata.catalogue import ELSEWHERE, REST
from bmw.clouds.cardata.descriptors import ALL, Unknown, amount, word
from bmw.compat import number_types, text_type
from bmw.pattern import Pattern
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading

#: descriptors of a car that no catalogue names
MAX_UNKNOWN = 100
#: letters of a text
MAX_CHARACTERS = 500

_LIST_OR_CODE = Pattern(r"^\s*(?:.*,|[+-]?0[0-9])", re.DOTALL)
_FLAGS = {"true": True, "istrue": True, "false": False, "isfalse": False}
_ASKED = frozenset(ALL)


class Extras(object):
    """The extra values that an account wants.

    Args:
        setting (str): ``all``, or descriptors separated by commas.

    Attributes:
        names (list of str): the descriptors to request.
    """

    def __init__(self, setting):
        self._is_all = setting == extra.ALL
        listed = list(REST) if self._is_all else extra.names_of(setting)
        self._names = frozenset(name for name in listed if name not in _ASKED and name not in ELSEWHERE)
        self.names = sorted(self._names)

    def wants(self, name, known):
        """True if a received descriptor is wanted.

        Args:
            name (str). known (dict): the entries of that car so far.
        """
        if name in self._names:
            return True
        if not self._is_all or name in _ASKED or extra.key_of(name) is None:
            return False
        return name in known or len([one for one in known if one not in _ASKED and one not in REST]) < MAX_UNKNOWN

    def wants_key(self, key):
        """True if a stored key of ``bmw.vehicle.extra`` is still wanted."""
        name = extra.name_of(key)
        return name not in _ASKED and (self._is_all or name in self._names)

    def kept(self, entry, old):
        """The entry to store: shortened if needed, and with the last known unit if it has none.

        Args:
            entry, old (dict): {"value", "unit", "timestamp"}; old may be None.
        """
        unit = entry["unit"] or (old["unit"] if old else None)
        return dict(entry, value=_bounded(entry["value"]), unit=unit)

    def readings(self, entries, changed=None):
        """{key: Reading} of the wanted entries; only of the ``changed`` descriptors (set), unless None."""
        found = {}
        for name in entries if changed is None else changed:
            if name not in _ASKED and name in entries and self.wants(name, entries):
                found[extra.key_of(name)] = _read(name, entries[name])
        return found


def _bounded(value):
    """A value that is a text, number, flag or None; a structure as its JSON text."""
    if value is None or isinstance(value, (bool,) + number_types):
        return value
    if not isinstance(value, text_type):
        value = json.dumps(value, sort_keys=True)
    return value if len(value) <= MAX_CHARACTERS else value[: MAX_CHARACTERS - 3] + "..."


def _read(name, entry):
    time = times.parse(entry.get("timestamp"))
    value, unit = entry["value"], entry.get("unit")
    kind, usual_unit = REST.get(name, ("any", None))
    try:
        return Reading(value, time) if value is None else _typed(value, unit or usual_unit, kind, time)
    except Unknown:
        return Reading(None, time)


def _is_list_or_code(value):
    """True for ``0230,0248`` and ``0012``: they are not numbers, because BMW writes numbers with a point and without leading zeros."""
    return isinstance(value, text_type) and _LIST_OR_CODE.match(value) is not None


def _typed(value, unit, kind, time):
    if isinstance(value, bool):
        return Reading(value, time)
    small = word(value)
    if kind != "text":
        if small in _FLAGS:
            return Reading(_FLAGS[small], time)
        if kind != "flag" and not _is_list_or_code(value):
            try:
                number, symbol = amount(value, unit)
                return Reading(number, time, symbol)
            except Unknown:
                pass  # not a number: a text, although the catalogue says number
    seconds = times.parse(value)
    if seconds is not None:
        return Reading(seconds, time, extra.MOMENT)
    return Reading(text_type(value).strip(), time)
