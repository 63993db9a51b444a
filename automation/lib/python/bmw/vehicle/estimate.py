"""Estimates the current state of charge, because a car that charges while asleep reports it every half hour at best.

Pure. While the car does not charge, the estimate equals the reported value, so that rules and charts can always use it. The
estimate stops at the target, at the end time from BMW, or some time after the car's last report.
"""

from __future__ import absolute_import, unicode_literals


from bmw.pattern import Pattern
from bmw.vehicle.plausible import converted
from bmw.vehicle.vehicle import TIME_LEFT_VALID, Reading

KEY = "estimatedStateOfCharge"
#: seconds between two estimates while a car charges
EVERY = 60
#: share of the power that reaches the battery: an assumption, as BMW does not say on which side of the charger it measures
EFFICIENCY = 0.92
#: a power is used if it is at most this many seconds older than the state of charge (cardata.md section 4)
POWER_VALID = 1800
#: seconds after the car's last charging report in which an estimate makes sense: a night at a household socket
REPORT_VALID = 12 * 3600

#: no wallbox delivers more
MAX_WATTS = 1000000.0

_OF_A_CHARGE = ("stateOfCharge", "chargingStatus", "chargingPower", "chargingTimeRemaining")
_POWER = Pattern(r"^\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(W|kW|MW)?\s*$")
_WATTS = {None: 1.0, "W": 1.0, "kW": 1000.0, "MW": 1000000.0}


def reading(readings, now, capacity=None, wallbox=None):
    """The estimate as a Reading, in percent; None for a car that reports no state of charge.

    Its value is None while the car charges and has not reported enough. The estimate needs a state of charge with its time, and
    either power and capacity, or the time left, or the last charging session. It is None as well after the reported end.

    Args:
        readings ({key: Reading}): what the car reported, with the last estimate. now (float): epoch seconds.
        capacity (float or None): kWh of the battery, set by the user. wallbox (float or None): mean watts since the state of
            charge was reported, measured by the wallbox.
    """
    said = readings.get("stateOfCharge")
    if said is None:
        return None
    if not _value(readings, "charging") or said.value is None:
        return Reading(said.value)
    last, left = _last_report(readings), readings.get("chargingTimeRemaining")
    if said.time is None or _gave_up(readings, last) or now > _end(left, last):
        return Reading(None, last)  # no estimate until the car reports again
    capacity = capacity or _value(readings, "batteryCapacity")
    hourly = _by_watts(wallbox, capacity) or _by_power(readings, said, capacity) or _by_time_left(readings, said, left)
    hourly = hourly or _by_last_charge(readings)
    if hourly is None:
        return Reading(None)
    hours = max(0.0, min(now, _reported_end(left, now)) - said.time) / 3600.0
    # the car stops at its target; a target below the current state of charge does not apply to this session
    limit = _value(readings, "targetStateOfCharge")
    limit = min(limit, 100) if limit is not None and limit > said.value else 100
    return Reading(round(min(max(limit, said.value), said.value + hourly * hours), 1))


def is_open(readings, now):
    """True while the car charges and an estimate may still change."""
    last = _last_report(readings)
    return bool(_value(readings, "charging")) and last is not None and now <= last + REPORT_VALID


def watts(text):
    """The watts (float) of an item's state as text (``7200 W``, ``7.2 kW``, ``7200``); None if it is not a power."""
    found = _POWER.match(text) if text else None
    try:
        power = float(found.group(1)) * _WATTS[found.group(2)] if found else None
    except ValueError:  # 1.2.3
        return None
    return power if power is not None and power <= MAX_WATTS else None


class Meter(object):
    """The wallbox's mean power since the last reported state of charge. Its current power says little about the last hour."""

    def __init__(self):
        self._since = self._at = self._power = None
        self._energy = 0.0

    def mean(self, since, now, power):
        """Adds a sample and returns the mean (W) from ``since`` (epoch seconds) to ``now``; None without a sample.

        Args:
            power (float or None): watts now.
        """
        if power is None or since is None:
            self._since = self._power = None
            return None
        if since != self._since:
            # the power before this sample is unknown: take the last sample, or this one
            self._since, self._at, self._energy = since, since, 0.0
            self._power = power if self._power is None else self._power
        self._energy += self._power * max(0.0, now - self._at)
        self._at, self._power = max(now, self._at), power
        return self._energy / (self._at - since) if self._at > since else power


def _last_report(readings):
    """The time of the car's last charging report (epoch seconds), None if there is none."""
    times = [readings[key].time for key in _OF_A_CHARGE if key in readings and readings[key].time is not None]
    return max(times) if times else None


def _gave_up(readings, last):
    known = readings.get(KEY)
    return known is not None and known.value is None and known.time is not None and known.time == last


def _reported_end(left, otherwise):
    """The end of charging as BMW reported it (epoch seconds)."""
    minutes = converted(left.value, left.unit, "min") if left is not None and left.value else None
    return otherwise if minutes is None or left.time is None else left.time + minutes * 60.0


def _end(left, last):
    """Until when an estimate makes sense (epoch seconds)."""
    end = last + REPORT_VALID
    return min(end, _reported_end(left, end) + TIME_LEFT_VALID)


def _by_watts(power, capacity):
    """Percent per hour, from power (W) and capacity (kWh)."""
    return power * EFFICIENCY / 1000.0 / capacity * 100.0 if power and capacity and power > 0 and capacity > 0 else None


def _by_power(readings, said, capacity):
    """Percent per hour, from BMW's power; None if it is unknown or too old."""
    power = readings.get("chargingPower")
    if power is None or not power.value or None in (power.time, said.time) or power.time < said.time - POWER_VALID:
        return None
    return _by_watts(converted(power.value, power.unit, "W"), capacity)


def _by_time_left(readings, said, left):
    """Percent per hour, from the target and the minutes until it is reached."""
    target = _value(readings, "targetStateOfCharge")
    target = 100 if target is None else min(target, 100)
    end = _reported_end(left, None)
    if end is None or left.value < 0 or target <= said.value:
        return None
    # minutes and percent have their own times
    hours = (end - said.time) / 3600.0
    return (target - said.value) / hours if hours > 0 else None


def _by_last_charge(readings):
    """Percent per hour, from the last charging session: most cars charge at home, at the same wallbox."""
    names = ("lastChargingStartStateOfCharge", "lastChargingEndStateOfCharge", "lastChargingDuration")
    begin, end, minutes = [_value(readings, name) for name in names]
    if None in (begin, end, minutes) or end <= begin or minutes <= 0:
        return None
    return (end - begin) / (minutes / 60.0)


def _value(readings, key):
    found = readings.get(key)
    return found.value if found is not None else None
