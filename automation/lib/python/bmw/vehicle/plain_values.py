"""A car's values as plain texts, for programs that charge it (evcc, openWB): numbers without units, true and false, times in UTC.

What is not known is an empty text, never a guess. Knows neither MQTT nor these programs.
"""

from __future__ import absolute_import, unicode_literals

from bmw import times
from bmw.compat import is_number, text_type
from bmw.vehicle.plausible import converted
from bmw.vehicle.states import number_text
from bmw.vehicle.vehicle import Reading
from bmw.vehicle.vocabulary import VEHICLE

_NOTHING = Reading(None)


def texts(readings):
    """{name: text} of all values, '' = not known, from a car's {key: Reading}."""
    return dict((name, _or_empty(function(readings))) for name, function in VALUES)


def _or_empty(text):
    return "" if text is None else text


def _of(readings, key):
    return readings.get(key, _NOTHING).value


def _number(key, digits=0):
    """A function: the number in the vocabulary's unit, with so many digits after the point."""

    def tell(readings):
        reading = readings.get(key, _NOTHING)
        number = converted(reading.value, reading.unit, VEHICLE[key].unit) if is_number(reading.value) else None
        return None if number is None else number_text(round(number, digits))

    return tell


def _yes_no(key):
    words = {True: "true", False: "false"}
    return lambda readings: words.get(_of(readings, key)) if isinstance(_of(readings, key), bool) else None


def _status(readings):
    """A: not plugged in, B: plugged in, C: charges."""
    if _of(readings, "charging") is True:
        return "C"
    if _of(readings, "pluggedIn") is False:
        return "A"
    # plugged in, but it is not known whether it charges: that is neither B nor C
    return "B" if _of(readings, "pluggedIn") is True and _of(readings, "charging") is False else None


def _finish_time(readings):
    left = readings.get("chargingTimeRemaining", _NOTHING)
    minutes = converted(left.value, left.unit, VEHICLE["chargingTimeRemaining"].unit) if is_number(left.value) else None
    if minutes is None or left.time is None or _of(readings, "charging") is not True:
        return None
    return times.to_iso(left.time + minutes * 60)


def _coordinate(number):
    def tell(readings):
        position = _of(readings, "position")
        return number_text(position[number]) if isinstance(position, tuple) and len(position) == 2 else None

    return tell


def _updated(readings):
    time = _of(readings, "lastUpdate")
    return times.to_iso(time) if is_number(time) else None


def _soc_timestamp(readings):
    said = readings.get("stateOfCharge", _NOTHING)
    return text_type(int(said.time)) if said.value is not None and said.time is not None else None


#: name (evcc's, where it has one; openWB's soc_timestamp), and how it is told; docs/other-tools explains each
VALUES = (
    ("soc", _number("stateOfCharge", 1)),
    ("soc_timestamp", _soc_timestamp),
    ("estimatedSoc", _number("estimatedStateOfCharge", 1)),
    ("limitSoc", _number("targetStateOfCharge")),
    ("range", _number("electricRange")),
    ("odometer", _number("odometer")),
    ("status", _status),
    ("plugged", _yes_no("pluggedIn")),
    ("charging", _yes_no("charging")),
    ("climater", _yes_no("climateActive")),
    ("finishTime", _finish_time),
    ("latitude", _coordinate(0)),
    ("longitude", _coordinate(1)),
    ("updated", _updated),
)
