"""What a car's drive train has: a traction battery, a tank. What a car has not, it cannot tell, whatever a cloud sends for it.

Pure. BMW's clouds name the drive train in several words; a word that nobody has seen decides nothing.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import text_type, upper
from bmw.vehicle.vocabulary import VEHICLE_POINTS

#: BMW's word (CarData, ConnectedDrive and portal, MyBMW) -> (has a traction battery, has a tank)
_PARTS = {
    "BEV": (True, False),
    "ELECTRIC": (True, False),
    "BEV_REX": (True, True),
    "PHEV_BEV_REX": (True, True),
    "ELECTRIC_WITH_RANGE_EXTENDER": (True, True),
    "PHEV": (True, True),
    "PLUGIN_HYBRID": (True, True),
    "CONV": (False, True),
    "ICE": (False, True),
    "COMBUSTION": (False, True),
    "PETROL": (False, True),
    "DIESEL": (False, True),
    # its battery of 48 V drives nothing that a person charges or reads
    "MHEV": (False, True),
    "MILD_HYBRID": (False, True),
}
#: a mild hybrid that says no more than HYBRID has a tank; whether it has a battery worth telling is open
_TANK_AT_LEAST = frozenset(("HYBRID", "HEV"))

#: facts that name it, the surer one first
_FACTS = ("driveTrain", "propulsionType")

TANK = frozenset("fuelRange fuelLevel fuelVolume lastTripFuelConsumption lifetimeFuel lifetimeFuelDistance coolantTemperature".split())
#: of the sections of battery and charging all but these are of the traction battery
_NO_BATTERY = TANK | frozenset(("totalRange", "navigationRange"))
_MORE_OF_BATTERY = (
    "climateAtDeparture",
    "distanceSinceCharging",
    "lastTripComfortEnergy",
    "lastTripConsumption",
    "lastTripElectricDistance",
    "lastTripElectricShare",
    "lastTripRecuperation",
    "lastTripStateOfCharge",
    "longestElectricDistance",
    "savedFuel",
    "totalElectricDistance",
)
BATTERY = frozenset(
    [point.key for point in VEHICLE_POINTS if point.section in ("battery", "charging") and point.key not in _NO_BATTERY]
).union(_MORE_OF_BATTERY)


def parts(facts):
    """(has a traction battery, has a tank) of a car by its facts (dict): each True, False, or None where nobody knows."""
    for fact in _FACTS:
        word = upper(text_type(facts.get(fact) or "").strip()).replace("-", "_").replace(" ", "_")
        if word in _TANK_AT_LEAST:
            return None, True
        if word in _PARTS:
            battery, tank = _PARTS[word]
            # BMW called a range extender ELECTRIC, and only the model's name told it apart
            return battery, tank or "REX" in upper(text_type(facts.get("model") or ""))
    return None, None


def impossible(facts):
    """The keys (frozenset) of what a car of these facts has no part for."""
    battery, tank = parts(facts)
    return (BATTERY if battery is False else _NONE) | (TANK if tank is False else _NONE)


_NONE = frozenset()
