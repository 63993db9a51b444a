"""Converts a reading to the text of an openHAB state that fits the item's type.

Pure: uses no openHAB class. None means UNDEF.
"""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.compat import is_number, number_types, text_type


def state_text(value, unit, item_type, native_type="Switch"):
    """The state's text, or None for UNDEF when the value is unknown or does not fit the item's type.

    Args:
        value: see ``bmw.vehicle.vehicle.Reading``.
        unit (str): openHAB unit symbol, may be empty.
        item_type (str): type of the item to write: ``Number:Length``, ``Contact`` ...
        native_type (str): the vocabulary's type. It decides how a bool is written (Contact: OPEN/CLOSED, ``LOCK``:
            locked/unlocked, else ON/OFF) and whether a number is a time.
    """
    if value is None:
        return None
    if item_type.startswith("Number"):  # first, as most items are; a bool becomes 1 or 0
        text = number_text(value) if isinstance(value, number_types) else None
        return text + " " + unit if unit and text is not None and item_type != "Number" else text
    if isinstance(value, bool):
        value = (_LOCK_WORDS if native_type == LOCK and item_type == "Contact" else _BOOLEAN_WORDS[native_type == "Contact"])[value]
    if native_type == "DateTime" and item_type == "String":
        return _time(value, unit, item_type)
    convert = _CONVERTERS.get(item_type.partition(":")[0])
    return convert(value, unit, item_type) if convert else None


def number_text(number):
    """A number without exponent and trailing zeros: 57, 0.4, 12345.6; None if it is not finite."""
    try:
        text = ("%.6f" % number).rstrip("0").rstrip(".")  # ``format`` takes Jython twice as long
    except OverflowError:  # an integer of hundreds of digits
        return None
    return _OTHERWISE.get(text, text)


def _word(words):
    return lambda value, _unit, _type: words.get(value) if isinstance(value, text_type) else None


def _text(value, unit, _item_type):
    if isinstance(value, tuple):
        return _place(value, unit, _item_type)
    if is_number(value):
        return number_text(value)
    # a longer text is too much for pages, databases and logs
    return None if isinstance(value, text_type) and len(value) > MAX_CHARACTERS else value


def _time(value, _unit, _item_type):
    return times.to_iso(value) if is_number(value) and 0 <= value < _YEAR_10000 else None


def _place(value, _unit, _item_type):
    if not isinstance(value, tuple) or len(value) != 2 or not all(is_number(part) for part in value):
        return None
    latitude, longitude = value
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return "{},{}".format(number_text(latitude), number_text(longitude))


#: the longest real texts are the logs for the dashboard, see ``bmw.logbook.dashboard``; a charging curve has a few thousand characters
MAX_CHARACTERS = 32000
#: formatted number -> what an item shows instead; None = no number
_OTHERWISE = {"-0": "0", "nan": None, "inf": None, "-inf": None}
#: epoch seconds; openHAB writes years with four digits
_YEAR_10000 = 253402300800
#: [is the point a Contact][value]
_BOOLEAN_WORDS = ({True: "ON", False: "OFF"}, {True: "OPEN", False: "CLOSED"})
#: native type of a Switch that is ON while something is locked; a Contact shows CLOSED then
LOCK = "Lock"
_LOCK_WORDS = {True: "LOCKED", False: "UNLOCKED"}
#: how words are written to a user's own Contact or Switch
_TO_CONTACT = {
    "OPEN": "OPEN",
    "OPEN_TILT": "OPEN",
    "INTERMEDIATE": "OPEN",
    "INTERMEDIATE_TILT": "OPEN",
    "CLOSED": "CLOSED",
    "ON": "OPEN",
    "OFF": "CLOSED",
    "UNLOCKED": "OPEN",
    "SELECTIVE_LOCKED": "OPEN",
    "LOCKED": "CLOSED",
    "SECURED": "CLOSED",
}
_TO_SWITCH = {
    "ON": "ON",
    "OFF": "OFF",
    "OPEN": "ON",
    "CLOSED": "OFF",
    "SECURED": "ON",
    "LOCKED": "ON",
    "UNLOCKED": "OFF",
    "SELECTIVE_LOCKED": "OFF",
}

_CONVERTERS = {
    "Dimmer": lambda value, _unit, _type: number_text(value) if is_number(value) else None,
    "Contact": _word(_TO_CONTACT),
    "Switch": _word(_TO_SWITCH),
    "String": _text,
    "DateTime": _time,
    "Location": _place,
}
