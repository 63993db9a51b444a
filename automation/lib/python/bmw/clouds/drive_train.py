"""What a car can have by its drive train: a tank, a traction battery. For all clouds, whose words for drive trains differ.

Cars tell 0 % of batteries that they do not have and 10 % of such tanks: what is surely not there is unknown, so that it gets no
item and an item of a former version does not keep its last state. A drive train that nobody has seen may have both.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import text_type, upper
from bmw.vehicle import Reading
from bmw.vocabulary import VEHICLE_POINTS

_BATTERY_ONLY = frozenset(("BEV", "ELECTRIC"))
_TANK_ONLY = frozenset(("CONV", "ICE", "COMBUSTION", "MHEV", "MILD_HYBRID", "PETROL", "DIESEL"))
#: a plug-in hybrid; a range extender (BEV_REX, PHEV_BEV_REX, ELECTRIC_WITH_RANGE_EXTENDER) is none here
_PLUG_IN_HYBRID = frozenset(("PHEV", "PLUGIN_HYBRID"))

OF_TANK = frozenset(("fuelRange", "fuelLevel", "fuelVolume", "lastTripFuelConsumption"))
OF_BATTERY = frozenset(
    (
        "stateOfCharge",
        "targetStateOfCharge",
        "batteryCapacity",
        "batteryEnergy",
        "energyToFull",
        "stateOfHealth",
        "batteryPreconditioning",
        "electricRange",
        "maxElectricRange",
        "targetRange",
        "averageConsumption",
        "averageRecuperation",
        "climateAtDeparture",
        "lastTripStateOfCharge",
        "lastTripElectricDistance",
        "lastTripConsumption",
        "lastTripRecuperation",
        "distanceSinceCharging",
        "longestElectricDistance",
        "totalElectricDistance",
        "savedFuel",
    )
).union(point.key for point in VEHICLE_POINTS if point.section == "charging")


def has_tank(facts):
    """False only for what is surely battery-electric; BMW once called a range extender ELECTRIC too, but for its model.

    Args:
        facts (dict): of ``bmw.clouds.values.facts``.
    """
    return _word(facts) not in _BATTERY_ONLY or "REX" in upper(text_type(facts.get("model") or ""))


def has_battery(facts):
    """False only for what surely drives on fuel alone."""
    return _word(facts) not in _TANK_ONLY


def is_plug_in_hybrid(facts):
    """True for a hybrid with a plug that is no range extender."""
    return _word(facts) in _PLUG_IN_HYBRID


def lacks(facts):
    """The keys (frozenset) of what the car does not have."""
    return (frozenset() if has_tank(facts) else OF_TANK) | (frozenset() if has_battery(facts) else OF_BATTERY)


def without_what_it_lacks(readings, facts):
    """The readings, those of a tank or battery that the car does not have unknown.

    Args:
        readings ({key: Reading}). facts (dict).
    """
    missing = lacks(facts)
    return dict((key, Reading(None, reading.time) if key in missing else reading) for key, reading in readings.items())


def settle_ranges(readings, facts, time):
    """Puts in the total range, for the clouds before CarData: a plug-in hybrid tells it as the fuel's, a range extender does not.

    Args:
        readings ({key: Reading}): with electricRange and fuelRange as told. facts (dict). time (float or None): of the readings.
    """
    missing = lacks(facts)
    parts = dict((key, readings[key].value) for key in ("electricRange", "fuelRange") if key in readings and key not in missing)
    fuel = parts.get("fuelRange")
    if is_plug_in_hybrid(facts) and fuel is not None:
        electric = parts.get("electricRange")
        readings["totalRange"] = Reading(fuel, time)
        readings["fuelRange"] = Reading(fuel - electric if electric is not None and fuel >= electric else None, time)
    elif parts:
        readings["totalRange"] = Reading(None if None in parts.values() else sum(parts.values()), time)


def _word(facts):
    word = facts.get("driveTrain")
    return upper(word.strip()) if isinstance(word, text_type) else ""
