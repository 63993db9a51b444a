"""CarData's descriptors without a word in the vocabulary, as the setting ``extra`` asks for them: which, and what their values are.

The type of a value is that of what the car sends: a number with its unit, yes or no, a time, else a text. A broker may send whatever it
likes, so descriptors that BMW's catalogue does not name are bounded in number and length, and all values in length.
"""

from __future__ import absolute_import, unicode_literals

import json
import re

from bmw import times
from bmw.clouds.cardata.catalogue import ELSEWHERE, REST
from bmw.clouds.cardata.descriptors import ALL, Unknown, amount, word
from bmw.compat import number_types, text_type
from bmw.vehicle import extra
from bmw.vehicle.vehicle import Reading

#: descriptors of a car that no catalogue names
MAX_UNKNOWN = 100
#: letters of a text
MAX_CHARACTERS = 500

_LIST_OR_CODE = re.compile(r"^\s*(?:.*,|[+-]?0[0-9])", re.DOTALL)
_FLAGS = {"true": True, "istrue": True, "false": False, "isfalse": False}
_ASKED = frozenset(ALL)


class Extras(object):
    """What an account wants besides the vocabulary.

    Args:
        setting (str): ``all``, or descriptors with commas between.

    Attributes:
        names (list of str): the descriptors to ask BMW for.
    """

    def __init__(self, setting):
        self._is_all = setting == extra.ALL
        listed = list(REST) if self._is_all else extra.names_of(setting)
        self._names = frozenset(name for name in listed if name not in _ASKED and name not in ELSEWHERE)
        self.names = sorted(self._names)

    def wants(self, name, known):
        """True if a descriptor that came shall be kept.

        Args:
            name (str). known (dict): the entries of that car so far.
        """
        if name in self._names:
            return True
        if not self._is_all or name in _ASKED or extra.key_of(name) is None:
            return False
        return name in known or len([one for one in known if one not in _ASKED and one not in REST]) < MAX_UNKNOWN

    def wants_key(self, key):
        """True if what was stored under a key of ``bmw.vehicle.extra`` is still wanted."""
        name = extra.name_of(key)
        return name not in _ASKED and (self._is_all or name in self._names)

    def kept(self, entry, old):
        """An entry as it is kept: not longer than needed, and with the unit that was heard last where it comes without one.

        Args:
            entry, old (dict): {"value", "unit", "timestamp"}; old may be None.
        """
        unit = entry["unit"] or (old["unit"] if old else None)
        return dict(entry, value=_bounded(entry["value"]), unit=unit)

    def readings(self, entries, changed=None):
        """{key: Reading} of those among the entries that are wanted; of the ``changed`` descriptors (set) only, unless None."""
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
    """True for ``0230,0248`` and ``0012``, which only look like numbers: BMW writes those with a point and without idle zeros."""
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
                pass  # no number: a text, whatever the catalogue says
    seconds = times.parse(value)
    if seconds is not None:
        return Reading(seconds, time, extra.MOMENT)
    return Reading(text_type(value).strip(), time)
