"""Which numbers can be true: BMW's clouds send 0, -1, 255 or 2777774 where the car knows nothing. One table for all clouds.

Pure. A number outside its row is unknown, never shown and never kept.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import number_types

#: what a field of 8, 16 or 32 bits says for 'no value' and 'error': all bits set, or all but the last
_NO_BYTE = (255, 254)
_NO_WORD = (65535, 65534)
_NO_LONG = (4294967295, 4294967294, 2147483647, -2147483648)
_LEAST = 1e-9


def _row(lowest, highest, *never):
    return lowest, highest, frozenset(never)


_PERCENT = _row(0, 100)
_RANGE = _row(0, 4000)
_ENERGY = _row(0, 300)
_TRIP = _row(0, 500000)

#: vocabulary key -> (lowest, highest, numbers that mean nothing), in the vocabulary's unit. Where BMW's catalogue names a range it is
#: BMW's (cardata_descriptors.tsv), and wider where a real car says more than the catalogue allows:
#: 32 A from one phase (catalogue: 25), tyres in frost (0 to 50 degrees), a night's charging (200 minutes), watts (20 to 80)
ROWS = {
    "stateOfCharge": _PERCENT,
    "targetStateOfCharge": _row(_LEAST, 100),
    "batteryCapacity": _row(_LEAST, 300),
    "batteryEnergy": _ENERGY,
    "energyToFull": _ENERGY,
    "stateOfHealth": _row(_LEAST, 250),
    "electricRange": _RANGE,
    "maxElectricRange": _row(_LEAST, 4000),
    "targetRange": _RANGE,
    "totalRange": _row(0, 6500),
    "fuelRange": _row(0, 6500),
    "fuelLevel": _PERCENT,
    "fuelVolume": _row(0, 101),
    "averageConsumption": _row(0, 100),
    "averageRecuperation": _row(0, 170),
    "chargingTimeRemaining": _row(0, 65500),
    "timeToFull": _row(0, 65500),
    "chargingPower": _row(0, 1000000),
    "chargingVoltage": _row(0, 1000),
    "chargingCurrent": _row(0, 250),
    "chargingPhases": _row(0, 3),
    "currentLimit": _row(0, 252),
    "placeCurrentLimit": _row(0, 252),
    "lastChargingStartStateOfCharge": _PERCENT,
    "lastChargingEndStateOfCharge": _PERCENT,
    "lastTripStateOfCharge": _PERCENT,
    "climateProgress": _PERCENT,
    "climateTimeRemaining": _row(0, 10000000 / 60.0, *_NO_BYTE),
    "climateTargetTemperature": _row(0, 50),
    "steeringWheelHeating": _PERCENT,
    "seatHeatingDriver": _PERCENT,
    "seatHeatingPassenger": _PERCENT,
    "heading": _row(0, 360),
    "altitude": _row(-500, 6000),
    "odometer": _row(0, 999999),
    "averageSpeed": _row(0, 300),
    "destinationDistance": _row(0, 100000, *_NO_WORD),
    "lastTripDistance": _TRIP,
    "lastTripElectricDistance": _TRIP,
    "distanceSinceCharging": _TRIP,
    "longestElectricDistance": _TRIP,
    "totalElectricDistance": _TRIP,
    "lastTripConsumption": _row(-100, 200),
    "lastTripRecuperation": _row(0, 170),
    "lastTripFuelConsumption": _row(0, 100),
    "auxiliaryBatteryVoltage": _row(5, 20),
    "auxiliaryBatteryStateOfCharge": _PERCENT,
    "auxiliaryPower": _row(0, 655.34),
    # below zero: how far it is overdue
    "serviceDistance": _row(-100000, 100000, -1, *_NO_WORD),
}
for _wheel in ("FrontLeft", "FrontRight", "RearLeft", "RearRight"):
    # 0 is a wheel without a sensor
    ROWS["tyrePressure" + _wheel] = _row(_LEAST, 1000)
    ROWS["tyreTarget" + _wheel] = _row(_LEAST, 1000)
    ROWS["tyreTemperature" + _wheel] = _row(-60, 150)

#: (unit of a number, unit of the vocabulary) -> (factor, then added): the units in which BMW sends what a row is for
_FACTORS = {
    ("mi", "km"): (1.609344, 0),
    ("m", "km"): (0.001, 0),
    ("ft", "m"): (0.3048, 0),
    ("\u00b0F", "\u00b0C"): (5 / 9.0, -160 / 9.0),
    ("mph", "km/h"): (1.609344, 0),
    ("bar", "kPa"): (100.0, 0),
    ("mbar", "kPa"): (0.1, 0),
    ("Pa", "kPa"): (0.001, 0),
    ("kW", "W"): (1000.0, 0),
    ("W", "kW"): (0.001, 0),
    ("Wh", "kWh"): (0.001, 0),
    ("h", "min"): (60.0, 0),
    ("s", "min"): (1 / 60.0, 0),
}


def converted(number, unit, ours):
    """A number of one unit (openHAB's symbol, or None for ``ours``) in another; None where nobody knows how."""
    if unit in (None, "", ours):
        return number
    factor = _FACTORS.get((unit, ours))
    return None if factor is None else number * factor[0] + factor[1]


def is_plausible(key, value, unit, ours):
    """False for a number that its word of the vocabulary (key) cannot have.

    Args:
        value: see ``bmw.vehicle.Reading``; what is no number is always plausible here.
        unit (str or None): openHAB's symbol; None = ``ours``, the vocabulary's.
    """
    row = ROWS.get(key)
    if row is None or isinstance(value, bool) or not isinstance(value, number_types):
        return True
    lowest, highest, never = row
    number = converted(value, unit, ours)
    # what a field without a value says is no number of any unit
    return number is None or (lowest <= number <= highest and value not in never and value not in _NO_LONG)
