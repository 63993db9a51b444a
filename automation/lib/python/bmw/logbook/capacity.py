"""What a full charge takes from the grid, learned from the charges of which BMW tells the energy, and how that changes in a year. Pure.

It is the battery's usable capacity with the losses of charging, some 5 to 15 percent: BMW tells the energy at the plug, and nobody
tells it at the battery. Our own estimates teach nothing, as they are made of the capacity. All figures are ours.
"""

from __future__ import absolute_import, unicode_literals

from bmw.vehicle.vehicle import Reading

CAPACITY, CHARGES, TREND = KEYS = ("learnedCapacity", "learnedCapacityCharges", "learnedCapacityTrend")
#: percent that a charge must add, as a state of charge is a whole percent; kWh that a full charge can take
LEAST_ADDED, PLAUSIBLE = 20, (3, 250)
#: the newest charges that count, and the least number of them
NEWEST, LEAST = 20, 5
#: the same for the trend: charges on either side, and days between those that are compared
LEAST_FOR_TREND, NEAREST, FARTHEST = 10, 275, 455
_DAY = 86400.0


def learned(charges):
    """(kWh, number of charges that it was learned from); (None, 0) before there are enough of them.

    Args:
        charges (list of bmw.logbook.charges.Charge): the oldest first.
    """
    newest = _samples(charges)[-NEWEST:]
    if len(newest) < LEAST:
        return None, 0
    return round(_median([energy for _time, energy in newest]), 1), len(newest)


def trend(charges):
    """Percent by which it changes in a year, below zero if it falls; None before there are enough charges a year apart."""
    samples = _samples(charges)
    newest = samples[-NEWEST:]
    if len(newest) < LEAST_FOR_TREND:
        return None
    middle = _median([time for time, _energy in newest])
    before = [one for one in samples[:-NEWEST] if NEAREST <= (middle - one[0]) / _DAY <= FARTHEST]
    if len(before) < LEAST_FOR_TREND:
        return None
    now, then = [_median([energy for _time, energy in part]) for part in (newest, before)]
    years = (middle - _median([time for time, _energy in before])) / _DAY / 365.25
    return round((now / then - 1) * 100 / years, 1)


def readings(charges, vehicle):
    """{key of KEYS: Reading} of a car. Empty for what it never had."""
    found, number = learned(charges)
    values = {CAPACITY: found, CHARGES: number or None, TREND: trend(charges)}
    return dict((key, Reading(value)) for key, value in values.items() if value is not None or key in vehicle.readings)


def _samples(charges):
    """[(time, kWh of a full charge)] of the charges that teach something."""
    found = []
    for charge in charges:
        if None in (charge.energy, charge.begin, charge.final) or charge.sources.get("energy") != "bmw":
            continue
        added = charge.final - charge.begin
        full = charge.energy * 100.0 / added if LEAST_ADDED <= added <= 100 else 0
        if PLAUSIBLE[0] <= full <= PLAUSIBLE[1]:
            found.append((charge.start, full))
    return found


def _median(numbers):
    numbers = sorted(numbers)
    middle = len(numbers) // 2
    return numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2.0
