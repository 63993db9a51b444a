"""Plausible ranges: BMW's clouds send 0, -1, 255 or 2777774 for an unknown value. One table for all clouds.

Pure. A number outside its row counts as unknown; it is never shown and never stored.
"""

from __future__ import absolute_import, unicode_literals

from bmw.compat import number_types

#: 'no value' and 'error' in fields of 8, 16 or 32 bits: all bits set, or all but the last
_NO_BYTE = (255, 254)
_NO_WORD = (65535, 65534)
_NO_LONG = (4294967295, 4294967294, 2147483647, -2147483648)
_ABOVE_ZERO = 1e-9


def _row(lowest, highest, *never):
    return lowest, highest, frozenset(never + _NO_LONG)


_PERCENT = _row(0, 100)
_RANGE = _row(0, 4000)
_ENERGY = _row(0, 300)
_TRIP = _row(0, 500000)
_MINUTES = _row(0, 65500)
_ODOMETER = _row(0, 999999)
_WEEK = _row(0, 3000)
_STARS = _row(0, 5)
#: litres, and kilowatt-hours, over the car's whole life; wider than BMW's limit, which a car exceeds after 250000 km
_LIFETIME = _row(0, 300000)

#: vocabulary key -> (lowest, highest, numbers that mean 'unknown'), in the vocabulary's unit. The range is from BMW's catalogue
#: (cardata_descriptors.tsv) where it has one; wider where real cars send more than the catalogue allows:
#: 32 A from one phase (catalogue: 25), tyres and coolant in frost (0 to 50 and 150 degrees), a night's charging (200 minutes),
#: watts (20 to 80)
ROWS = {
    "stateOfCharge": _PERCENT,
    "estimatedStateOfCharge": _PERCENT,
    "targetStateOfCharge": _row(_ABOVE_ZERO, 100),
    "minimumStateOfCharge": _PERCENT,
    "professionalTargetStateOfCharge": _row(_ABOVE_ZERO, 100),
    "batteryCapacity": _row(_ABOVE_ZERO, 300),
    "batteryEnergy": _ENERGY,
    "energyToFull": _ENERGY,
    "stateOfHealth": _row(_ABOVE_ZERO, 250),
    "electricRange": _RANGE,
    "maxElectricRange": _row(_ABOVE_ZERO, 4000),
    "targetRange": _RANGE,
    "totalRange": _row(0, 6500),
    "fuelRange": _row(0, 6500),
    "navigationRange": _row(0, 100000, *_NO_WORD),
    "fuelLevel": _PERCENT,
    "fuelVolume": _row(0, 101),
    "averageConsumption": _row(0, 100),
    "averageRecuperation": _row(0, 170),
    "realConsumption": _row(0, 100),
    "realRange": _RANGE,
    "learnedCapacity": _row(_ABOVE_ZERO, 300),
    "learnedCapacityTrend": _row(-100, 100),
    "lifetimeEnergyCharged": _LIFETIME,
    "lifetimeEnergyDistance": _ODOMETER,
    "lifetimeFuel": _LIFETIME,
    "lifetimeFuelDistance": _ODOMETER,
    "chargingTimeRemaining": _MINUTES,
    "timeToFull": _MINUTES,
    "chargingPower": _row(0, 1000000),
    "chargingVoltage": _row(0, 1000),
    "chargingCurrent": _row(0, 250),
    "chargingPhases": _row(0, 3),
    "currentLimit": _row(0, 252),
    "currentLimitMin": _row(0, 250),
    "currentLimitMax": _row(0, 250),
    "placeCurrentLimit": _row(0, 252),
    "lastChargingDuration": _MINUTES,
    "lastChargingEnergy": _row(0, 1000),
    "lastChargingStartStateOfCharge": _PERCENT,
    "lastChargingEndStateOfCharge": _PERCENT,
    "lastTripStateOfCharge": _PERCENT,
    "climateProgress": _PERCENT,
    "climateTimeRemaining": _row(0, 10000000 / 60.0, *_NO_BYTE),
    "climateTargetTemperature": _row(0, 50),
    "steeringWheelHeating": _PERCENT,
    "sunroofPosition": _row(-100, 100),
    "sunroofShade": _PERCENT,
    "heading": _row(0, 360),
    "distanceFromHome": _row(0, 20100),
    "directionFromHome": _row(0, 360),
    "altitude": _row(-500, 6000),
    "satellites": _row(0, 253),
    "odometer": _ODOMETER,
    "averageSpeed": _row(0, 300),
    "speedFrom": _row(-100, 500),
    "speedTo": _row(-100, 500),
    "averageDailyDistance": _WEEK,
    "averageWeeklyDistance": _WEEK,
    "recentWeeklyDistance": _WEEK,
    "destinationDistance": _row(0, 100000, *_NO_WORD),
    "lastTripDistance": _TRIP,
    "lastTripElectricDistance": _TRIP,
    "distanceSinceCharging": _TRIP,
    "longestElectricDistance": _TRIP,
    "totalElectricDistance": _TRIP,
    "lastTripConsumption": _row(-100, 200),
    "lastTripRecuperation": _row(0, 170),
    "lastTripFuelConsumption": _row(0, 100),
    "lastTripDuration": _MINUTES,
    "lastTripComfortEnergy": _row(0, 10),
    "lastTripElectricShare": _PERCENT,
    "lastTripEcoPro": _PERCENT,
    "lastTripEcoProPlus": _PERCENT,
    "lastTripAcceleration": _STARS,
    "lastTripBraking": _STARS,
    "savedFuel": _LIFETIME,
    "auxiliaryBatteryVoltage": _row(5, 20),
    "auxiliaryBatteryStateOfCharge": _PERCENT,
    "auxiliaryPower": _row(0, 655.34),
    "battery48StateOfHealth": _row(_ABOVE_ZERO, 250),
    "coolantTemperature": _row(-60, 200),
    "serviceCount": _row(0, 60),
    # below zero: overdue by this distance
    "serviceDistance": _row(-100000, 100000, -1, *_NO_WORD),
}
for _wheel in ("FrontLeft", "FrontRight", "RearLeft", "RearRight"):
    # 0: the wheel has no sensor
    ROWS["tyrePressure" + _wheel] = _row(_ABOVE_ZERO, 1000)
    ROWS["tyreTarget" + _wheel] = _row(_ABOVE_ZERO, 1000)
    ROWS["tyreTemperature" + _wheel] = _row(-60, 150)
    ROWS["tyreTread" + _wheel] = _row(0, 50)
