"""From a reading to the text of an openHAB state, by the type of the item that shall hold it.

Pure: no openHAB class is touched here. None means UNDEF.
"""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.compat import number_types, text_type


def state_text(value, unit, item_type, native_type="Switch"):
    """The state's text, or None for UNDEF when the value is unknown or does not fit the item's type.

    Args:
        value: see ``bmw.vehicle.vehicle.Reading``.
        unit (str): openHAB unit symbol, may be empty.
        item_type (str): type of the item to write: ``Number:Length``, ``Contact`` ...
        native_type (str): the vocabulary's type for it, which names a yes or no (OPEN/CLOSED of a Contact, else
            ON/OFF; ``LOCK`` for that of a lock) and tells a time from a number.
    """
    if value is None:
        return None
    if item_type.startswith("Number"):  # most are; a yes or no is 1 or 0 there
        text = number_text(value) if isinstance(value, number_types) else None
        return text + " " + unit if unit and text is not None and item_type != "Number" else text
    if isinstance(value, bool):
        value = (_LOCK_WORDS if native_type == LOCK and item_type == "Contact" else _BOOLEAN_WORDS[native_type == "Contact"])[value]
    if native_type == "DateTime" and item_type == "String":
        return _time(value, unit, item_type)
    convert = _CONVERTERS.get(item_type.partition(":")[0])
    return convert(value, unit, item_type) if convert else None


def number_text(number):
    """A number without exponent and without idle zeros: 57, 0.4, 12345.6; None when it is not finite."""
    try:
        text = _SIX_DIGITS(number).rstrip("0").rstrip(".")
    except OverflowError:  # an integer of hundreds of digits
        return None
    return _OTHERWISE.get(text, text)


def _is_number(value):
    return isinstance(value, number_types) and not isinstance(value, bool)


def _word(words):
    return lambda value, _unit, _type: words.get(value) if isinstance(value, text_type) else None


def _text(value, unit, _item_type):
    if isinstance(value, tuple):
        return _place(value, unit, _item_type)
    if _is_number(value):
        return number_text(value)
    # every page, database and log that shows the item has to bear it
    return None if isinstance(value, text_type) and len(value) > MAX_CHARACTERS else value


def _time(value, _unit, _item_type):
    return times.to_iso(value) if _is_number(value) and 0 <= value < _YEAR_10000 else None


def _place(value, _unit, _item_type):
    if not isinstance(value, tuple) or len(value) != 2 or not all(_is_number(part) for part in value):
        return None
    latitude, longitude = value
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return "{},{}".format(number_text(latitude), number_text(longitude))


#: letters of a text; the longest real one, the curve of a charge, has some thousand
MAX_CHARACTERS = 20000
_SIX_DIGITS = "{:.6f}".format
#: what no item shows, and what it shows instead; None where there is no such number
_OTHERWISE = {"-0": "0", "nan": None, "inf": None, "-inf": None}
#: the first moment that openHAB's four digits of a year cannot say
_YEAR_10000 = 253402300800
#: [is the point a Contact][value]
_BOOLEAN_WORDS = ({True: "ON", False: "OFF"}, {True: "OPEN", False: "CLOSED"})
#: native type of a Switch that is ON while something is locked: a Contact is closed then
LOCK = "Lock"
_LOCK_WORDS = {True: "LOCKED", False: "UNLOCKED"}
#: what may be written to a user's own Contact or Switch, whatever the vocabulary's type is
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
    "Dimmer": lambda value, _unit, _type: number_text(value) if _is_number(value) else None,
    "Contact": _word(_TO_CONTACT),
    "Switch": _word(_TO_SWITCH),
    "String": _text,
    "DateTime": _time,
    "Location": _place,
}
