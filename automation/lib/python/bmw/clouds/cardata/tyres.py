"""Translates CarData's tyre diagnosis to readings. Pure. Source: cardata.md section 2.7.

BMW's ``label`` and ``value`` are display texts in any language, so the status fields are used instead. Only the tread depth is in
no other field.
"""

from __future__ import absolute_import, unicode_literals

import re

from bmw.clouds import values
from bmw.errors import BadAnswer
from bmw.pattern import Pattern
from bmw.vehicle.vehicle import Reading

_WHEELS = (
    ("FrontLeft", "frontLeft"),
    ("FrontRight", "frontRight"),
    ("RearLeft", "rearLeft"),
    ("RearRight", "rearRight"),
)
_TREAD = Pattern(r"^([0-9]{1,2}(?:[.,][0-9]+)?)\s*mm$", re.IGNORECASE)
_UNITS = {"KILOMETER": "km", "KILOMETERS": "km", "KM": "km", "MILE": "mi", "MILES": "mi", "MI": "mi"}
#: value if the wheels differ
MIXED = "MIXED"


def translate(answer):
    """{key: Reading} for every key of the diagnosis; unknown if the car does not report it.

    Raises:
        BadAnswer: not an object.
    """
    if not isinstance(answer, dict):
        raise BadAnswer("BMW's tyre diagnosis is not an object", "it is asked again")
    mounted = values.block(values.block(answer, "passengerCar"), "mountedTyres")
    wheels = [(name, values.block(mounted, theirs)) for name, theirs in _WHEELS]
    found = {}
    for name, wheel in wheels:
        wear = values.block(wheel, "tyreWear")
        found["tyreWear" + name] = Reading(values.value_or_none(values.word, wear.get("status")))
        found["tyreTread" + name] = Reading(values.value_or_none(_tread, wear.get("value")))
        found["tyreDefect" + name] = Reading(_word(wheel, "tyreDefect", "status"))
    wheels = [wheel for _name, wheel in wheels if wheel]
    found["tyreQuality"] = Reading(_word(mounted, "aggregatedQualityStatus", "qualityStatus"))
    found["tyreSeason"] = Reading(_common([_word(wheel, "season", "season") for wheel in wheels]))
    found["tyreProduced"] = Reading(_oldest([_text(wheel, "tyreProductionDate", "value") for wheel in wheels]))
    mountings = [values.value_or_none(values.moment, _text(wheel, "mountingDate", "mountingDate")) for wheel in wheels]
    found["tyreMounted"] = Reading(max([date for date in mountings if date is not None] or [None]))
    found["tyreDueMileage"] = _due([values.block(wheel, "tyreWear") for wheel in wheels])
    return found


def _word(holder, block, field):
    return values.value_or_none(values.word, values.block(holder, block).get(field))


def _text(holder, block, field):
    return values.value_or_none(values.text, values.block(holder, block).get(field))


def _tread(value):
    """Millimetres from a text like ``6.2 mm``; other units are unknown."""
    found = _TREAD.match(values.text(value))
    if not found:
        raise values.Unknown()
    return values.number(found.group(1))


def _common(words):
    words = set(word for word in words if word)
    return MIXED if len(words) > 1 else words.pop() if words else None


def _oldest(weeks):
    """The oldest week of production, ``2025-W14``, which sorts as text."""
    return min([week for week in weeks if week and re.match("[0-9]{4}-W[0-9]{2}$", week)] or [None])


def _due(wears):
    """The lowest due mileage of the wheels, with its unit. BMW does not say if it is an odometer value or a distance."""
    found = []
    for wear in wears:
        mileage = values.value_or_none(values.amount, wear.get("dueMileage"))
        unit = _UNITS.get(values.value_or_none(values.word, wear.get("unit")))
        if mileage is not None and unit is not None:
            found.append((mileage, unit))
    return Reading(*((min(found)[0], None, min(found)[1]) if found else (None,)))
