"""Values of a cloud that are not in the vocabulary. The setting ``extra`` shows them as advanced items.

The key comes from the cloud's name for the value. The point (label, item type, unit) comes from that name and the first value.
Pure. The cloud decides which of them are wanted.
"""

from __future__ import absolute_import, unicode_literals


from bmw.compat import capitalize, lower, number_types
from bmw.pattern import Pattern
from bmw.vehicle.vocabulary import MEASUREMENT, STATUS, VEHICLE, VEHICLE_POINTS, Point

#: the setting for all extra values
ALL = "all"
SECTION = "extra"
#: start of a key; no key of the vocabulary has an underscore
PREFIX = "extra_"
#: start of all of BMW's names; item names leave it out
_ROOT = "vehicle."
#: names that are safe as part of an item's name; only a hostile broker sends longer or deeper ones
_NAME = Pattern(r"^vehicle(\.[A-Za-z][A-Za-z0-9]{0,59}){1,12}\Z")
MAX_NAME = 150

#: the unit of a reading that is a time (epoch seconds)
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
_CAMEL = Pattern("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+[A-Za-z]*")


def names_of(setting):
    """The cloud's names (list) from a comma-separated setting."""
    return [name.strip() for name in setting.split(",") if name.strip()]


def key_of(name):
    """The key of a cloud's name (``vehicle.body.chargingPort.dcStatus``); None if it cannot be part of an item's name."""
    if len(name) > MAX_NAME or not _NAME.match(name):
        return None
    return PREFIX + name[len(_ROOT) :].replace(".", "_")


def is_key(key):
    """True for a key made by ``key_of``."""
    return key.startswith(PREFIX)


def name_of(key):
    """The cloud's name for a key."""
    return _ROOT + key[len(PREFIX) :].replace("_", ".")


def label(key):
    """BMW's name as words: ``Body charging port dc status``. BMW has it in English only."""
    words = [lower(word) if not word.isupper() else word for word in _CAMEL.findall(key[len(PREFIX) :])]
    return " ".join([capitalize(words[0])] + words[1:])


def point(key, reading):
    """The Point of a key.

    Args:
        reading (bmw.vehicle.vehicle.Reading): its value decides the item type.
    """
    item_type, unit, pattern, icon, tag = _form(reading)
    text = label(key)
    return Point(key, SECTION, item_type, unit, text, text, pattern, icon, (tag,))


def _form(reading):
    """(item type, unit, state pattern, icon, tag) for a value and its unit."""
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
    """The Point of a vocabulary key or an extra key."""
    return VEHICLE.get(key) or point(key, reading)


def points_of(readings):
    """The Points (list) of all known readings (value not None), in the order of the vocabulary, extra values last.

    Args:
        readings (dict): key -> bmw.vehicle.vehicle.Reading.
    """
    known = set(key for key, reading in readings.items() if reading.value is not None)
    points = [point for point in VEHICLE_POINTS if point.key in known]
    return points + [point(key, readings[key]) for key in sorted(known) if is_key(key)]
