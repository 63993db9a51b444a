"""The state of charge as it probably is now: a car that charges asleep tells it every half hour at best.

Pure. While the car does not charge, the estimate is what the car said, so that a rule or a chart can use it all the time. It has an
end: the target, the time that BMW gave, or some time after the car's last word.
"""

from __future__ import absolute_import, unicode_literals

import re

from bmw.vehicle.plausible import converted
from bmw.vehicle.vehicle import TIME_LEFT_HOLDS, Reading

KEY = "estimatedStateOfCharge"
#: seconds between two looks while a car charges
EVERY = 60
#: part of the power that reaches the battery: an assumption, as BMW does not say at which side of the charger it measures
EFFICIENCY = 0.92
#: seconds around the state of charge in which a power counts: it holds near its time only (cardata.md section 4)
POWER_HOLDS = 1800
#: seconds after the car's last word of its charge in which an estimate makes sense: a night at a household socket
LAST_WORD_HOLDS = 12 * 3600

#: no wallbox gives more
MAX_WATTS = 1000000.0

_OF_A_CHARGE = ("stateOfCharge", "chargingStatus", "chargingPower", "chargingTimeRemaining")
_POWER = re.compile(r"^\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(W|kW|MW)?\s*$")
_WATTS = {None: 1.0, "W": 1.0, "kW": 1000.0, "MW": 1000000.0}


def reading(readings, now, capacity=None, wallbox=None):
    """The Reading of the estimate, in percent; None for a car that tells no state of charge.

    Its value is None while the car charges and has not said enough to go by: a state of charge with its time, and a power and
    capacity, or the time left, or how the last charge went. It is None as well when the charge must be over by what was said.

    Args:
        readings ({key: Reading}): what the car said, with the last estimate. now (float): epoch seconds.
        capacity (float or None): kWh of the battery, as the user knows it. wallbox (float or None): mean watts since the state of
            charge was said, as the wallbox measures them.
    """
    said = readings.get("stateOfCharge")
    if said is None:
        return None
    if not _value(readings, "charging") or said.value is None:
        return Reading(said.value)
    last, left = _last_word(readings), readings.get("chargingTimeRemaining")
    if said.time is None or _gave_up(readings, last) or now > _end(left, last):
        return Reading(None, last)  # given up until the car says more
    capacity = capacity or _value(readings, "batteryCapacity")
    hourly = _by_watts(wallbox, capacity) or _by_power(readings, said, capacity) or _by_time_left(readings, said, left)
    hourly = hourly or _by_last_charge(readings)
    if hourly is None:
        return Reading(None)
    hours = max(0.0, min(now, _told_end(left, now)) - said.time) / 3600.0
    # more than its target the car does not charge; a target below what it has is none for this charge
    limit = _value(readings, "targetStateOfCharge")
    limit = min(limit, 100) if limit is not None and limit > said.value else 100
    return Reading(round(min(max(limit, said.value), said.value + hourly * hours), 1))


def is_open(readings, now):
    """True while the car charges and an estimate may still change."""
    last = _last_word(readings)
    return bool(_value(readings, "charging")) and last is not None and now <= last + LAST_WORD_HOLDS


def watts(text):
    """The watts (float) of an item's state as text (``7200 W``, ``7.2 kW``, ``7200``); None where it is no power."""
    found = _POWER.match(text) if text else None
    try:
        power = float(found.group(1)) * _WATTS[found.group(2)] if found else None
    except ValueError:  # 1.2.3
        return None
    return power if power is not None and power <= MAX_WATTS else None


class Meter(object):
    """The mean power since a state of charge was said, from samples of a wallbox: what it gives now says little of the last hour."""

    def __init__(self):
        self._since = self._at = self._power = None
        self._energy = 0.0

    def mean(self, since, now, power):
        """Takes a sample, and returns the mean (W) from ``since`` (epoch seconds) to ``now``; None without one.

        Args:
            power (float or None): watts now.
        """
        if power is None or since is None:
            self._since = self._power = None
            return None
        if since != self._since:
            # what it gave before is not known: as now, or as in the last sample
            self._since, self._at, self._energy = since, since, 0.0
            self._power = power if self._power is None else self._power
        self._energy += self._power * max(0.0, now - self._at)
        self._at, self._power = max(now, self._at), power
        return self._energy / (self._at - since) if self._at > since else power


def _last_word(readings):
    """When the car said the last thing of its charge (epoch seconds), None if it never did."""
    times = [readings[key].time for key in _OF_A_CHARGE if key in readings and readings[key].time is not None]
    return max(times) if times else None


def _gave_up(readings, last):
    known = readings.get(KEY)
    return known is not None and known.value is None and known.time is not None and known.time == last


def _told_end(left, otherwise):
    """When the charge ends by what BMW said (epoch seconds)."""
    minutes = converted(left.value, left.unit, "min") if left is not None and left.value else None
    return otherwise if minutes is None or left.time is None else left.time + minutes * 60.0


def _end(left, last):
    """Until when there is something to go by (epoch seconds)."""
    end = last + LAST_WORD_HOLDS
    return min(end, _told_end(left, end) + TIME_LEFT_HOLDS)


def _by_watts(power, capacity):
    """Percent an hour, of power (W) and capacity (kWh)."""
    return power * EFFICIENCY / 1000.0 / capacity * 100.0 if power and capacity and power > 0 and capacity > 0 else None


def _by_power(readings, said, capacity):
    """The same of BMW's power; None if it is not known or of another time."""
    power = readings.get("chargingPower")
    if power is None or not power.value or None in (power.time, said.time) or power.time < said.time - POWER_HOLDS:
        return None
    return _by_watts(converted(power.value, power.unit, "W"), capacity)


def _by_time_left(readings, said, left):
    """Percent an hour, of the target and the minutes left until it is reached."""
    target = _value(readings, "targetStateOfCharge")
    target = 100 if target is None else min(target, 100)
    end = _told_end(left, None)
    if end is None or left.value < 0 or target <= said.value:
        return None
    # the minutes count from when they were told, and the percent from when they were
    hours = (end - said.time) / 3600.0
    return (target - said.value) / hours if hours > 0 else None


def _by_last_charge(readings):
    """Percent an hour, as the last charge went: most cars charge at home, and at the same wallbox."""
    names = ("lastChargingStartStateOfCharge", "lastChargingEndStateOfCharge", "lastChargingDuration")
    begin, end, minutes = [_value(readings, name) for name in names]
    if None in (begin, end, minutes) or end <= begin or minutes <= 0:
        return None
    return (end - begin) / (minutes / 60.0)


def _value(readings, key):
    found = readings.get(key)
    return found.value if found is not None else None