ROWS["tyreDueMileage"] = _ODOMETER
for _place in ("DriverFront", "PassengerFront", "DriverRear", "PassengerRear"):
    ROWS["doorPosition" + _place] = _PERCENT
for _seat in ("Driver", "Passenger", "RearDriver", "RearPassenger", "ThirdDriver", "ThirdPassenger"):
    ROWS["seatHeating" + _seat] = ROWS["seatCooling" + _seat] = _PERCENT

#: (BMW's unit, the vocabulary's unit) -> (factor, offset)
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
    """Converts a number from ``unit`` (openHAB's symbol, None = ``ours``) to ``ours``; None if no conversion is known."""
    if unit in (None, "", ours):
        return number
    factor = _FACTORS.get((unit, ours))
    return None if factor is None else number * factor[0] + factor[1]


def is_plausible(key, value, unit, ours):
    """False for a number outside the range of its vocabulary key.

    Args:
        value: see ``bmw.vehicle.vehicle.Reading``; anything but a number is plausible.
        unit (str or None): openHAB's symbol; None = ``ours``, the vocabulary's.
    """
    row = ROWS.get(key)
    if row is None or isinstance(value, bool) or not isinstance(value, number_types):
        return True
    lowest, highest, never = row
    number = converted(value, unit, ours)
    # 'no value' is checked before conversion: it has no unit
    return number is None or (lowest <= number <= highest and value not in never)
