"""The state of charge as it probably is now: a car that charges asleep tells it every half hour at best.

Pure. While the car does not charge, the estimate is what the car said, so that a rule or a chart can use it all the time.
"""

from __future__ import absolute_import, unicode_literals

from bmw.vehicle import Reading

KEY = "estimatedStateOfCharge"
#: seconds between two looks while a car charges
EVERY = 60
#: part of the power that reaches the battery: an assumption, as BMW does not say at which side of the charger it measures
EFFICIENCY = 0.92
#: seconds around the state of charge in which a power counts: it holds near its time only (cardata.md section 4)
POWER_HOLDS = 1800


def reading(readings, now):
    """The Reading of the estimate, in percent; None for a car that tells no state of charge.

    Its value is None while the car charges and has not said enough to go by: a state of charge with its time, and either power and
    capacity, or the target and the time left.

    Args:
        readings ({key: Reading}): what the car said. now (float): epoch seconds.
    """
    said = readings.get("stateOfCharge")
    if said is None:
        return None
    if not _value(readings, "charging") or said.value is None:
        return Reading(said.value)
    hourly = _by_power(readings, said) or _by_time_left(readings, said)
    if said.time is None or hourly is None:
        return Reading(None)
    hours = max(0.0, now - said.time) / 3600.0
    # more than its target the car does not charge; a target below what it has is none for this charge
    limit = _value(readings, "targetStateOfCharge")
    limit = min(limit, 100) if limit is not None and limit > said.value else 100
    return Reading(round(min(max(limit, said.value), said.value + hourly * hours), 1))


def _by_power(readings, said):
    """Percent an hour, of power (W) and capacity (kWh); None if one is not known or the power is of another time."""
    power, capacity = readings.get("chargingPower"), _value(readings, "batteryCapacity")
    if power is None or not power.value or not capacity or None in (power.time, said.time):
        return None
    if power.time < said.time - POWER_HOLDS:
        return None
    watts = power.value * (1000.0 if power.unit == "kW" else 1.0)
    return watts * EFFICIENCY / 1000.0 / capacity * 100.0 if watts > 0 and capacity > 0 else None


def _by_time_left(readings, said):
    """Percent an hour, of the target and the minutes left until it is reached."""
    left, target = readings.get("chargingTimeRemaining"), _value(readings, "targetStateOfCharge")
    target = 100 if target is None else min(target, 100)
    if left is None or not left.value or None in (left.time, said.time) or left.value < 0 or target <= said.value:
        return None
    # the minutes count from when they were told, and the percent from when they were
    hours = (left.time + left.value * 60.0 - said.time) / 3600.0
    return (target - said.value) / hours if hours > 0 else None


def _value(readings, key):
    found = readings.get(key)
    return found.value if found is not None else None
