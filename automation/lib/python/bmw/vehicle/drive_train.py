"""Whether a car has a traction battery and a tank. Values of a part that the car does not have are ignored.

Pure. BMW's clouds use different words for the same drive train; an unknown word decides nothing.
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
    # nobody charges or reads its 48 V battery
    "MHEV": (False, True),
    "MILD_HYBRID": (False, True),
}
#: hybrids that do not say which kind they are: they have a tank, the battery is unknown
_HAS_TANK = frozenset(("HYBRID", "HEV"))

#: facts that name the drive train, the more reliable one first
_FACTS = ("driveTrain", "propulsionType")

TANK = frozenset("fuelRange fuelLevel fuelVolume lastTripFuelConsumption lifetimeFuel lifetimeFuelDistance coolantTemperature".split())
#: all values in the sections battery and charging belong to the traction battery, except these
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
    """(has a traction battery, has a tank) from the car's facts (dict): each True, False, or None = unknown."""
    for fact in _FACTS:
        word = upper(text_type(facts.get(fact) or "").strip()).replace("-", "_").replace(" ", "_")
        if word in _HAS_TANK:
            return None, True
        if word in _PARTS:
            battery, tank = _PARTS[word]
            # BMW also called range extenders ELECTRIC; only the model's name shows the difference
            return battery, tank or "REX" in upper(text_type(facts.get("model") or ""))
    return None, None


def impossible(facts):
    """The keys (frozenset) of values that a car with these facts cannot have."""
    battery, tank = parts(facts)
    return (BATTERY if battery is False else _NONE) | (TANK if tank is False else _NONE)


_NONE = frozenset()
