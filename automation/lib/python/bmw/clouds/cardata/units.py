"""Finds the unit of CarData's numbers. BMW often omits it, and a car that shows miles sends miles, so it is not always ours.

Pure. The unit of a number is, in this order: the unit that comes with it; the unit found when it was received (stored as
``heard``); the unit for the car's own unit of distance; the unit of related descriptors. Otherwise the number is unknown. If BMW's
catalogue has only one unit, that one is used. Source: cardata.md section 4.
"""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.compat import lower, text_type

#: BMW's spelling (small letters) -> (openHAB's symbol, factor): what openHAB 3.0 may not know is converted
_SYMBOLS = {
    "%": ("%", 1),
    "percent": ("%", 1),
    "percentage": ("%", 1),
    "km": ("km", 1),
    "kilometers": ("km", 1),
    "kilometer": ("km", 1),
    "kilometres": ("km", 1),
    "kilometre": ("km", 1),
    "mi": ("mi", 1),
    "mls": ("mi", 1),
    "mile": ("mi", 1),
    "miles": ("mi", 1),
    "m": ("m", 1),
    "meter": ("m", 1),
    "meters": ("m", 1),
    "metre": ("m", 1),
    "metres": ("m", 1),
    "ft": ("ft", 1),
    "foot": ("ft", 1),
    "feet": ("ft", 1),
    "yd": ("m", 0.9144),
    "celsius": ("\u00b0C", 1),
    "\u00b0c": ("\u00b0C", 1),
    "degc": ("\u00b0C", 1),
    "c": ("\u00b0C", 1),
    "fahrenheit": ("\u00b0F", 1),
    "\u00b0f": ("\u00b0F", 1),
    "degf": ("\u00b0F", 1),
    "f": ("\u00b0F", 1),
    "degrees": ("\u00b0", 1),
    "degree": ("\u00b0", 1),
    "deg": ("\u00b0", 1),
    "\u00b0": ("\u00b0", 1),
    "min": ("min", 1),
    "mins": ("min", 1),
    "minute": ("min", 1),
    "minutes": ("min", 1),
    "d": ("d", 1),
    "days": ("d", 1),
    "week": ("week", 1),
    "weeks": ("week", 1),
    "s": ("s", 1),
    "sec": ("s", 1),
    "second": ("s", 1),
    "seconds": ("s", 1),
    "h": ("h", 1),
    "hour": ("h", 1),
    "hours": ("h", 1),
    "wh": ("Wh", 1),
    "kwh": ("kWh", 1),
    "w": ("W", 1),
    "watt": ("W", 1),
    "kw": ("kW", 1),
    "v": ("V", 1),
    "volt": ("V", 1),
    "a": ("A", 1),
    "ampere": ("A", 1),
    "pa": ("Pa", 1),
    "hpa": ("mbar", 1),
    "kpa": ("kPa", 1),
    "bar": ("bar", 1),
    "mbar": ("mbar", 1),
    "psi": ("kPa", 6.894757293168),
    "km/h": ("km/h", 1),
    "kmh": ("km/h", 1),
    "kph": ("km/h", 1),
    "mph": ("mph", 1),
    "mi/h": ("mph", 1),
    "l": ("l", 1),
    "liter": ("l", 1),
    "liters": ("l", 1),
    "litre": ("l", 1),
    "litres": ("l", 1),
    "gal": ("l", 3.785411784),
    "gallon": ("l", 3.785411784),
    "gallons": ("l", 3.785411784),
    "kwh/100km": ("kWh/100km", 1),
    "kwh/100 km": ("kWh/100km", 1),
    "mi/kwh": ("mi/kWh", 1),
    "mls/kwh": ("mi/kWh", 1),
    "miles/kwh": ("mi/kWh", 1),
}
CONSUMPTION = "kWh/100km"

#: unit of the vocabulary -> {the car's unit of distance: the spelling that a number without unit is in}; where the catalogue names
#: two units, the vocabulary's is no better a guess than the other
_BY_DISTANCE = {
    "km": {"km": "km", "mi": "mi"},
    "km/h": {"km": "km/h", "mi": "mph"},
    # British cars show miles and litres
    "m": {"km": "m"},
    "l": {"km": "l"},
    CONSUMPTION: {"km": CONSUMPTION},
}
#: the catalogue has one unit for these, but some cars send another one
_OTHERS_SEEN = frozenset(("kPa", "\u00b0C"))

_CABIN = "vehicle.cabin.infotainment."
#: descriptors of the car's own unit of distance
DISTANCE = (_CABIN + "displayUnit.distance", _CABIN + "hmi.distanceUnit")


def depends_on_distance(ours):
    """True for a unit of the vocabulary whose numbers without a unit depend on the car's unit of distance."""
    return ours in _BY_DISTANCE


def symbol(unit):
    """(openHAB's symbol, factor) for BMW's spelling; None if it is missing or unknown."""
    if not isinstance(unit, text_type):
        return None
    return _SYMBOLS.get(unit) or _SYMBOLS.get(lower(unit.strip()))  # most come in small letters


def distance(entries):
    """The car's unit of distance, ``km`` or ``mi``, as last reported; None if never."""
    found = [entries[name] for name in DISTANCE if isinstance(entries.get(name), dict)]
    found.sort(key=lambda entry: -(times.parse(entry.get("timestamp")) or 0))  # stable: the first one of equal times
    words = [symbol(entry.get("value")) for entry in found]
    return next((word[0] for word in words if word is not None and word[0] in ("km", "mi")), None)


def understood(entry, old, entries, ours):
    """The unit to store with an entry that has none (its ``heard``), or None.

    It is stored because the car's unit may change later, but not the number that was sent before.

    Args:
        old (dict or None): the entry of the same descriptor that it replaces. entries ({descriptor: entry}): all known ones of the car.
        ours (str): unit of the vocabulary.
    """
    if symbol(entry["unit"]) is not None:
        return None
    before = _heard(old) if old is not None else None
    if before and (old["value"], old["timestamp"]) == (entry["value"], entry["timestamp"]):
        return before
    by_distance = _BY_DISTANCE.get(ours)
    return (by_distance and by_distance.get(distance(entries))) or before


def _heard(entry):
    unit = entry.get("unit")
    return unit if symbol(unit) is not None else entry.get("heard")


def spelling(entry, entries, ours, sisters):
    """The spelling of a number's unit for ``symbol``; None = the vocabulary's.

    Args:
        entries ({descriptor: entry}): all of the car. ours (str): unit of the vocabulary.
        sisters: descriptors that are measured in the same unit.

    Raises:
        LookupError: nobody knows.
    """
    heard = _heard(entry)
    if heard:
        return heard
    if ours not in _BY_DISTANCE and ours not in _OTHERS_SEEN:
        return None
    by_car = _BY_DISTANCE.get(ours, {}).get(distance(entries))
    if by_car:
        return by_car
    for name in sisters:
        sister = entries.get(name)
        heard = _heard(sister) if isinstance(sister, dict) else None
        if heard:
            return heard
    if ours in _OTHERS_SEEN and _is_missing(entry.get("unit")):
        return None
    raise LookupError(ours)


def _is_missing(unit):
    return unit is None or (isinstance(unit, text_type) and lower(unit.strip()) in ("", "null", "-", "-na-"))
