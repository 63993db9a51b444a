"""Interprets CarData's ranges by drive train: the last remaining range is the total of electric and fuel range.

Pure. Source: BMW's catalogue (lastRemainingRange) and real cars.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import number_types
from bmw.vehicle import drive_train, plausible
from bmw.vehicle.vehicle import Reading


def readings(kombi, remaining, last, total, facts, hints, choose, late):
    """{key: Reading} of electricRange, totalRange and fuelRange, as far as known.

    Args:
        kombi, remaining, last, total (Reading or None): what the four descriptors say; None = not among the entries.
        facts (dict): of the car. hints (list of 2 bool): whether what was said shows a traction battery, and a tank, which counts
            where the facts do not tell.
        choose: callable, Readings in order of preference -> Reading or None.
        late (float): seconds by which the electric range may be newer than the last one and still be part of it.
    """
    battery, tank = _parts(facts, hints)
    if battery and tank is False:
        return _of_battery_car(kombi, remaining, last, total, choose)
    electric = choose(_there(kombi, remaining)) if battery is not False else None
    # an i3 sends 0: a total below the electric range is not a total
    whole = choose(_there(last if not _is_less(last, electric) else None, total))
    found = {}
    if electric is not None:
        found["electricRange"] = electric
    if whole is not None:
        found["totalRange"] = whole
        fuel = _fuel(whole, electric, battery, tank, late)
        if fuel is not None:
            found["fuelRange"] = fuel
    return found


def _of_battery_car(kombi, remaining, last, total, choose):
    """The whole range is electric. Older cars always send 0 as their last range; the other descriptors show a real 0."""
    if last is not None and last.value == 0:
        last = None
    electric = choose([_as_electric(reading) for reading in _there(kombi, last, total, remaining)])
    return {} if electric is None else {"electricRange": electric, "totalRange": electric}


def _as_electric(reading):
    """The electric range, or unknown if the number is too large for a battery."""
    can_be = plausible.is_plausible("electricRange", reading.value, reading.unit, "km")
    return reading if can_be else Reading(None, reading.time)


def _parts(facts, hints):
    battery, tank = drive_train.parts(facts)
    if battery is None and tank is None:
        # its values can show that it has a part, but not that it lacks one
        return (hints[0] or (False if hints[1] else None)), hints[1] or None
    return battery, tank


def _there(*found):
    return [reading for reading in found if reading is not None]


def _fuel(whole, electric, battery, tank, late):
    """The fuel range from the total range; None = keep the last value."""
    if not tank:
        return None
    if battery is False:
        return whole
    if electric is None or None in (electric.value, whole.value):
        return Reading(None, whole.time)
    if electric.time is not None and whole.time is not None and electric.time - whole.time > late:
        return None  # the total range is older: keep the last value
    part, unit = _difference(whole, electric)
    times = [time for time in (whole.time, electric.time) if time is not None]
    return Reading(part, max(times) if times else None, unit)


def _difference(whole, electric):
    """(whole - electric, unit), or None if it cannot be calculated."""
    if whole.unit == electric.unit:
        numbers, unit = (whole.value, electric.value), whole.unit
    else:
        numbers, unit = (_km(whole), _km(electric)), "km"
    return (None if None in numbers or numbers[0] < numbers[1] else numbers[0] - numbers[1]), unit


def _is_less(reading, than):
    if reading is None or than is None or not all(isinstance(one.value, number_types) for one in (reading, than)):
        return False
    return reading.value == 0 < than.value or (_km(reading) or 0) < (_km(than) or 0)


def _km(reading):
    return plausible.converted(reading.value, reading.unit, "km")
