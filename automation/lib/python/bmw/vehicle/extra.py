"""Values that a cloud can tell and the vocabulary has no word for: shown on demand (setting ``extra``), as advanced items.

A key is made of the cloud's own name for the value, and its point (label, item type, unit) of that name and of the first value.
Pure; which of them are wanted is the cloud's business.
"""

from __future__ import absolute_import, unicode_literals

import re

from bmw.compat import capitalize, lower, number_types
from bmw.vehicle.vocabulary import MEASUREMENT, STATUS, VEHICLE, VEHICLE_POINTS, Point

#: the setting that asks for all there is
ALL = "all"
SECTION = "extra"
#: start of a key; no word of the vocabulary has an underscore
PREFIX = "extra_"
#: what all of BMW's names begin with, and no item needs to say
_ROOT = "vehicle."
#: the names that can be told apart as parts of an item's name; longer ones, or deeper, are nobody's but a hostile broker's
_NAME = re.compile(r"^vehicle(\.[A-Za-z][A-Za-z0-9]{0,59}){1,12}\Z")
LONGEST_NAME = 150

#: the unit of a reading that is a time (epoch seconds) and no number
MOMENT = "moment"

#: openHAB's symbol -> its dimension
_DIMENSIONS = {
    "%": "Dimensionless",
    "km": "Length",
    "m": "Length",
    "mm": "Length",
    "mi": "Length",
    "ft": "Length",
    "h": "Time",
    "min": "Time",
    "s": "Time",
    "week": "Time",
    "d": "Time",
    "kWh": "Energy",
    "Wh": "Energy",
    "W": "Power",
    "kW": "Power",
    "V": "ElectricPotential",
    "A": "ElectricCurrent",
    "kPa": "Pressure",
    "bar": "Pressure",
    "psi": "Pressure",
    "\u00b0C": "Temperature",
    "\u00b0F": "Temperature",
    "\u00b0": "Angle",
    "km/h": "Speed",
    "mph": "Speed",
    "l": "Volume",
}
_CAMEL = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+[A-Za-z]*")


def names_of(setting):
    """The cloud's names (list) that a setting lists with commas between."""
    return [name.strip() for name in setting.split(",") if name.strip()]


def key_of(name):
    """The key of a cloud's name (``vehicle.body.chargingPort.dcStatus``); None if it cannot be part of an item's name."""
    if len(name) > LONGEST_NAME or not _NAME.match(name):
        return None
    return PREFIX + name[len(_ROOT) :].replace(".", "_")


def is_key(key):
    """True for a key of ``key_of``."""
    return key.startswith(PREFIX)


def name_of(key):
    """The cloud's name that a key was made of."""
    return _ROOT + key[len(PREFIX) :].replace("_", ".")


def label(key):
    """BMW's name as words: ``Body charging port dc status``. BMW has it in English only."""
    words = [lower(word) if not word.isupper() else word for word in _CAMEL.findall(key[len(PREFIX) :])]
    return " ".join([capitalize(words[0])] + words[1:])


def point(key, reading):
    """The Point of a key.

    Args:
        reading (bmw.vehicle.vehicle.Reading): its value says what type the item is of.
    """
    item_type, unit, pattern, icon, tag = _form(reading)
    text = label(key)
    return Point(key, SECTION, item_type, unit, text, text, pattern, icon, (tag,))


def _form(reading):
    """(item type, unit, state pattern, icon, tag) by a value and its unit."""
    if isinstance(reading.value, bool):
        return "Switch", "", "%s", "switch", STATUS
    if reading.unit == MOMENT:
        return "DateTime", "", "%1$td.%1$tm.%1$tY %1$tH:%1$tM", "time", STATUS
    if not isinstance(reading.value, number_types):
        return "String", "", "%s", "text", STATUS
    dimension = _DIMENSIONS.get(reading.unit)
    if dimension is None:
        return "Number", "", "%s", "line", MEASUREMENT
    return "Number:" + dimension, reading.unit, "%.1f " + reading.unit.replace("%", "%%"), "line", MEASUREMENT


def point_of(key, reading):
    """The Point of a word of the vocabulary or of an extra key."""
    return VEHICLE.get(key) or point(key, reading)


def points_of(readings):
    """The Points (list) of all that is known (value not None) of a car, in the order of the vocabulary, the extra ones last.

    Args:
        readings (dict): key -> bmw.vehicle.vehicle.Reading.
    """
    known = set(key for key, reading in readings.items() if reading.value is not None)
    points = [point for point in VEHICLE_POINTS if point.key in known]
    return points + [point(key, readings[key]) for key in sorted(known) if is_key(key)]
