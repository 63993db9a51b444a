"""What a car really consumes and how far it really comes, learned from its last trips. Pure.

All figures are ours: the state of charge before and after each trip, by the battery's capacity. A trip that may hide a charge, or of
which the energy is unknown, teaches nothing. A car with a tank is left out, as nobody says which way it drove by which.
"""

from __future__ import absolute_import, unicode_literals

from bmw.vehicle import drive_train
from bmw.vehicle.vehicle import Reading

CONSUMPTION, RANGE, TRIPS = KEYS = ("realConsumption", "realRange", "realConsumptionTrips")
#: the last trips that count: their km, and the least km and kWh, as a state of charge is a whole percent
WINDOW, LEAST_DISTANCE, LEAST_ENERGY = 500, 50, 5
#: kWh/100 km that a car can consume; beyond them, something was misunderstood
PLAUSIBLE = (3, 100)


def learned(trips):
    """(kWh/100 km, number of trips that it was learned from); (None, 0) before there are enough of them.

    Args:
        trips (list of bmw.logbook.trips.Trip): the oldest first.
    """
    distance = energy = number = 0
    for trip in reversed(trips):
        if distance >= WINDOW:
            break
        if trip.energy is None or trip.has_gap:
            continue
        distance, energy, number = distance + trip.distance, energy + trip.energy, number + 1
    if distance < LEAST_DISTANCE or energy < LEAST_ENERGY:
        return None, 0
    consumption = energy / distance * 100
    return (round(consumption, 1), number) if PLAUSIBLE[0] <= consumption <= PLAUSIBLE[1] else (None, 0)


def readings(use, vehicle, capacity):
    """{key of KEYS: Reading} of a car. Empty for what it never had.

    Args:
        use: result of ``learned``. capacity (float or None): kWh of the battery.
    """
    consumption, number = use
    if drive_train.parts(vehicle.facts)[1]:
        consumption = None
    soc = vehicle.readings.get("stateOfCharge")
    found = dict.fromkeys(KEYS)
    if consumption is not None:
        found.update({CONSUMPTION: consumption, TRIPS: number})
        if capacity and soc is not None and soc.value is not None:
            found[RANGE] = round(soc.value * capacity / consumption)
    return dict((key, Reading(value)) for key, value in found.items() if value is not None or key in vehicle.readings)
