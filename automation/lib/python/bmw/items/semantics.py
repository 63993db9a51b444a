"""Semantic tags that newer openHABs have: an item gets them where the running openHAB knows them, else those of openHAB 3.0. Pure.

The tags of 3.0 stand in the vocabulary. 5.0 has all of these but ``StateOfCharge`` (5.2).
"""

from __future__ import absolute_import, unicode_literals

#: property -> keys that get it in place of the property of 3.0, if any
_PROPERTIES = {
    "StateOfCharge": (
        "stateOfCharge estimatedStateOfCharge targetStateOfCharge minimumStateOfCharge professionalTargetStateOfCharge"
        " lastChargingStartStateOfCharge lastChargingEndStateOfCharge lastTripStateOfCharge auxiliaryBatteryStateOfCharge chargingTarget"
    ),
    "LockState": "doorLockState locked chargeCableLocked chargeFlapLocked lock unlock",
    "GeoLocation": "position destinationPosition",
    "Speed": "averageSpeed speedFrom speedTo",
    "Mode": "chargingMode dcChargingMode placeChargingMode",
}
#: values that this module calculates; in 3.0 they are measurements
_CALCULATED = frozenset(
    (
        "estimatedStateOfCharge realConsumption realConsumptionTrips realRange distanceFromHome directionFromHome"
        " energyChargedThisMonth energyChargedLastMonth energyChargedTotal chargingCostThisMonth chargingCostLastMonth"
    ).split()
)
_OF_KEY = dict((key, name) for name, keys in _PROPERTIES.items() for key in keys.split())
_MEASUREMENT, _CALCULATION = "Measurement", "Calculation"
#: property of 3.0 of anything that opens; of an opening in percent
_OPENING, _LEVEL = "Opening", "Level"
_OPENINGS = ("doors", "windows")


def tags(point, knows):
    """The tags (tuple) of a point (of bmw.vehicle.vocabulary).

    Args:
        knows: callable (name of a tag) -> True if the running openHAB has it.
    """
    kind, properties = point.tags[0], point.tags[1:]
    if kind == _MEASUREMENT and point.key in _CALCULATED and knows(_CALCULATION):
        kind = _CALCULATION
    better = _better(point, properties)
    return (kind,) + ((better,) if better and knows(better) else properties)


def _better(point, properties):
    """The newer property of a point; None if there is none."""
    if _OPENING in properties:
        return "OpenState"
    if _LEVEL in properties and point.section in _OPENINGS:
        return "OpenLevel"
    return _OF_KEY.get(point.key)
